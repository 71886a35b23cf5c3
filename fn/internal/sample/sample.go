// Package sample makes the text that the benchmarks read.
package sample

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"enmesh.dev/enmesh/fn/stream"
)

// Corpus is the rendered charts in ../shared/corpus beside the repository, as one stream, or nil where there are none.
func Corpus() []byte {
	var all bytes.Buffer
	for _, chart := range charts("*.yaml") {
		if text, err := os.ReadFile(chart); err == nil {
			all.WriteString("---\n")
			all.Write(text)
			all.WriteByte('\n')
		}
	}
	return all.Bytes()
}

func charts(pattern string) []string {
	folder, err := os.Getwd() // of the package that is tested
	for err == nil && folder != filepath.Dir(folder) {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			break
		}
		folder = filepath.Dir(folder)
	}
	found, _ := filepath.Glob(filepath.Join(folder, "../shared/corpus", pattern))
	return found
}

// Pods is a stream of so many small workloads, in several namespaces.
func Pods(count int) []byte {
	var b bytes.Buffer
	for i := range count {
		fmt.Fprintf(&b, "---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web-%[1]d\n  namespace: team-%[2]d\nspec:\n  selector:\n    matchLabels:\n"+
			"      app: web-%[1]d\n  template:\n    metadata:\n      labels:\n        app: web-%[1]d\n    spec:\n      serviceAccountName: web\n      containers:\n"+
			"      - name: web\n        image: registry.example.com/shop/web:1.4.2\n        ports:\n        - containerPort: 8080\n", i, i%100)
	}
	return b.Bytes()
}

// Services is a stream of so many documents without a pod.
func Services(count int) []byte {
	var b bytes.Buffer
	for i := range count {
		fmt.Fprintf(&b, "---\n# Source: shop/templates/service.yaml\napiVersion: v1\nkind: Service\nmetadata:\n  name: web-%d\n"+
			"spec:\n  selector:\n    app: web\n  ports:\n  - port: 80\n    targetPort: http\n", i)
	}
	return b.Bytes()
}

// Mesh is what says something about the pods of Pods: a Namespace, a Service and a PeerAuthentication for each of so many, and istiod.
func Mesh(count int) []byte {
	var b bytes.Buffer
	for i := range count {
		fmt.Fprintf(&b, "---\napiVersion: v1\nkind: Service\nmetadata:\n  name: web-%[1]d\n  namespace: team-%[2]d\nspec:\n  selector:\n    app: web-%[1]d\n"+
			"  ports:\n  - port: 80\n    targetPort: 8080\n"+
			"---\napiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata:\n  name: web-%[1]d\n  namespace: team-%[2]d\nspec:\n  selector:\n"+
			"    matchLabels:\n      app: web-%[1]d\n  mtls:\n    mode: STRICT\n", i, i%100)
		if i < 100 {
			fmt.Fprintf(&b, "---\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: team-%d\n", i)
		}
	}
	b.Write(Injector())
	return b.Bytes()
}

// Injector is the ConfigMap of istiod's injector, from its chart or made: a long document inside of a block scalar.
func Injector() []byte {
	for _, chart := range charts("istio__istiod.yaml") {
		text, _ := os.ReadFile(chart)
		for span := range stream.Split(text) {
			if document := text[span.Start:span.End]; bytes.Contains(document, []byte("\n  name: istio-sidecar-injector\n")) &&
				bytes.Contains(document, []byte("kind: ConfigMap\n")) {
				return document
			}
		}
	}
	var b strings.Builder
	b.WriteString("---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: istio-sidecar-injector\n  namespace: istio-system\ndata:\n  config: |-\n" +
		"    defaultTemplates: [sidecar]\n    policy: enabled\n    templates:\n")
	for _, template := range []string{"sidecar", "gateway", "grpc-simple", "waypoint"} {
		b.WriteString("      " + template + ": |\n        spec:\n          containers:\n")
		for i := range 250 {
			fmt.Fprintf(&b, "          - name: istio-proxy-%d\n            image: \"{{ .ProxyImage }}\"\n", i)
		}
	}
	return []byte(b.String())
}

// First is the first document of a stream.
func First(text []byte) []byte {
	for span := range stream.Split(text) {
		return text[span.Start:span.End]
	}
	return nil
}
