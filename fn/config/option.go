package config

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// options are the settings with a short name: as a flag, and as a key of a ConfigMap that is a functionConfig, where every
// value is a string.
var options = map[string]func(*MeshEnrollmentSpec, string) error{
	"all":           func(s *MeshEnrollmentSpec, v string) error { return setBool(&s.All, v) },
	"strict":        func(s *MeshEnrollmentSpec, v string) error { return setBool(&s.Strict, v) },
	"noAssumptions": func(s *MeshEnrollmentSpec, v string) error { return setBool(&s.NoAssumptions, v) },
	"mode":          func(s *MeshEnrollmentSpec, v string) error { s.Mode = Mode(v); return nil },
	"preset":        func(s *MeshEnrollmentSpec, v string) error { s.Preset = v; return nil },
	"hooks":         func(s *MeshEnrollmentSpec, v string) error { s.Hooks = HookPolicy(v); return nil },
	"selector": func(s *MeshEnrollmentSpec, v string) error {
		s.Targets = append(s.Targets, Selector{LabelSelector: v})
		return nil
	},
	"exclude": func(s *MeshEnrollmentSpec, v string) error {
		s.Exclude = append(s.Exclude, Selector{LabelSelector: v})
		return nil
	},
	"namespace":   func(s *MeshEnrollmentSpec, v string) error { s.Namespace = v; return nil },
	"trustDomain": func(s *MeshEnrollmentSpec, v string) error { s.TrustDomain = v; return nil },
	"accept": func(s *MeshEnrollmentSpec, v string) error {
		s.Accept = append(s.Accept, Names(v)...)
		return nil
	},
	"identityLabel": func(s *MeshEnrollmentSpec, v string) error { s.IdentityLabel = NewIdentityLabel(v); return nil },
	"revision":      func(s *MeshEnrollmentSpec, v string) error { s.Revision = v; return nil },
	"workloadSocket": func(s *MeshEnrollmentSpec, v string) error {
		s.WorkloadSocket.Provider = SocketProvider(v)
		return nil
	},
	"peerAuthentication": func(s *MeshEnrollmentSpec, v string) error { s.PeerAuthentication = v; return nil },
	"workloadSocketFile": func(s *MeshEnrollmentSpec, v string) error { s.WorkloadSocket.File = v; return nil },
}

// Names splits a list of names with commas between them.
func Names(list string) []string {
	var names []string
	for name := range strings.SplitSeq(list, ",") {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// NewIdentityLabel reads KEY=VALUE, or KEY, whose value is true.
func NewIdentityLabel(text string) IdentityLabel {
	key, value, found := strings.Cut(text, "=")
	if !found {
		value = "true"
	}
	return IdentityLabel{Key: key, Value: value}
}

func setBool(to *bool, value string) error {
	b, err := strconv.ParseBool(value)
	if err != nil {
		return fmt.Errorf("must be true or false, got %q", value)
	}
	*to = b
	return nil
}

// Options lists the short names of the settings.
func Options() []string { return slices.Sorted(maps.Keys(options)) }

// SetOptions sets fields of the spec by their short names, which are the keys of a functionConfig of kind ConfigMap: see Options.
// The error is a *Error that names each unknown key and each invalid value.
func (e *MeshEnrollment) SetOptions(values map[string]string) error {
	var problems []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		set, ok := options[name]
		if !ok {
			problems = append(problems, "data."+name+": unknown key; valid keys are "+strings.Join(Options(), ", "))
			continue
		}
		if err := set(&e.Spec, values[name]); err != nil {
			problems = append(problems, "data."+name+": "+err.Error())
		}
	}
	if problems != nil {
		return &Error{Problems: problems}
	}
	return nil
}
