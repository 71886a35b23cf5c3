package main

import "runtime/debug"

// release is set by the build of a release.
var release string

// version is the release, or what the build recorded of itself.
func version() string {
	if release != "" {
		return release
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		return info.Main.Version
	}
	return "unknown"
}
