package postrender

import (
	"errors"
	"testing"

	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"

	"enmesh.dev/enmesh/fn"
	"enmesh.dev/enmesh/fn/config"
)

// Flags and file make one configuration; a flag that is given wins.
func TestEnrollment(t *testing.T) {
	targets := func(selectors ...string) []config.Selector {
		var list []config.Selector
		for _, s := range selectors {
			list = append(list, config.Selector{LabelSelector: s})
		}
		return list
	}
	file := "all: true"
	for _, c := range []struct {
		name string
		args []string
		file string // its spec; none where it is empty
		want config.MeshEnrollmentSpec
	}{
		{"nothing", nil, "", config.MeshEnrollmentSpec{}},
		{"all", []string{"--all"}, "", config.MeshEnrollmentSpec{All: true}},
		{"not all", []string{"--all=false"}, file, config.MeshEnrollmentSpec{}},
		{"all over targets", []string{"--all"}, "targets: [{labelSelector: a}]", config.MeshEnrollmentSpec{All: true}},
		{"not all beside targets", []string{"--all=false"}, "targets: [{labelSelector: a}]", config.MeshEnrollmentSpec{Targets: targets("a")}},
		{"selector", []string{"-l", "a=b"}, "", config.MeshEnrollmentSpec{Targets: targets("a=b")}},
		{"selector over all", []string{"--selector", "a=b"}, file, config.MeshEnrollmentSpec{Targets: targets("a=b")}},
		{"selector over targets", []string{"--selector=a"}, "targets: [{name: x}, {name: z}]", config.MeshEnrollmentSpec{Targets: targets("a")}},
		{"selector and not all", []string{"--all=false", "-la"}, file, config.MeshEnrollmentSpec{Targets: targets("a")}},
		{"exclude", []string{"--exclude", "a"}, "", config.MeshEnrollmentSpec{Exclude: targets("a")}},
		{"exclude adds", []string{"--exclude", "b"}, "exclude: [{labelSelector: a}]", config.MeshEnrollmentSpec{Exclude: targets("a", "b")}},
		{"namespace", []string{"-n", "a"}, "namespace: b", config.MeshEnrollmentSpec{Namespace: "a"}},
		{"no namespace", []string{"--namespace="}, "namespace: b", config.MeshEnrollmentSpec{}},
		{"trust domain", []string{"--trust-domain", "a"}, "trustDomain: b", config.MeshEnrollmentSpec{TrustDomain: "a"}},
		{"revision", []string{"--revision", "a"}, "revision: b", config.MeshEnrollmentSpec{Revision: "a"}},
		{"socket", []string{"--workload-socket", "Pod"}, "workloadSocket: {file: a}",
			config.MeshEnrollmentSpec{WorkloadSocket: config.WorkloadSocket{Provider: config.PodSocket, File: "a"}}},
		{"default over file", []string{"--workload-socket", "Template"}, "workloadSocket: {provider: Pod}",
			config.MeshEnrollmentSpec{WorkloadSocket: config.WorkloadSocket{Provider: config.TemplateSocket}}},
		{"file over default", nil, "workloadSocket: {provider: Pod}", config.MeshEnrollmentSpec{WorkloadSocket: config.WorkloadSocket{Provider: config.PodSocket}}},
		{"socket file", []string{"--workload-socket-file", "a"}, "", config.MeshEnrollmentSpec{WorkloadSocket: config.WorkloadSocket{File: "a"}}},
		{"preset", []string{"--preset", "ztwim"}, "preset: seed", config.MeshEnrollmentSpec{Preset: "ztwim"}},
		{"hooks", []string{"--hooks", "Enroll"}, "hooks: Skip", config.MeshEnrollmentSpec{Hooks: config.EnrollHooks}},
		{"peer authentication", []string{"--peer-authentication", "STRICT"}, "", config.MeshEnrollmentSpec{PeerAuthentication: "STRICT"}},
		{"strict", []string{"--strict"}, "", config.MeshEnrollmentSpec{Strict: true}},
		{"not strict", []string{"--strict=false"}, "strict: true", config.MeshEnrollmentSpec{}},
		{"check", []string{"--check"}, "mode: Unenroll", config.MeshEnrollmentSpec{Mode: config.Check}},
		{"no check", []string{"--check=false"}, "mode: Check", config.MeshEnrollmentSpec{Mode: config.Enroll}},
		{"no check beside unenroll", []string{"--check=false"}, "mode: Unenroll", config.MeshEnrollmentSpec{Mode: config.Unenroll}},
		{"unenroll", []string{"--unenroll", "--diff"}, "mode: Check", config.MeshEnrollmentSpec{Mode: config.Unenroll}},
		{"what is no setting", []string{"-q", "--report", "x", "--diff"}, file, config.MeshEnrollmentSpec{All: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, _, err := enrollment(t, c.args, c.file)
			require.NoError(t, err)
			require.Equal(t, c.want, e.Spec)
		})
	}
}

