package tests

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// The KRM function in kustomize and kpt, as a program and as an image.

const imageName = "enmesh/enmesh-fn:dev"

var builtImage = sync.OnceValues(func() (string, error) {
	build := exec.Command("make", "image", "IMAGE="+imageName)
	build.Dir = root
	output, err := build.CombinedOutput()
	return string(output), err
})

// image builds the function's image, or skips the test where there is no docker.
func image(t *testing.T) {
	t.Helper()
	if err := exec.Command("docker", "info").Run(); err != nil {
		t.Skip("no docker engine answers")
	}
	output, err := builtImage()
	require.NoError(t, err, output)
}

func TestImage(t *testing.T) {
	image(t)
	inspect := func() string {
		return output(t, exec.Command("docker", "inspect", "--format", "{{.Id}} {{.Config.User}} {{.Size}}", imageName))
	}
	first := inspect()
	build := exec.Command("make", "image", "IMAGE="+imageName)
	build.Dir = root
	output(t, build)
	require.Equal(t, first, inspect(), "two builds in a row differ")

	fields := strings.Fields(first)
	require.Equal(t, "65534:65534", fields[1])
	size, err := strconv.Atoi(fields[2])
	require.NoError(t, err)
	require.Less(t, size, 25_000_000)
	r := run(t, exec.Command("docker", "run", "--rm", "--network=none", "--entrypoint=/bin/sh", imageName))
	require.NotZero(t, r.status, "there is a shell in the image")
}

// seedPod is the metadata of the pod template in the stream's Deployment.
func seedPod(t *testing.T, text string) map[string]any {
	t.Helper()
	for document := range strings.SplitSeq(text, "\n---\n") {
		var object map[string]any
		require.NoError(t, yaml.Unmarshal([]byte(document), &object))
		if object["kind"] == "Deployment" {
			return dig(object, "spec", "template", "metadata")
		}
	}
	t.Fatal("no Deployment in", text)
	return nil
}

// kustomization writes one of the seed's Deployment with enmesh as a transformer, and returns its folder.
func kustomization(t *testing.T, function, spec string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"kustomization.yaml": "resources: [deployment.yaml]\ntransformers: [enmesh.yaml]\n",
		"deployment.yaml":    read(t, "testdata/seed/deployment.yaml"),
		"enmesh.yaml": "apiVersion: enmesh.dev/v1alpha1\nkind: MeshEnrollment\nmetadata:\n  name: mesh\n  annotations:\n" +
			"    config.kubernetes.io/function: |\n      " + function + "\nspec: " + spec + "\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	return dir
}

func TestKustomize(t *testing.T) {
	kustomize := tool(t, "kustomize")
	want := seedPod(t, read(t, "testdata/seed/enrolled.yaml"))

	t.Run("exec", func(t *testing.T) {
		dir := kustomization(t, "exec: {path: "+enmeshFn+"}", "{all: true}")
		got := output(t, exec.Command(kustomize, "build", "--enable-alpha-plugins", "--enable-exec", dir))
		require.Equal(t, want, seedPod(t, got))
	})
	t.Run("container", func(t *testing.T) {
		image(t)
		dir := kustomization(t, "container: {image: "+imageName+"}", "{all: true}")
		got := output(t, exec.Command(kustomize, "build", "--enable-alpha-plugins", dir))
		require.Equal(t, want, seedPod(t, got))
	})
	t.Run("silently skipped, which the check finds", func(t *testing.T) {
		dir := kustomization(t, "exec: {path: "+enmeshFn+"}", "{all: true}")
		got := run(t, exec.Command(kustomize, "build", "--enable-alpha-plugins", dir))
		require.Zero(t, got.status)
		require.Nil(t, seedPod(t, got.stdout)["annotations"])
		check := exec.Command(enmesh, "--all", "--check")
		check.Stdin = strings.NewReader(got.stdout)
		require.Equal(t, 1, run(t, check).status)
	})
	t.Run("a target that matches nothing", func(t *testing.T) {
		function := "exec: {path: " + enmeshFn + "}"
		r := run(t, exec.Command(kustomize, "build", "--enable-alpha-plugins", "--enable-exec", kustomization(t, function, "{targets: [{kind: deployment}]}")))
		require.Zero(t, r.status)
		require.Contains(t, r.stderr, "spec.targets[0]: no workload in the input matches this selector: kind deployment")
		r = run(t, exec.Command(kustomize, "build", "--enable-alpha-plugins", "--enable-exec", kustomization(t, function, "{mode: Check, targets: [{kind: deployment}]}")))
		require.NotZero(t, r.status)
		require.Empty(t, r.stdout)
	})
	for spec, field := range badSpecs {
		t.Run("bad config "+field, func(t *testing.T) {
			r := run(t, exec.Command(kustomize, "build", "--enable-alpha-plugins", "--enable-exec", kustomization(t, "exec: {path: "+enmeshFn+"}", spec)))
			require.NotZero(t, r.status)
			require.Empty(t, r.stdout)
			require.Equal(t, 1, strings.Count(r.stderr, field), r.stderr)
		})
	}
}

