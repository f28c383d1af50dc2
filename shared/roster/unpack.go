package roster

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// maxWindow is how far back a zstd file may refer, which is what decompressing it keeps in memory: twice what the
// usual program does at its highest usual level, 19.
const maxWindow = 16 << 20

// source is the caller's file. It remembers the file's own failure, so that it is not taken for a fault in the data,
// and counts what is taken from it.
type source struct {
	file   io.Reader
	failed error
	taken  int64
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.file.Read(p)
	s.taken += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		s.failed = err
	}
	return n, err
}

// compression tells whether a file is compressed in one of the two ways that are read.
func compression(start []byte) string {
	skippable := len(start) >= 4 && start[0]&0xf0 == 0x50 && bytes.Equal(start[1:4], []byte("\x2a\x4d\x18"))
	switch {
	case bytes.HasPrefix(start, []byte(gzipMagic)):
		return "gzip"
	case bytes.HasPrefix(start, []byte(zstdMagic)), skippable:
		return "zstd"
	}
	return ""
}

// unpacked decompresses a file and watches how much comes out of how little.
type unpacked struct {
	from     *source
	stream   io.Reader
	close    func()
	options  Options
	out      int64
	refusing error
}

// unpack decompresses packed, which reads from the source.
func unpack(packed io.Reader, from *source, kind string, o Options) (*unpacked, error) {
	u := &unpacked{from: from, options: o, close: func() {}}
	if kind == "gzip" {
		stream, err := gzip.NewReader(packed)
		if err != nil {
			return nil, u.damaged(err)
		}
		u.stream = stream
		return u, nil
	}
	stream, err := zstd.NewReader(packed, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
	if err != nil {
		return nil, u.damaged(err)
	}
	u.stream, u.close = stream, stream.Close
	return u, nil
}

func (u *unpacked) Read(p []byte) (int, error) {
	if u.refusing != nil {
		return 0, u.refusing
	}
	n, err := u.stream.Read(p)
	u.out += int64(n)
	switch {
	case u.out > u.options.Unpacked:
		u.refusing = &FileError{Problem: "the file is larger than " + size(u.options.Unpacked) + " when it is decompressed",
			Fix: "Split it into several files."}
	case u.out > freeRatio && u.out/u.options.Ratio > u.from.taken:
		u.refusing = &FileError{Problem: fmt.Sprintf("the file grows more than %d times when it is decompressed, as no list of people does", u.options.Ratio),
			Fix: "Look at what is in it; if it is right, upload it without compression."}
	case err != nil && !errors.Is(err, io.EOF):
		u.refusing = u.damaged(err)
	default:
		return n, err
	}
	return 0, u.refusing
}

// damaged says what a decompressor's error means, unless the caller's file has failed.
func (u *unpacked) damaged(err error) error {
	switch {
	case u.from.failed != nil:
		return u.from.failed
	case errors.Is(err, zstd.ErrWindowSizeExceeded), errors.Is(err, zstd.ErrDecoderSizeExceeded):
		return &FileError{Problem: "the file is compressed in a way that takes too much memory to decompress",
			Fix: "Compress it again with level 19 or less and without --long, or upload it without compression."}
	}
	return &FileError{Problem: "the compressed file is damaged or cut off", Fix: "Compress it again and upload the whole file."}
}
