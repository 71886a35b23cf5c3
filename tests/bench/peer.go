//go:build unix

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const label = "spire-managed-identity"

// podLabels tells where the kinds hold their pods' labels.
var podLabels = []struct{ path, kinds string }{
	{"metadata/labels", "Pod"},
	{"spec/template/metadata/labels", "Deployment ReplicaSet StatefulSet DaemonSet Job"},
	{"spec/jobTemplate/spec/template/metadata/labels", "CronJob"},
}

// yqCommand gives a command that adds the label to every pod in a stream.
func yqCommand(yq, stream string) []string {
	var edits []string
	for _, where := range podLabels {
		kinds := strings.ReplaceAll(where.kinds, " ", `" or .kind == "`)
		edits = append(edits, fmt.Sprintf(`with(select(.kind == "%s"); .%s["%s"] = "true")`,
			kinds, strings.ReplaceAll(where.path, "/", "."), label))
	}
	return []string{yq, strings.Join(edits, " | "), stream}
}

// kustomizeCommand does the same by a kustomization beside the stream.
func kustomizeCommand(kustomize, stream string) ([]string, error) {
	var transformer strings.Builder
	fmt.Fprintf(&transformer, "apiVersion: builtin\nkind: LabelTransformer\nmetadata: {name: label}\nlabels: {%s: 'true'}\nfieldSpecs:\n", label)
	for _, where := range podLabels {
		for kind := range strings.FieldsSeq(where.kinds) {
			fmt.Fprintf(&transformer, "- {kind: %s, path: %s, create: true}\n", kind, where.path)
		}
	}
	folder := filepath.Dir(stream)
	err := os.WriteFile(filepath.Join(folder, "label.yaml"), []byte(transformer.String()), 0o644)
	if err != nil {
		return nil, err
	}
	kustomization := fmt.Sprintf("resources: [%s]\ntransformers: [label.yaml]\n", filepath.Base(stream))
	err = os.WriteFile(filepath.Join(folder, "kustomization.yaml"), []byte(kustomization), 0o644)
	return []string{kustomize, "build", folder}, err
}
