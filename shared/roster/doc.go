// Package roster reads the files of custody updates that staff upload, row by row, into observations.
//
// What a file is, is found out from what is in it (format.go), never from its name: CSV in UTF-8, UTF-16 or
// Windows-1252, its cells separated by commas, semicolons or tabs; a workbook of Excel; or NDJSON, one flat object a
// line. CSV and NDJSON may be compressed, once, with gzip or zstd. Columns are found by their titles (columns.go), in
// any order; columns that are not known are passed over.
//
// A row that cannot be understood is given back with every problem it has, and nothing of it is guessed. A file is
// refused as a whole with a *FileError when its header cannot be understood, when a quotation mark swallows the rows
// after it, when it is damaged, and when it asks for more than the limits in Options: then its rows cannot be told
// apart, or nobody knows how many there are.
//
// Memory does not grow with the file: one row is held at a time, of a megabyte at most. A workbook is written to a
// temporary file, which Close removes; the texts that its cells share are held in memory up to a limit.
//
// Plain CSV and NDJSON can be read by several readers at once, each its range of bytes (layout.go).
//
// Two shapes of rows are understood, also mixed: the design's own, with a status and an as_of, and the agency's
// detention stints, with times of book-in and book-out and a release reason.
//
// What is lost: of a time that clocks showed twice, which of the two it was; of a number in a workbook, everything but
// its value; a date of a workbook that is not formatted as one is rejected, since 12110 may be the twelfth of January
// 2010 as well as a day of 1933.
package roster