// Flags that cannot be used together, or a file that cannot be read, are errors.
func TestEnrollmentErrors(t *testing.T) {
	for _, c := range []struct {
		args       []string
		file, want string
	}{
		{[]string{"--all", "-l", "a"}, "", "--all and --selector cannot be used together"},
		{[]string{"--check", "--unenroll"}, "", "--check and --unenroll cannot be used together"},
		{[]string{"--check", "--diff"}, "", "--diff cannot be used together with --check"},
		{[]string{"--diff"}, "mode: Check", "--diff cannot be used together with --check"},
		{[]string{"-l", ""}, "", "--selector is empty; to enroll every pod, use --all"},
		{[]string{"--exclude", " "}, "", "--exclude is empty, and would exclude every pod"},
		{nil, "al: true", "config.yaml: spec.al: unknown field"},
		{[]string{"--config", "absent.yaml"}, "", "absent.yaml: nowhere"},
	} {
		_, _, err := enrollment(t, c.args, c.file)
		require.ErrorContains(t, err, c.want)
	}
}

// A message about a wrong value names the flag that gave it, or the file.
func TestWithOrigin(t *testing.T) {
	for _, c := range []struct {
		args       []string
		file, want string
	}{
		{[]string{"--hooks", "x"}, "", `--hooks (spec.hooks): must be Skip or Enroll, got "x"`},
		{[]string{"--preset", "ztwin"}, "", `--preset (spec.preset): must be istio-docs, seed, spire-chart or ztwim, got "ztwin" (did you mean ztwim?)`},
		{[]string{"-l", "=="}, "", "--selector (spec.targets[0].labelSelector): must be a selector"},
		{[]string{"--exclude", "=="}, "exclude: [{}]", "--exclude (spec.exclude[1].labelSelector): must be a selector"},
		{[]string{"-n", "A"}, "", `--namespace (spec.namespace): "A": `},
		{[]string{"--hooks", "x"}, "namespace: A", `config.yaml: spec.namespace: "A": `},
		{[]string{"--hooks", "x"}, "namespace: A", `--hooks (spec.hooks): must be`},
		{[]string{"--all"}, "mode: x", "config.yaml: spec.mode: must be Enroll"},
	} {
		e, origin, err := enrollment(t, c.args, c.file)
		require.NoError(t, err)
		_, err = fn.New(e)
		f := flags{}
		if c.file != "" {
			f.config = "config.yaml"
		}
		require.ErrorContains(t, f.withOrigin(err, origin), c.want)
	}
	plain := errors.New("plain")
	require.Equal(t, plain, (&flags{}).withOrigin(plain, nil))
	require.NoError(t, (&flags{}).withOrigin(nil, nil))
}

func enrollment(t *testing.T, args []string, spec string) (config.MeshEnrollment, origin, error) {
	t.Helper()
	var f flags
	set := pflag.NewFlagSet("enmesh", pflag.ContinueOnError)
	f.define(set)
	if spec != "" {
		args = append([]string{"--config", "config.yaml"}, args...)
	}
	require.NoError(t, set.Parse(args))
	return f.enrollment(set, func(name string) ([]byte, error) {
		if name != "config.yaml" {
			return nil, errors.New("nowhere")
		}
		return []byte("apiVersion: enmesh.dev/v1alpha1\nkind: MeshEnrollment\nspec: {" + spec + "}\n"), nil
	})
}
