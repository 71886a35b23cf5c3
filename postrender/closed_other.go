//go:build !unix

package postrender

func isClosed(any) bool { return false }
