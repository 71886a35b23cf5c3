package postrender

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/postrender/file"
)

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
			return e, nil, fmt.Errorf("%s: %w", f.config, file.Cause(err))
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
	set("preset", "spec.preset", func() { s.Preset = f.preset })
	set("all", "spec.all", func() { s.All = f.all })
	if f.all { // --all overrides the targets of the file, and --selector overrides its all
		s.Targets = nil
	}
	set("selector", "spec.targets[0].labelSelector", func() { s.All, s.Targets = false, []config.Selector{{LabelSelector: f.selector}} })
	set("exclude", fmt.Sprintf("spec.exclude[%d].labelSelector", len(s.Exclude)), func() {
		s.Exclude = append(s.Exclude, config.Selector{LabelSelector: f.exclude})
	})
	set("namespace", "spec.namespace", func() { s.Namespace = f.namespace })
	if s.Namespace == "" {
		s.Namespace = f.helmNamespace
	}
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
	case f.exitCode && !f.diff:
		return errors.New("--exit-code needs --diff")
	case f.output != "" && mode == config.Check:
		return errors.New("--output cannot be used together with --check (or with the mode Check in --config), which writes no manifests")
	case f.write && (f.output != "" || f.diff || mode == config.Check):
		return errors.New("--write cannot be used together with --output, --diff or --check")
	case f.color != "auto" && f.color != "always" && f.color != "never":
		return fmt.Errorf("--color must be auto, always or never, got %q", f.color)
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
