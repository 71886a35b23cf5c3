// Package config is the configuration, MeshEnrollment: its types, defaults, decoding, short options and validation.
//
// In: YAML, or options by name. Out: a MeshEnrollment, or an *Error that names each invalid field by its path.
//
// Start reading at meshenrollment.go, which says what each field means. Decode, Default and Validate run in that order.
package config
