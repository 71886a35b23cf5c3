//go:build unix

package memory

import (
	"io/fs"
	"os"
	"syscall"
)

// ReadFile reads a file into a buffer of its size. It asks the system itself, with four calls: os.Open makes as many again for each file,
// to find out whether it can wait for it, and there may be many files.
func ReadFile(name string) ([]byte, error) {
	fd, err := retried(func() (int, error) { return syscall.Open(name, syscall.O_RDONLY|syscall.O_CLOEXEC, 0) })
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	var info syscall.Stat_t
	if err := syscall.Fstat(fd, &info); err != nil || info.Mode&syscall.S_IFMT != syscall.S_IFREG || info.Size <= 0 {
		file := os.NewFile(uintptr(fd), name) // a pipe, a device, or a file that does not say its size
		defer file.Close()
		return ReadAll(file)
	}
	defer syscall.Close(fd)
	text := make([]byte, info.Size)
	for read := 0; read < len(text); {
		n, err := retried(func() (int, error) { return syscall.Read(fd, text[read:]) })
		if err != nil {
			return nil, &fs.PathError{Op: "read", Path: name, Err: err}
		}
		if n == 0 {
			return text[:read], nil // it is shorter than it says, as those in /sys are
		}
		read += n
	}
	return text, nil
}

// retried makes a call again while a signal interrupts it.
func retried(call func() (int, error)) (n int, err error) {
	for {
		if n, err = call(); err != syscall.EINTR {
			return n, err
		}
	}
}
