package file

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// extensions are those of the files in a folder that are read.
var extensions = []string{".yaml", ".yml", ".json"}

// Manifests returns files as they are, and in place of each folder the .yaml, .yml and .json files in it and in the folders below, in
// alphabetical order. It leaves out folders whose name starts with a dot. A dash, which stands for stdin, stays. The error names a path that
// cannot be read, or a folder without manifests. Files and folders that are named as exceptions are left out where they are in a folder.
func Manifests(paths []string, except ...string) ([]string, error) {
	for i := range except {
		except[i] = filepath.Clean(except[i])
	}
	var files []string
	for _, path := range paths {
		if path == "-" {
			files = append(files, path)
			continue
		}
		info, err := os.Stat(path)
		switch {
		case err != nil:
		case info.IsDir():
			before := len(files)
			if files, err = appendManifests(files, path, except); err == nil && len(files) == before {
				err = errors.New("there are no manifests in it")
			}
		default:
			files = append(files, path)
		}
		if err != nil {
			return nil, fmt.Errorf("cannot read %s: %w", path, Cause(err))
		}
	}
	return files, nil
}

func appendManifests(files []string, folder string, except []string) ([]string, error) {
	root := strings.TrimRight(folder, string(filepath.Separator)) + string(filepath.Separator) // follows a symbolic link
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != root && (strings.HasPrefix(entry.Name(), ".") || slices.Contains(except, name)):
			return filepath.SkipDir
		case slices.Contains(except, name):
		case !entry.IsDir() && slices.Contains(extensions, strings.ToLower(filepath.Ext(name))):
			files = append(files, name)
		}
		return nil
	})
	return files, err
}