// badSpecs are wrong configurations, and what the message says of each.
var badSpecs = map[string]string{
	"{al: true}":                          "spec.al: unknown field",
	"{all: [true]}":                       "spec.all: must be a boolean, got a list",
	"{all: true, targets: [{kind: Pod}]}": "spec.all: cannot be used together with spec.targets",
	"{workloadSocket: {provider: Node}}":  "spec.workloadSocket.provider: must be Template or Pod",
}

// pkg copies the seed's Deployment into a kpt package, with comments and a layout of its own.
func pkg(t *testing.T, pipeline string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"Kptfile": "apiVersion: kpt.dev/v1\nkind: Kptfile\nmetadata:\n  name: seed\n  annotations:\n    config.kubernetes.io/local-config: \"true\"\n" + pipeline,
		"app.yaml": "# The application.\n" + strings.Replace(read(t, "testdata/seed/deployment.yaml"), "replicas: 1", "replicas: 1 # kpt-set: ${replicas}", 1) +
			"\n---\n# Its account.\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: myapi}\n",
		"odd.yaml": "apiVersion: v1\nkind:   ConfigMap   # spaced\nmetadata:\n    name: \"odd\"\ndata: {a: 'b',   c: \"d\"}\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	return dir
}

// kpt runs kpt on a package.
func kpt(t *testing.T, dir string, args ...string) result {
	t.Helper()
	cmd := exec.Command(tool(t, "kpt"), args...)
	cmd.Dir = dir
	return run(t, cmd)
}

func TestKpt(t *testing.T) {
	tool(t, "kpt")
	want := seedPod(t, read(t, "testdata/seed/enrolled.yaml"))

	t.Run("exec", func(t *testing.T) {
		dir := pkg(t, "")
		r := kpt(t, dir, "fn", "eval", ".", "--exec", enmeshFn, "--results-dir", dir+"/results", "--", "all=true", "trustDomain=example.org")
		require.Zero(t, r.status, r.stderr)
		require.Equal(t, want, seedPod(t, read(t, dir, "app.yaml")))
		results := read(t, dir, "results/results.yaml")
		require.Equal(t, 1, strings.Count(results, "outcome: "), "one result for each workload")
		require.Contains(t, results, "path: app.yaml")
	})
	t.Run("files keep what kpt keeps", func(t *testing.T) {
		identity := filepath.Join(t.TempDir(), "identity")
		require.NoError(t, os.WriteFile(identity, []byte("#!/bin/sh\nexec cat\n"), 0o755))
		plain, enrolled := pkg(t, ""), pkg(t, "")
		require.Zero(t, kpt(t, plain, "fn", "eval", ".", "--exec", identity).status)
		require.Zero(t, kpt(t, enrolled, "fn", "eval", ".", "--exec", enmeshFn, "--", "all=true").status)
		require.Equal(t, read(t, plain, "odd.yaml"), read(t, enrolled, "odd.yaml"))
		require.Equal(t, read(t, plain, "Kptfile"), read(t, enrolled, "Kptfile"))
		added, pure := insertions(read(t, plain, "app.yaml"), read(t, enrolled, "app.yaml"))
		require.True(t, pure, added)
		require.Equal(t, 4, strings.Count("\n"+added, "\n+"), added)
	})
	t.Run("fn-config", func(t *testing.T) {
		dir := pkg(t, "")
		config := filepath.Join(t.TempDir(), "enmesh.yaml")
		require.NoError(t, os.WriteFile(config, []byte("apiVersion: enmesh.dev/v1alpha1\nkind: MeshEnrollment\nmetadata: {name: m}\nspec: {all: true}\n"), 0o644))
		require.Zero(t, kpt(t, dir, "fn", "eval", ".", "--exec", enmeshFn, "--fn-config", config).status)
		require.Equal(t, want, seedPod(t, read(t, dir, "app.yaml")))
	})
	t.Run("image", func(t *testing.T) {
		image(t)
		dir := pkg(t, "")
		r := kpt(t, dir, "fn", "eval", ".", "--image", imageName, "--image-pull-policy", "never", "--", "all=true")
		require.Zero(t, r.status, r.stderr)
		require.Equal(t, want, seedPod(t, read(t, dir, "app.yaml")))
	})
	t.Run("render", func(t *testing.T) {
		image(t)
		dir := pkg(t, "pipeline:\n  mutators:\n  - image: "+imageName+"\n    configMap:\n      all: \"true\"\n")
		r := kpt(t, dir, "fn", "render", ".", "--image-pull-policy", "never")
		require.Zero(t, r.status, r.stderr)
		require.Equal(t, want, seedPod(t, read(t, dir, "app.yaml")))
	})
	for _, config := range [][2]string{
		{"nope=1", "data.nope: unknown key"}, {"all=maybe", `data.all: must be true or false, got "maybe"`},
		{"workloadSocket=Node", "spec.workloadSocket.provider: must be Template or Pod"},
	} {
		t.Run("bad config "+config[0], func(t *testing.T) {
			dir := pkg(t, "")
			before := read(t, dir, "app.yaml")
			r := kpt(t, dir, "fn", "eval", ".", "--exec", enmeshFn, "--", config[0])
			require.NotZero(t, r.status)
			require.Contains(t, strings.ReplaceAll(r.stdout+r.stderr, `\"`, `"`), config[1])
			require.Equal(t, before, read(t, dir, "app.yaml"))
		})
	}
}
