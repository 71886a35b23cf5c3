package main

import (
	"errors"
	"testing"

	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/api/types"

	"enmesh.dev/enmesh/fn"
)

// Flags and file make one configuration; a flag that is given wins.
func TestEnrollment(t *testing.T) {
	targets := func(selectors ...string) []types.Selector {
		var list []types.Selector
		for _, s := range selectors {
			list = append(list, types.Selector{LabelSelector: s})
		}
		return list
	}
	file := "all: true"
	for _, c := range []struct {
		name string
		args []string
		file string // its spec; none where it is empty
		want fn.MeshEnrollmentSpec
	}{
		{"nothing", nil, "", fn.MeshEnrollmentSpec{}},
		{"all", []string{"--all"}, "", fn.MeshEnrollmentSpec{All: true}},
		{"not all", []string{"--all=false"}, file, fn.MeshEnrollmentSpec{}},
		{"all over targets", []string{"--all"}, "targets: [{labelSelector: a}]", fn.MeshEnrollmentSpec{All: true}},
		{"not all beside targets", []string{"--all=false"}, "targets: [{labelSelector: a}]", fn.MeshEnrollmentSpec{Targets: targets("a")}},
		{"selector", []string{"-l", "a=b"}, "", fn.MeshEnrollmentSpec{Targets: targets("a=b")}},
		{"selector over all", []string{"--selector", "a=b"}, file, fn.MeshEnrollmentSpec{Targets: targets("a=b")}},
		{"selector over targets", []string{"--selector=a"}, "targets: [{name: x}, {name: z}]", fn.MeshEnrollmentSpec{Targets: targets("a")}},
		{"selector and not all", []string{"--all=false", "-la"}, file, fn.MeshEnrollmentSpec{Targets: targets("a")}},
		{"exclude", []string{"--exclude", "a"}, "", fn.MeshEnrollmentSpec{Exclude: targets("a")}},
		{"exclude adds", []string{"--exclude", "b"}, "exclude: [{labelSelector: a}]", fn.MeshEnrollmentSpec{Exclude: targets("a", "b")}},
		{"namespace", []string{"-n", "a"}, "namespace: b", fn.MeshEnrollmentSpec{Namespace: "a"}},
		{"no namespace", []string{"--namespace="}, "namespace: b", fn.MeshEnrollmentSpec{}},
		{"trust domain", []string{"--trust-domain", "a"}, "trustDomain: b", fn.MeshEnrollmentSpec{TrustDomain: "a"}},
		{"revision", []string{"--revision", "a"}, "revision: b", fn.MeshEnrollmentSpec{Revision: "a"}},
		{"socket", []string{"--workload-socket", "Pod"}, "workloadSocket: {file: a}",
			fn.MeshEnrollmentSpec{WorkloadSocket: fn.WorkloadSocket{Provider: fn.PodSocket, File: "a"}}},
		{"default over file", []string{"--workload-socket", "Template"}, "workloadSocket: {provider: Pod}",
			fn.MeshEnrollmentSpec{WorkloadSocket: fn.WorkloadSocket{Provider: fn.TemplateSocket}}},
		{"file over default", nil, "workloadSocket: {provider: Pod}", fn.MeshEnrollmentSpec{WorkloadSocket: fn.WorkloadSocket{Provider: fn.PodSocket}}},
		{"socket file", []string{"--workload-socket-file", "a"}, "", fn.MeshEnrollmentSpec{WorkloadSocket: fn.WorkloadSocket{File: "a"}}},
		{"hooks", []string{"--hooks", "Enroll"}, "hooks: Skip", fn.MeshEnrollmentSpec{Hooks: fn.EnrollHooks}},
		{"peer authentication", []string{"--peer-authentication", "STRICT"}, "", fn.MeshEnrollmentSpec{PeerAuthentication: "STRICT"}},
		{"strict", []string{"--strict"}, "", fn.MeshEnrollmentSpec{Strict: true}},
		{"not strict", []string{"--strict=false"}, "strict: true", fn.MeshEnrollmentSpec{}},
		{"check", []string{"--check"}, "mode: Unenroll", fn.MeshEnrollmentSpec{Mode: fn.Check}},
		{"no check", []string{"--check=false"}, "mode: Check", fn.MeshEnrollmentSpec{Mode: fn.Enroll}},
		{"no check beside unenroll", []string{"--check=false"}, "mode: Unenroll", fn.MeshEnrollmentSpec{Mode: fn.Unenroll}},
		{"unenroll", []string{"--unenroll", "--diff"}, "mode: Check", fn.MeshEnrollmentSpec{Mode: fn.Unenroll}},
		{"what is no setting", []string{"-q", "--report", "x", "--diff"}, file, fn.MeshEnrollmentSpec{All: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, _, err := enrollment(t, c.args, c.file)
			require.NoError(t, err)
			require.Equal(t, c.want, e.Spec)
		})
	}
}

// Flags that cannot be followed together, or a file that cannot be read, are mistakes.
func TestEnrollmentErrors(t *testing.T) {
	for _, c := range []struct {
		args       []string
		file, want string
	}{
		{[]string{"--all", "-l", "a"}, "", "--all and --selector exclude each other"},
		{[]string{"--check", "--unenroll"}, "", "--check and --unenroll exclude each other"},
		{[]string{"--check", "--diff"}, "", "--diff shows what would change, and a check"},
		{[]string{"--diff"}, "mode: Check", "--diff shows what would change, and a check"},
		{[]string{"-l", ""}, "", "--selector is empty; --all enrolls every pod"},
		{[]string{"--exclude", " "}, "", "--exclude is empty, and would leave out every pod"},
		{nil, "al: true", "config.yaml: spec.al: no such field"},
		{[]string{"--config", "absent.yaml"}, "", "absent.yaml: nowhere"},
	} {
		_, _, err := enrollment(t, c.args, c.file)
		require.ErrorContains(t, err, c.want)
	}
}

// A message about a wrong value names the flag that gave it, or the file.
func TestBlame(t *testing.T) {
	for _, c := range []struct {
		args       []string
		file, want string
	}{
		{[]string{"--hooks", "x"}, "", `--hooks (spec.hooks): must be one of Skip, Enroll, and is "x"`},
		{[]string{"-l", "=="}, "", "--selector (spec.targets[0].labelSelector): must be a selector"},
		{[]string{"--exclude", "=="}, "exclude: [{}]", "--exclude (spec.exclude[1].labelSelector): must be a selector"},
		{[]string{"-n", "A"}, "", `--namespace (spec.namespace): "A": `},
		{[]string{"--hooks", "x"}, "namespace: A", `config.yaml: spec.namespace: "A": `},
		{[]string{"--hooks", "x"}, "namespace: A", `--hooks (spec.hooks): must be`},
		{[]string{"--all"}, "mode: x", "config.yaml: spec.mode: must be one of"},
	} {
		e, origin, err := enrollment(t, c.args, c.file)
		require.NoError(t, err)
		_, err = fn.New(e)
		f := flags{}
		if c.file != "" {
			f.config = "config.yaml"
		}
		require.ErrorContains(t, f.blame(err, origin), c.want)
	}
	plain := errors.New("plain")
	require.Equal(t, plain, (&flags{}).blame(plain, nil))
	require.NoError(t, (&flags{}).blame(nil, nil))
}

func enrollment(t *testing.T, args []string, spec string) (fn.MeshEnrollment, origin, error) {
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
