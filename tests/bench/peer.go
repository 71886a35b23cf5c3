//go:build unix

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// peers measures enmesh beside the tools that people use for such edits, on one stream.
func (b *bench) peers() error {
	in, documents, err := b.charts()
	if err != nil {
		return err
	}
	kustomizeBuild, err := kustomizeCommand(*kustomize, in.stream)
	if err != nil {
		return err
	}
	names := []string{"enmesh", "yq", "kustomize"}
	programs := [][]string{enroll(in.stream), yqCommand(*yq, in.stream), kustomizeBuild}
	samples, err := median(*runs, "", programs...)
	if err != nil {
		return err
	}
	fmt.Printf("one stream, %s: %d documents, %.1f MB; medians of %d runs in turns\n", in.name, documents, size(in.stream), *runs)
	fmt.Printf("%-10s %10s %7s %10s %7s %12s %7s %6s\n", "", "time", "ratio", "CPU time", "ratio", "peak memory", "ratio", "pods")
	for i, s := range samples {
		text, err := exec.Command(programs[i][0], programs[i][1:]...).Output()
		if err != nil {
			return err
		}
		fmt.Printf("%-10s %7.1f ms %6.1fx %7.1f ms %6.1fx %9.1f MB %6.1fx %6d\n", names[i],
			milliseconds(s.wall), over(s.wall, samples[0].wall), milliseconds(s.cpu), over(s.cpu, samples[0].cpu),
			float64(s.peak)/megabyte, over(s.peak, samples[0].peak), bytes.Count(text, []byte(label+":")))
		if i > 0 {
			fmt.Println("    time", b.results.add(names[i], over(s.wall, samples[0].wall)))
		}
	}
	return nil
}

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
