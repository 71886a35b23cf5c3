package file

import "os"

// SameAs returns the name that leads to the same file, or "".
func SameAs(info os.FileInfo, names []string) string {
	for _, name := range names {
		if other, err := os.Stat(name); err == nil && os.SameFile(info, other) {
			return name
		}
	}
	return ""
}

// IsSame says whether an open file is this one.
func IsSame(info os.FileInfo, file *os.File) bool {
	other, err := file.Stat()
	return err == nil && os.SameFile(info, other)
}
