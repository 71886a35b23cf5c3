package postrender

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"
	"sigs.k8s.io/kustomize/api/types"

	"enmesh.dev/enmesh/fn/config"
)

// flags are the most common settings. A flag overrides the configuration file.
type flags struct {
	config             string
	all                bool
	selector, exclude  string
	namespace          string
	trustDomain        string
	identityLabel      string
	revision           string
	workloadSocket     string
	workloadSocketFile string
	hooks              string
	peerAuthentication string
	strict             bool
	accept             []string
	cluster            []string
	noAssumptions      bool
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
	set.StringVarP(&f.selector, "selector", "l", "", "enroll the pods whose `labels`, or whose workload's labels, match: app=web,tier!=cache")
	set.StringVar(&f.exclude, "exclude", "", "exclude the pods whose `labels` match, in addition to those that the configuration excludes")
	set.StringVarP(&f.namespace, "namespace", "n", "", "the `namespace` of objects that do not set one")
	set.StringVar(&f.trustDomain, "trust-domain", "", "the SPIFFE trust `domain`: for identities in messages and the report, and for istiod's mesh configuration")
	set.StringVar(&f.identityLabel, "identity-label", "spire-managed-identity=true", "the `label` by which SPIRE registers pods; Istio's documentation has spiffe.io/spire-managed-identity")
	set.StringVar(&f.revision, "revision", "", "add the label istio.io/rev with this `revision` to the pods")
	set.StringVar(&f.workloadSocket, "workload-socket", "Template", "where the volume of the SPIFFE CSI driver is defined: in istiod's Template, or in the Pod")
	set.StringVar(&f.workloadSocketFile, "workload-socket-file", "", "the `name` of the socket file; with a name other than \"socket\", the proxy does not start without SPIRE")
	set.StringVar(&f.hooks, "hooks", "Skip", "what to do with selected Helm hooks that are not marked for enrollment: Skip or Enroll")
	set.StringVar(&f.peerAuthentication, "peer-authentication", "", "STRICT adds a PeerAuthentication for each enrolled workload")
	set.BoolVar(&f.strict, "strict", false, "fail on warnings, and on errors in every mode")
	set.StringSliceVar(&f.accept, "accept", nil, "accept findings and verdicts with these `reasons`: they are listed, and fail nothing")
	set.StringArrayVar(&f.cluster, "cluster", nil, "read what is in the cluster already from this `path`, a file or a folder of manifests, for its facts only")
	set.BoolVar(&f.noAssumptions, "no-assumptions", false, "with --check, fail if a verdict takes something for granted")
	set.BoolVar(&f.check, "check", false, "write no manifests; fail if a selected pod does not get its identity from SPIRE, or by any error")
	set.BoolVar(&f.diff, "diff", false, "write a unified diff instead of the manifests")
	set.BoolVar(&f.unenroll, "unenroll", false, "remove the mesh settings")
	set.StringVar(&f.report, "report", "", "write a report to this `file`: .json, .yaml, .md (with a diagram of who can call whom), .entries (registration entries), .txt (a table); - is a table on stderr")
	set.StringVar(&f.explain, "explain", "", "explain a `reason`, which is in brackets in a message, and show the remedy")
	set.BoolVarP(&f.quiet, "quiet", "q", false, "print errors only")
}

// origin maps the path of a field to the flag that set it.
type origin map[string]string

