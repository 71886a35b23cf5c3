package fn_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"enmesh.dev/enmesh/fn"
	"enmesh.dev/enmesh/fn/yamledit"
)

// An error about an item of a list names the list, the line, the object and the field.
func TestQueueErrorPlace(t *testing.T) {
	list, err := yamledit.Parse([]byte(`kind: ResourceList
items:
- {apiVersion: v1, kind: Pod, metadata: {name: fine}}
- apiVersion: v1
  kind: Pod
  metadata:
    name: web
    labels: [app]
`))
	require.NoError(t, err)
	transformer, err := fn.New(fn.MeshEnrollment{Spec: fn.MeshEnrollmentSpec{All: true}})
	require.NoError(t, err)
	_, err = transformer.Queue("list", list)
	require.EqualError(t, err, "list line 8: Pod web: metadata.labels: this is a list, and should be a mapping")
}
