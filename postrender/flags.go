package main

import (
	"errors"
	"fmt"

	"github.com/spf13/pflag"
	"sigs.k8s.io/kustomize/api/types"

	"enmesh.dev/enmesh/fn"
)

// flags are the everyday settings. Each that is given wins over the configuration file.
type flags struct {
	config             string
	all                bool
	selector, exclude  string
	namespace          string
	trustDomain        string
	revision           string
	workloadSocket     string
	workloadSocketFile string
	hooks              string
	peerAuthentication string
	strict             bool
	unenroll           bool
	check              bool
	diff               bool
	report             string
	explain            string
	quiet              bool
}

func (f *flags) define(set *pflag.FlagSet) {
	set.SortFlags = false
	set.StringVar(&f.config, "config", "", "read the MeshEnrollment from this `file`")
	set.BoolVar(&f.all, "all", false, "enroll every pod")
	set.StringVarP(&f.selector, "selector", "l", "", "enroll the pods whose `labels` match, on the workload or on the pod: app=web,tier!=cache")
	set.StringVar(&f.exclude, "exclude", "", "leave out the pods whose `labels` match")
	set.StringVarP(&f.namespace, "namespace", "n", "", "the `namespace` that objects without one go to")
	set.StringVar(&f.trustDomain, "trust-domain", "", "the SPIFFE trust `domain`, for the identities in results and report")
	set.StringVar(&f.revision, "revision", "", "label the pods with this Istio `revision`")
	set.StringVar(&f.workloadSocket, "workload-socket", "Template", "who mounts the SPIFFE CSI driver: istiod's Template, or the Pod itself")
	set.StringVar(&f.workloadSocketFile, "workload-socket-file", "", "the socket's file `name`; with any but \"socket\" the proxy does not start without SPIRE")
	set.StringVar(&f.hooks, "hooks", "Skip", "Helm hooks without a mark: Skip or Enroll")
	set.StringVar(&f.peerAuthentication, "peer-authentication", "", "STRICT adds a PeerAuthentication for the pods of each enrolled workload")
	set.BoolVar(&f.strict, "strict", false, "take warnings for errors")
	set.BoolVar(&f.check, "check", false, "write no manifests; fail where a selected pod is not enrolled")
	set.BoolVar(&f.diff, "diff", false, "write a unified diff in place of the manifests")
	set.BoolVar(&f.unenroll, "unenroll", false, "take the mesh settings away")
	set.StringVar(&f.report, "report", "", "write what was decided to this `file`: .json, .yaml, .entries as SPIRE shows them, else a table")
	set.StringVar(&f.explain, "explain", "", "say what a `reason` means, which stands in brackets behind a message, and what to do")
	set.BoolVarP(&f.quiet, "quiet", "q", false, "print errors only")
}

// enrollment builds the configuration from the file, if one is named, and the flags that were given.
func (f *flags) enrollment(given *pflag.FlagSet, readFile func(string) ([]byte, error)) (fn.MeshEnrollment, error) {
	var e fn.MeshEnrollment
	if f.config != "" {
		text, err := readFile(f.config)
		if err != nil {
			return e, err
		}
		if e, err = fn.Decode(text); err != nil {
			return e, fmt.Errorf("%s: %w", f.config, err)
		}
	}
	s := &e.Spec
	switch {
	case f.check && (f.diff || f.unenroll):
		return e, errors.New("--check goes neither with --diff nor with --unenroll")
	case f.check:
		s.Mode = fn.Check
	case f.unenroll:
		s.Mode = fn.Unenroll
	}
	set := func(name string, apply func()) {
		if given.Changed(name) {
			apply()
		}
	}
	set("all", func() { s.All = f.all })
	set("selector", func() { s.Targets = []types.Selector{{LabelSelector: f.selector}} })
	set("exclude", func() { s.Exclude = append(s.Exclude, types.Selector{LabelSelector: f.exclude}) })
	set("namespace", func() { s.Namespace = f.namespace })
	set("trust-domain", func() { s.TrustDomain = f.trustDomain })
	set("revision", func() { s.Revision = f.revision })
	set("workload-socket", func() { s.WorkloadSocket.Provider = fn.SocketProvider(f.workloadSocket) })
	set("workload-socket-file", func() { s.WorkloadSocket.File = f.workloadSocketFile })
	set("hooks", func() { s.Hooks = fn.HookPolicy(f.hooks) })
	set("peer-authentication", func() { s.PeerAuthentication = f.peerAuthentication })
	set("strict", func() { s.Strict = f.strict })
	if given.Changed("all") && given.Changed("selector") {
		return e, errors.New("--all and --selector exclude each other")
	}
	if given.Changed("all") { // the flag wins over the file's targets, and --selector over its all
		s.Targets = nil
	}
	if given.Changed("selector") {
		s.All = false
	}
	return e, nil
}