// enrollment builds the configuration from the file, if there is one, and from the flags that were given.
func (f *flags) enrollment(given *pflag.FlagSet, readFile func(string) ([]byte, error)) (config.MeshEnrollment, origin, error) {
	var e config.MeshEnrollment
	if f.config != "" {
		text, err := readFile(f.config)
		if err == nil {
			e, err = config.Decode(text)
		}
		if err != nil {
			return e, nil, fmt.Errorf("%s: %w", f.config, withoutPath(err))
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
	if f.all { // --all overrides the targets of the file, and --selector overrides its all
		s.Targets = nil
	}
	set("selector", "spec.targets[0].labelSelector", func() { s.All, s.Targets = false, []types.Selector{{LabelSelector: f.selector}} })
	set("exclude", fmt.Sprintf("spec.exclude[%d].labelSelector", len(s.Exclude)), func() {
		s.Exclude = append(s.Exclude, types.Selector{LabelSelector: f.exclude})
	})
	set("namespace", "spec.namespace", func() { s.Namespace = f.namespace })
	set("trust-domain", "spec.trustDomain", func() { s.TrustDomain = f.trustDomain })
	set("identity-label", "spec.identityLabel.key", func() { s.IdentityLabel = config.NewIdentityLabel(f.identityLabel) })
	set("revision", "spec.revision", func() { s.Revision = f.revision })
	set("workload-socket", "spec.workloadSocket.provider", func() { s.WorkloadSocket.Provider = config.SocketProvider(f.workloadSocket) })
	set("workload-socket-file", "spec.workloadSocket.file", func() { s.WorkloadSocket.File = f.workloadSocketFile })
	set("hooks", "spec.hooks", func() { s.Hooks = config.HookPolicy(f.hooks) })
	set("peer-authentication", "spec.peerAuthentication", func() { s.PeerAuthentication = f.peerAuthentication })
	set("strict", "spec.strict", func() { s.Strict = f.strict })
	for i, path := range s.Cluster {
		s.Cluster[i] = beside(f.config, path)
	}
	set("cluster", fmt.Sprintf("spec.cluster[%d]", len(s.Cluster)), func() { s.Cluster = append(s.Cluster, f.cluster...) })
	set("no-assumptions", "spec.noAssumptions", func() { s.NoAssumptions = f.noAssumptions })
	set("accept", fmt.Sprintf("spec.accept[%d]", len(s.Accept)), func() { s.Accept = append(s.Accept, f.accept...) })
	set("check", "spec.mode", func() { s.Mode = modeOf(f.check, config.Check, s.Mode) })
	set("unenroll", "spec.mode", func() { s.Mode = modeOf(f.unenroll, config.Unenroll, s.Mode) })
	return e, origin, f.conflict(given, s.Mode)
}

// beside returns a path that is relative to the folder of a file.
func beside(file, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(file), path)
}

// modeOf returns the mode after a flag is applied: the flag's mode if it is true, and any other mode if it is false.
func modeOf(flag bool, flagMode, current config.Mode) config.Mode {
	switch {
	case flag:
		return flagMode
	case current == flagMode:
		return config.Enroll
	}
	return current
}

// conflict returns an error for flags that cannot be used together. An empty selector matches every pod. It usually comes from
// a script with an unset variable, so it is an error too.
func (f *flags) conflict(given *pflag.FlagSet, mode config.Mode) error {
	switch {
	case f.check && f.unenroll:
		return errors.New("--check and --unenroll cannot be used together")
	case f.diff && mode == config.Check:
		return errors.New("--diff cannot be used together with --check (or with the mode Check in --config), which changes nothing")
	case f.report == devStdout && mode != config.Check:
		return errors.New("--report " + devStdout + " would mix the report with the manifests; name a file, or - for stderr")
	case f.all && given.Changed("selector"):
		return errors.New("--all and --selector cannot be used together")
	case given.Changed("selector") && strings.TrimSpace(f.selector) == "":
		return errors.New("--selector is empty; to enroll every pod, use --all")
	case given.Changed("exclude") && strings.TrimSpace(f.exclude) == "":
		return errors.New("--exclude is empty, and would exclude every pod")
	}
	return nil
}

// withOrigin names, for each wrong field, the flag or the file that set it.
func (f *flags) withOrigin(err error, origin origin) error {
	configError := (*config.Error)(nil)
	if !errors.As(err, &configError) {
		return err
	}
	var problems []string
	for _, problem := range configError.Problems {
		field, text, _ := strings.Cut(problem, ": ")
		switch flag := origin[field]; {
		case flag != "":
			problem = flag + " (" + field + "): " + text
		case f.config != "":
			problem = f.config + ": " + problem
		}
		problems = append(problems, problem)
	}
	return &config.Error{Problems: problems}
}
