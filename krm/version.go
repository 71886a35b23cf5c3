package main

import "runtime/debug"

// version is what the build recorded of itself.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		return info.Main.Version
	}
	return "unknown"
}
