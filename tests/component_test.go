package tests

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"enmesh.dev/enmesh/fn"
	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/export"
	"enmesh.dev/enmesh/fn/stream"
)

// The law of kustomize's Component: what `kustomize build` makes of resources with the exported Component is what enmesh makes of the output
// of `kustomize build` without it. This holds for the inputs of all cases that kustomize builds, and for all charts at hand.
func TestComponent(t *testing.T) {
	law := newComponentLaw(t)
	files, err := filepath.Glob("../fn/testdata/cases/*.txtar")
	require.NoError(t, err)
	for _, file := range files {
		spec, input, _ := readCase(t, file)
		if law.canBuild(t, filepath.Base(file), input, "") {
			law.hold(t, spec, filepath.Base(file))
		}
	}
	require.Greater(t, law.pods, 200)
	cases := law.pods
	var charts []string
	for i, chart := range corpus(t) {
		if law.canBuild(t, filepath.Base(chart), withoutFixedNames(read(t, chart)), fmt.Sprintf("-n%d", i)) {
			charts = append(charts, filepath.Base(chart))
		}
	}
	for _, spec := range corpusSpecs {
		law.hold(t, spec, charts...) // all in one build, which takes a second
	}
	t.Logf("%d pods of %d builds hold, %d of them of cases; %d builds change something; kustomize builds %d inputs not; enmesh refuses %d",
		law.pods, law.held, cases, law.changed, law.unbuilt, law.refused)
	require.Greater(t, law.changed, 100)
}

// The Component's header says what it does not see: kustomize changes the names in references after it has run functions. So the function
// takes the Service of a webhook for another one, and enmesh after kustomize does not.
func TestComponentNames(t *testing.T) {
	law := newComponentLaw(t)
	spec, input, _ := readCase(t, "../fn/testdata/cases/strict-api-server.txtar")
	component, err := export.Export("kustomize", config.MeshEnrollment{Spec: spec})
	require.NoError(t, err)
	law.write(t, "mesh/kustomization.yaml", component)
	keepsPort := func(suffix string) bool {
		require.True(t, law.canBuild(t, "base", input, suffix))
		law.write(t, "overlay/kustomization.yaml", "resources: [../base]\ncomponents: [../mesh]\n")
		return strings.Contains(law.build(t, "overlay").stdout, "portLevelMtls:")
	}
	require.True(t, keepsPort(""))
	require.False(t, keepsPort("-blue"))
	after := command(law.build(t, "base").stdout, "--all", "--peer-authentication", "STRICT")
	require.Contains(t, output(t, after), "portLevelMtls:")
}

// withoutFixedNames leaves out the documents that kustomize gives no suffix.
func withoutFixedNames(text string) string {
	var b strings.Builder
	for document := range stream.Split([]byte(text)) {
		if text := text[document.Start:document.End]; !fixedName.MatchString(text) {
			b.WriteString("---\n" + text + "\n")
		}
	}
	return b.String()
}

var fixedName = regexp.MustCompile(`(?m)^kind: (CustomResourceDefinition|Namespace|APIService)\b`)

// componentLaw has a folder of kustomizations, and counts what holds.
type componentLaw struct {
	kustomize, dir string
	env            []string

	held, pods, changed, unbuilt, refused int
}

// newComponentLaw finds kustomize, or skips the test, and has enmesh-fn on the PATH.
func newComponentLaw(t *testing.T) *componentLaw {
	t.Helper()
	return &componentLaw{kustomize: tool(t, "kustomize"), dir: t.TempDir(), env: append(os.Environ(), "PATH="+filepath.Dir(enmeshFn)+":"+os.Getenv("PATH"))}
}

// canBuild writes a kustomization of an input, whose names get a suffix, and says whether it builds.
func (l *componentLaw) canBuild(t *testing.T, name, input, suffix string) bool {
	t.Helper()
	l.write(t, name+"/all.yaml", input)
	l.write(t, name+"/kustomization.yaml", fmt.Sprintf("resources: [all.yaml]\nnameSuffix: %q\n", suffix))
	if l.build(t, name).status != 0 {
		l.unbuilt++
		return false
	}
	return true
}

// hold holds the law for kustomizations, in one build.
func (l *componentLaw) hold(t *testing.T, spec config.MeshEnrollmentSpec, names ...string) {
	t.Helper()
	if len(names) == 0 {
		return // no charts are at hand
	}
	spec.Cluster, spec.Strict = nil, false
	if spec.Mode == config.Check {
		spec.Mode = config.Enroll
	}
	resources := "resources: [../" + strings.Join(names, ", ../") + "]\n"
	l.write(t, "base/kustomization.yaml", resources)
	plain := l.build(t, "base")
	require.Zero(t, plain.status, "%s", plain.stderr)
	name := names[0]
	component, err := export.Export("kustomize", config.MeshEnrollment{Spec: spec})
	require.NoError(t, err, name)
	l.write(t, "mesh/kustomization.yaml", component)
	l.write(t, "overlay/kustomization.yaml", resources+"components: [../mesh]\n")
	got := l.build(t, "overlay")

	transformer, err := fn.New(config.MeshEnrollment{Spec: spec})
	require.NoError(t, err, name)
	out, err := transformer.Transform(stream.Stream{Name: "in", Bytes: []byte(plain.stdout)})
	if err != nil {
		require.NotZero(t, got.status, "%s: enmesh refuses this: %s", name, err)
		l.refused++
		return
	}
	require.Zero(t, got.status, "%s: %s", name, got.stderr)
	var b strings.Builder
	for _, edits := range out.Edits {
		_, err := edits.WriteTo(&b)
		require.NoError(t, err)
	}
	require.Equal(t, byIdentity(b.String()), byIdentity(got.stdout), name)
	l.held++
	l.pods += len(out.Pods)
	if b.String() != plain.stdout {
		l.changed++
	}
}

func (l *componentLaw) write(t *testing.T, name, text string) {
	t.Helper()
	file := filepath.Join(l.dir, name)
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
	require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
}

func (l *componentLaw) build(t *testing.T, name string) result {
	t.Helper()
	build := exec.Command(l.kustomize, "build", "--enable-alpha-plugins", "--enable-exec", filepath.Join(l.dir, name))
	build.Env = l.env
	return run(t, build)
}

// byIdentity decodes objects, by what kustomize takes for their identity.
func byIdentity(text string) map[string]string {
	all := map[string]string{}
	for _, object := range objects(text) {
		metadata := dig(object, "metadata")
		id := fmt.Sprint(object["apiVersion"], object["kind"], metadata["namespace"], metadata["name"])
		all[id] = fmt.Sprint(object)
	}
	return all
}
