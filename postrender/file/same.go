package file

import "os"

// Known are files by which others are recognized, whatever their names are.
type Known []known

type known struct {
	name string
	info os.FileInfo
}

// Stat looks at files. It leaves out those that do not exist.
func Stat(names []string) Known {
	var all Known
	for _, name := range names {
		if info, err := os.Stat(name); err == nil {
			all = append(all, known{name, info})
		}
	}
	return all
}

// SameAs returns the name that leads to the same file, or "".
func (k Known) SameAs(info os.FileInfo) string {
	for _, other := range k {
		if os.SameFile(info, other.info) {
			return other.name
		}
	}
	return ""
}

// IsSame says whether an open file is this one.
func IsSame(info os.FileInfo, file *os.File) bool {
	other, err := file.Stat()
	return err == nil && os.SameFile(info, other)
}
