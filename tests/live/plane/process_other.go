//go:build !linux

package plane

import "syscall"

func endsWithParent() *syscall.SysProcAttr { return nil }
