package plane

import "syscall"

// endsWithParent makes the kernel end a program whose test has been killed.
func endsWithParent() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
