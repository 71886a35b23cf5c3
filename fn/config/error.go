package config

import "strings"

// Error lists the problems of a MeshEnrollment. Each problem starts with the path of the field.
type Error struct {
	Problems []string
}

func (e *Error) Error() string { return strings.Join(e.Problems, "; ") }
