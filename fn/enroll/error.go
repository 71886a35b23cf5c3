package enroll

// FieldError adds the path of a field to the cause.
type FieldError struct {
	Field string
	Cause error
}

func (e *FieldError) Error() string { return e.Field + ": " + e.Cause.Error() }

func (e *FieldError) Unwrap() error { return e.Cause }
