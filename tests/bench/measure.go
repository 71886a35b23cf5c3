//go:build unix

package main

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"slices"
	"syscall"
	"time"
)

// sample is one run of a program.
type sample struct {
	wall, cpu time.Duration
	peak      int64
}

// measure runs a program with a file (or none) as its stdin, and its stdout thrown away.
func measure(stdin string, argv ...string) (sample, error) {
	cmd := exec.Command(argv[0], argv[1:]...)
	if stdin != "" {
		file, err := os.Open(stdin)
		if err != nil {
			return sample{}, err
		}
		defer file.Close()
		cmd.Stdin = file
	}
	forgetPeak()
	start := time.Now()
	err := cmd.Run()
	wall := time.Since(start)
	if err != nil {
		return sample{}, fmt.Errorf("%s: %w", cmd, err)
	}
	peak := cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss
	if runtime.GOOS != "darwin" {
		peak *= 1024
	}
	return sample{wall, cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), int64(peak)}, nil
}

// forgetPeak gives back the memory of this program. Linux counts its peak into that of a child, which shares its memory
// until it has become another program; a 5 in clear_refs starts the peak anew.
func forgetPeak() {
	debug.FreeOSMemory()
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // There is none on other systems.
}

// median runs programs in turns, so that each meets the same weather, and gives each one's median times and peak memory.
func median(runs int, stdin string, programs ...[]string) ([]sample, error) {
	samples := make([][]sample, len(programs))
	for run := range runs + 1 {
		for i, argv := range programs {
			s, err := measure(stdin, argv...)
			if err != nil {
				return nil, err
			}
			if run > 0 { // The first run only warms the caches.
				samples[i] = append(samples[i], s)
			}
		}
	}
	medians := make([]sample, len(programs))
	for i, list := range samples {
		medians[i] = sample{
			wall: middle(list, func(s sample) time.Duration { return s.wall }),
			cpu:  middle(list, func(s sample) time.Duration { return s.cpu }),
			peak: middle(list, func(s sample) int64 { return s.peak }),
		}
	}
	return medians, nil
}

func middle[T cmp.Ordered](samples []sample, value func(sample) T) T {
	slices.SortFunc(samples, func(a, b sample) int { return cmp.Compare(value(a), value(b)) })
	return value(samples[len(samples)/2])
}

// over is a ratio.
func over[T ~int64](value, base T) float64 { return float64(value) / float64(base) }

func milliseconds(d time.Duration) float64 { return d.Seconds() * 1000 }
