//go:build !unix

package memory

import "os"

// ReadFile reads a file into a buffer of its size.
func ReadFile(name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return ReadAll(file)
}
