package verdict_test

import (
	"fmt"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/enroll"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/verdict"
	"enmesh.dev/enmesh/fn/yamledit"
)

// A pod is judged as it comes out: here as it came in, with a label that Istio ignores.
func ExampleJudge() {
	doc, err := yamledit.Parse([]byte(`apiVersion: v1
kind: Pod
metadata:
  name: web
  labels:
    sidecar.istio.io/inject: "yes"
`))
	if err != nil {
		panic(err)
	}
	enrollment := config.MeshEnrollment{}
	enrollment.Default()
	enroller, err := enroll.New(enrollment.Spec)
	if err != nil {
		panic(err)
	}
	kinds := manifest.NewKinds(nil)
	err = manifest.Objects(doc, "default", func(o manifest.Object) error {
		pod := manifest.PodTemplates(o, kinds.Find(o.Ref.APIVersion, o.Ref.Kind))[0]
		judged := verdict.Judge(pod, outcome.Pod{Outcome: outcome.NotSelected}, nil, enroller, mesh.NewFacts(), nil)
		fmt.Println(judged.Verdict, judged.Reason)
		for _, f := range judged.Findings {
			fmt.Printf("line %d: %s: %s\n", f.Line, f.Field, f.Remedy)
		}
		return nil
	})
	if err != nil {
		panic(err)
	}
	// Output:
	// Bare NotSelected
	// line 6: metadata.labels[sidecar.istio.io/inject]: set it to 'true' or 'false'
}

// What is always true of a reason is in the catalog.
func ExampleExplain() {
	e, ok := verdict.Explain("HostNetwork")
	fmt.Println(ok, e.Severity, e.Verdict)
	fmt.Println(e.Meaning)
	fmt.Println(e.Remedy)
	// Output:
	// true warning Bare
	// Istio never injects a pod on the host's network, so the pod stays outside the mesh
	// remove hostNetwork, or exclude the workload
}
