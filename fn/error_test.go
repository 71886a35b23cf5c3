package fn_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"enmesh.dev/enmesh/fn"
	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/stream"
)

// An error about an item of a list names the list, the line, the object and the field, whether the list is read item by
// item or as a whole.
func TestErrorInList(t *testing.T) {
	items := `items:
- {apiVersion: v1, kind: Pod, metadata: {name: fine}}
- apiVersion: v1
  kind: Pod
  metadata:
    name: web
    labels: [app]
`
	transformer, err := fn.New(config.MeshEnrollment{Spec: config.MeshEnrollmentSpec{All: true}})
	require.NoError(t, err)
	for _, list := range []string{
		"kind: ResourceList\n" + items,
		"kind: ResourceList # of &x\n" + items,
		"kind: PodList\n" + items,
	} {
		_, err = transformer.Transform(stream.Stream{Name: "list", Bytes: []byte(list)})
		require.EqualError(t, err, "list line 8: Pod web: metadata.labels: expected a mapping, got a list")
	}
}
