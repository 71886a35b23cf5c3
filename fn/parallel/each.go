// Package parallel does independent work on all cores.
package parallel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Each calls do for every item, on all cores, and returns after all calls have returned.
func Each[T any](items []T, do func(*T)) {
	if len(items) == 1 {
		do(&items[0])
		return
	}
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(items)) {
		workers.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(items) {
					return
				}
				do(&items[i])
			}
		})
	}
	workers.Wait()
}
