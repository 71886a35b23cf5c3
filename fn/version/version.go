// Package version says which version of enmesh a program was built from. Both programs print it for --version.
//
// A release build sets it:
//
//	go build -ldflags "-X enmesh.dev/enmesh/fn/version.release=0.1.0" ./postrender/enmesh
//
// Any other build, such as `go install enmesh.dev/enmesh/postrender/enmesh@v0.1.0`, has the version that the go command
// recorded in the binary.
package version

import "runtime/debug"

// release is set by the linker.
var release string

// String returns the version, or "unknown".
func String() string {
	if release != "" {
		return release
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		return info.Main.Version
	}
	return "unknown"
}
