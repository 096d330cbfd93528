package main

import (
	"bytes"
	"os"
	"strconv"
	"time"
)

// watchTree looks at all descendants of this process every now and then, until
// stop is closed, and returns the peak of each one's memory. A peak is kept by the
// kernel, so only what grows in the last moment is missed.
func watchTree(stop <-chan struct{}) map[int]int64 {
	peaks := make(map[int]int64)
	began := time.Now()
	for {
		for _, pid := range descendants(nil, os.Getpid()) {
			peaks[pid] = max(peaks[pid], peakOf(pid))
		}
		select {
		case <-stop:
			return peaks
		case <-time.After(max(200*time.Microsecond, min(time.Since(began)/100, 20*time.Millisecond))):
		}
	}
}

// descendants adds the children of a process to a list, and theirs.
func descendants(list []int, pid int) []int {
	dir := "/proc/" + strconv.Itoa(pid) + "/task/"
	threads, _ := os.ReadDir(dir)
	for _, t := range threads {
		children, _ := os.ReadFile(dir + t.Name() + "/children")
		for _, word := range bytes.Fields(children) {
			if child, err := strconv.Atoi(string(word)); err == nil {
				list = descendants(append(list, child), child)
			}
		}
	}
	return list
}

// peakOf returns the peak of a process's resident memory in bytes (proc(5), VmHWM);
// 0 if it has ended. That of a process which has not executed its program yet is
// its parent's: it is replaced later, or is none at all.
func peakOf(pid int) int64 {
	status, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	_, rest, _ := bytes.Cut(status, []byte("VmHWM:"))
	fields := bytes.Fields(rest)
	if len(fields) == 0 {
		return 0
	}
	kb, _ := strconv.ParseInt(string(fields[0]), 10, 64)
	return kb << 10
}
