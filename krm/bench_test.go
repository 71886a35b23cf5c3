package krm

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// list makes a ResourceList of so many items: one Deployment to nine ConfigMaps.
func list(items int) string {
	var b strings.Builder
	b.WriteString("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nfunctionConfig:\n  kind: ConfigMap\n  data: {all: \"true\"}\nitems:\n")
	for i := range items {
		if i%10 > 0 {
			fmt.Fprintf(&b, "- apiVersion: v1\n  kind: ConfigMap\n  metadata:\n    name: config-%d\n  data:\n    a: b\n    c: d\n", i)
			continue
		}
		fmt.Fprintf(&b, "- apiVersion: apps/v1\n  kind: Deployment\n  metadata:\n    name: web-%d\n  spec:\n    template:\n      metadata:\n        labels:\n"+
			"          app: web\n      spec:\n        serviceAccountName: web\n        containers:\n        - name: web\n          image: web:v1\n", i)
	}
	return b.String()
}

// BenchmarkList shows that time is linear in the number of items, beside a function on kyaml's framework that adds one label to the same
// pods of the shortest list.
func BenchmarkList(b *testing.B) {
	for _, items := range []int{1_000, 10_000, 100_000} {
		text := list(items)
		b.Run(fmt.Sprintf("enmesh-fn/%d", items), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				require.Zero(b, Main(nil, strings.NewReader(text), io.Discard, io.Discard))
			}
		})
		if items > 1_000 {
			continue
		}
		b.Run(fmt.Sprintf("kyaml/%d", items), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				require.NoError(b, label(strings.NewReader(text)))
			}
		})
	}
}

func label(in io.Reader) error {
	processor := framework.SimpleProcessor{Config: &yaml.RNode{}, Filter: kio.FilterFunc(func(items []*yaml.RNode) ([]*yaml.RNode, error) {
		for _, item := range items {
			if item.GetKind() == "Deployment" {
				if err := item.PipeE(yaml.LookupCreate(yaml.MappingNode, "spec", "template", "metadata", "labels"),
					yaml.SetField("sidecar.istio.io/inject", yaml.NewStringRNode("true"))); err != nil {
					return nil, err
				}
			}
		}
		return items, nil
	})}
	return framework.Execute(processor, &kio.ByteReadWriter{Reader: in, Writer: &bytes.Buffer{}, KeepReaderAnnotations: true})
}
