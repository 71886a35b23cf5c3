package fn_test

import (
	"fmt"
	"os"

	"enmesh.dev/enmesh/fn"
	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/stream"
)

func ExampleTransformer_Transform() {
	t, err := fn.New(config.MeshEnrollment{Spec: config.MeshEnrollmentSpec{All: true, TrustDomain: "example.org", Namespace: "demo"}})
	if err != nil {
		panic(err)
	}
	result, err := t.Transform(stream.Stream{Name: "pod.yaml", Bytes: []byte(`apiVersion: v1
kind: Pod
metadata:
  name: web # the front
`)})
	if err != nil {
		panic(err)
	}
	for _, p := range result.Pods {
		fmt.Println(p.Resource, p.Outcome, p.SPIFFEID)
	}
	for _, edits := range result.Edits {
		edits.WriteTo(os.Stdout)
	}
	// Output:
	// Pod demo/web Enrolled spiffe://example.org/ns/demo/sa/default
	// apiVersion: v1
	// kind: Pod
	// metadata:
	//   name: web # the front
	//   labels:
	//     sidecar.istio.io/inject: 'true'
	//     spire-managed-identity: 'true'
	//   annotations:
	//     inject.istio.io/templates: 'sidecar,spire'
}
