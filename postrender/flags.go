package main

import (
	"errors"
	"fmt"
	"strings"

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
	set.StringVar(&f.exclude, "exclude", "", "leave out the pods whose `labels` match, besides those that the configuration excludes")
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
	set.StringVar(&f.report, "report", "", "write what was decided to this `file`: .json, .yaml, .md with a picture of who may call whom, .entries as SPIRE shows them, else a table (- is stderr)")
	set.StringVar(&f.explain, "explain", "", "say what a `reason` means, which stands in brackets behind a message, and what to do")
	set.BoolVarP(&f.quiet, "quiet", "q", false, "print errors only")
}

// origin tells which flag set a field, by the field's path.
type origin map[string]string

// enrollment builds the configuration from the file, if one is named, and the flags that were given.
func (f *flags) enrollment(given *pflag.FlagSet, readFile func(string) ([]byte, error)) (fn.MeshEnrollment, origin, error) {
	var e fn.MeshEnrollment
	if f.config != "" {
		text, err := readFile(f.config)
		if err == nil {
			e, err = fn.Decode(text)
		}
		if err != nil {
			return e, nil, fmt.Errorf("%s: %w", f.config, bare(err))
		}
	}
	s := &e.Spec
	origin := origin{}
	set := func(name, field string, apply func()) {
		if given.Changed(name) {
			apply()
			origin[field] = "--" + name
		}
	}
	set("all", "spec.all", func() { s.All = f.all })
	if f.all { // the flag wins over the file's targets, and --selector over its all
		s.Targets = nil
	}
	set("selector", "spec.targets[0].labelSelector", func() { s.All, s.Targets = false, []types.Selector{{LabelSelector: f.selector}} })
	set("exclude", fmt.Sprintf("spec.exclude[%d].labelSelector", len(s.Exclude)), func() {
		s.Exclude = append(s.Exclude, types.Selector{LabelSelector: f.exclude})
	})
	set("namespace", "spec.namespace", func() { s.Namespace = f.namespace })
	set("trust-domain", "spec.trustDomain", func() { s.TrustDomain = f.trustDomain })
	set("revision", "spec.revision", func() { s.Revision = f.revision })
	set("workload-socket", "spec.workloadSocket.provider", func() { s.WorkloadSocket.Provider = fn.SocketProvider(f.workloadSocket) })
	set("workload-socket-file", "spec.workloadSocket.file", func() { s.WorkloadSocket.File = f.workloadSocketFile })
	set("hooks", "spec.hooks", func() { s.Hooks = fn.HookPolicy(f.hooks) })
	set("peer-authentication", "spec.peerAuthentication", func() { s.PeerAuthentication = f.peerAuthentication })
	set("strict", "spec.strict", func() { s.Strict = f.strict })
	set("check", "spec.mode", func() { s.Mode = modeOf(f.check, fn.Check, s.Mode) })
	set("unenroll", "spec.mode", func() { s.Mode = modeOf(f.unenroll, fn.Unenroll, s.Mode) })
	return e, origin, f.contradiction(given, s.Mode)
}

// modeOf is the mode that a flag leaves: its own where it is true, and any but that where it is false.
func modeOf(on bool, own, now fn.Mode) fn.Mode {
	switch {
	case on:
		return own
	case now == own:
		return fn.Enroll
	}
	return now
}

// contradiction finds flags that cannot be followed together. An empty selector matches all there is, which is seldom what
// a script means whose variable is not set.
func (f *flags) contradiction(given *pflag.FlagSet, mode fn.Mode) error {
	switch {
	case f.check && f.unenroll:
		return errors.New("--check and --unenroll exclude each other")
	case f.diff && mode == fn.Check:
		return errors.New("--diff shows what would change, and a check (--check, or the mode in --config) changes nothing")
	case f.report == devStdout && mode != fn.Check:
		return errors.New("--report " + devStdout + " would stand among the manifests; name a file, or - for stderr")
	case f.all && given.Changed("selector"):
		return errors.New("--all and --selector exclude each other")
	case given.Changed("selector") && strings.TrimSpace(f.selector) == "":
		return errors.New("--selector is empty; --all enrolls every pod")
	case given.Changed("exclude") && strings.TrimSpace(f.exclude) == "":
		return errors.New("--exclude is empty, and would leave out every pod")
	}
	return nil
}

// blame says of each wrong field whether a flag set it, or the file.
func (f *flags) blame(err error, origin origin) error {
	wrong := (*fn.ConfigError)(nil)
	if !errors.As(err, &wrong) {
		return err
	}
	var problems []string
	for _, problem := range wrong.Problems {
		field, text, _ := strings.Cut(problem, ": ")
		switch flag := origin[field]; {
		case flag != "":
			problem = flag + " (" + field + "): " + text
		case f.config != "":
			problem = f.config + ": " + problem
		}
		problems = append(problems, problem)
	}
	return &fn.ConfigError{Problems: problems}
}
