package fn

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/api/types"
)

// options are the settings that have a name of their own: as a flag, and as a key of a ConfigMap that serves as
// functionConfig, where every value is a string.
var options = map[string]func(*MeshEnrollmentSpec, string) error{
	"all":    func(s *MeshEnrollmentSpec, v string) error { return setBool(&s.All, v) },
	"strict": func(s *MeshEnrollmentSpec, v string) error { return setBool(&s.Strict, v) },
	"mode":   func(s *MeshEnrollmentSpec, v string) error { s.Mode = Mode(v); return nil },
	"hooks":  func(s *MeshEnrollmentSpec, v string) error { s.Hooks = HookPolicy(v); return nil },
	"selector": func(s *MeshEnrollmentSpec, v string) error {
		s.Targets = append(s.Targets, types.Selector{LabelSelector: v})
		return nil
	},
	"exclude": func(s *MeshEnrollmentSpec, v string) error {
		s.Exclude = append(s.Exclude, types.Selector{LabelSelector: v})
		return nil
	},
	"namespace":   func(s *MeshEnrollmentSpec, v string) error { s.Namespace = v; return nil },
	"trustDomain": func(s *MeshEnrollmentSpec, v string) error { s.TrustDomain = v; return nil },
	"revision":    func(s *MeshEnrollmentSpec, v string) error { s.Revision = v; return nil },
	"workloadSocket": func(s *MeshEnrollmentSpec, v string) error {
		s.WorkloadSocket.Provider = SocketProvider(v)
		return nil
	},
	"peerAuthentication": func(s *MeshEnrollmentSpec, v string) error { s.PeerAuthentication = v; return nil },
	"workloadSocketFile": func(s *MeshEnrollmentSpec, v string) error { s.WorkloadSocket.File = v; return nil },
}

func setBool(to *bool, value string) error {
	b, err := strconv.ParseBool(value)
	if err != nil {
		return fmt.Errorf("%q is neither true nor false", value)
	}
	*to = b
	return nil
}

// SetOptions sets fields of the spec by their short names, as the keys of a functionConfig of kind ConfigMap give them:
// all, exclude, hooks, mode, namespace, peerAuthentication, revision, selector, strict, trustDomain, workloadSocket, workloadSocketFile.
// The error is a *ConfigError that names each key that does not exist, or whose value cannot be read.
func (e *MeshEnrollment) SetOptions(values map[string]string) error {
	var problems []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		set, ok := options[name]
		if !ok {
			known := strings.Join(slices.Sorted(maps.Keys(options)), ", ")
			problems = append(problems, "data."+name+": no such key; there are "+known)
			continue
		}
		if err := set(&e.Spec, values[name]); err != nil {
			problems = append(problems, "data."+name+": "+err.Error())
		}
	}
	if problems != nil {
		return &ConfigError{Problems: problems}
	}
	return nil
}
