// Package export writes the enrollment that a configuration describes in other forms: for pods and manifests that never pass a
// post-renderer, such as the pods of operators.
//
// The law: the same pods come out the same, through enmesh or through the exported form. What a form cannot express is an error that names
// the field. What depends on the pod, and a form cannot see, is listed in the comment at the top of the exported text.
//
// A form is one file, and one row of the table in form.go. It says what it makes of every field of the configuration, which a test holds.
package export
