package fn_test

import (
	"fmt"
	"os"

	"enmesh.dev/enmesh/fn"
)

func ExampleTransformer_Transform() {
	t, err := fn.New(fn.MeshEnrollment{Spec: fn.MeshEnrollmentSpec{All: true, TrustDomain: "example.org", Namespace: "demo"}})
	if err != nil {
		panic(err)
	}
	outcome, err := t.Transform(fn.Stream{Name: "pod.yaml", Bytes: []byte(`apiVersion: v1
kind: Pod
metadata:
  name: web # the front
`)})
	if err != nil {
		panic(err)
	}
	for _, p := range outcome.Pods {
		fmt.Println(p.Resource, p.Reason, p.SPIFFEID)
	}
	for _, edits := range outcome.Edits {
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
