package main

import (
	"fmt"
	"os"
	"path/filepath"
	"unsafe"

	"golang.org/x/sys/unix"
)

// evict puts files out of the page cache and makes sure that they are out.
func evict(files ...string) error {
	for _, file := range files {
		if err := evictFile(file); err != nil {
			return err
		}
	}
	return nil
}

func evictFile(file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	if err := f.Sync(); err != nil { // only clean pages can go
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if err := unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED); err != nil {
		return err
	}
	data, err := unix.Mmap(int(f.Fd()), 0, int(info.Size()), unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return err
	}
	defer func() { _ = unix.Munmap(data) }()
	return checkEvicted(file, data)
}

// checkEvicted reports a file of which pages are still in memory.
func checkEvicted(file string, data []byte) error {
	resident := make([]byte, (len(data)+os.Getpagesize()-1)/os.Getpagesize())
	if err := mincore(data, resident); err != nil {
		return err
	}
	for _, page := range resident {
		if page&1 != 0 {
			return fmt.Errorf("%s stays in the page cache", filepath.Base(file))
		}
	}
	return nil
}

// mincore says which pages of a mapping are in memory (mincore(2)).
func mincore(data, resident []byte) error {
	_, _, errno := unix.Syscall(unix.SYS_MINCORE, uintptr(unsafe.Pointer(&data[0])), uintptr(len(data)), uintptr(unsafe.Pointer(&resident[0])))
	if errno != 0 {
		return errno
	}
	return nil
}
