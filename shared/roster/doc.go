// Package roster reads the files of custody updates that staff upload, row by row, into observations.
//
// A file is CSV (RFC 4180) in UTF-8 or UTF-16, its cells separated by commas, semicolons or tabs. Its columns are found
// by their titles (columns.go), in any order; columns that are not known are passed over. A row that cannot be
// understood is given back with every problem it has, and nothing of it is guessed. A file whose header cannot be
// understood, or in which a quotation mark swallows the rows after it, is refused as a whole with a *FileError, because
// its rows cannot be told apart.
//
// Two shapes of rows are understood, also mixed: the design's own, with a status and an as_of, and the agency's
// detention stints, with times of book-in and book-out and a release reason.
package roster
