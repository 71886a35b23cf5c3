package input

import (
	"cmp"
	"reflect"
	"slices"
	"strings"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/verdict/analysis"
)

var PresetFitsBetter = &analysis.Definition{Reason: "PresetFitsBetter", Severity: outcome.Info,
	Message: "what the manifests show of SPIRE and istiod fits another preset better than the configuration",
	Remedy:  "set spec.preset (--preset) to it"}

var _ = analysis.RegisterInputAnalyzer(analysis.InputAnalyzer{Subject: analysis.Selection,
	Findings: []*analysis.Definition{PresetFitsBetter}, Run: findPreset})

// findPreset tries each preset on the configuration as it was given. It suggests the one with which the fewest facts contradict the
// configuration, if they are fewer than without it. Of two, it is the one that sets less.
func findPreset(in *analysis.Input) {
	if in.Selected == 0 || in.Config().Mode == config.Unenroll {
		return
	}
	now := contradictions(in, in.Config())
	if len(now) == 0 {
		return
	}
	best, least, sets := "", now, 0
	for _, p := range config.Presets() {
		spec := in.Given
		spec.Preset = p.Name
		filled := len(spec.FilledByPreset())
		e := config.MeshEnrollment{Spec: spec}
		e.Default()
		left := contradictions(in, &e.Spec)
		if len(left) < len(least) || best != "" && len(left) == len(least) && filled < sets {
			best, least, sets = p.Name, left, filled
		}
	}
	if best == "" {
		return
	}
	var resolved []string
	for _, c := range now {
		if !slices.ContainsFunc(least, func(left contradiction) bool { return left.about == c.about }) {
			resolved = append(resolved, c.fact)
		}
	}
	in.Report(PresetFitsBetter, "spec.preset", best+" ("+strings.Join(resolved, "; ")+")")
}

// contradiction is a fact that contradicts a field of the configuration.
type contradiction struct{ about, fact string }

// contradictions compares the fields that presets set with the facts. What the manifests do not show contradicts nothing.
func contradictions(in *analysis.Input, spec *config.MeshEnrollmentSpec) []contradiction {
	var all []contradiction
	facts := in.Facts
	if names := facts.AgentSockets(); len(names) > 0 && !slices.Contains(names,
		cmp.Or(spec.WorkloadSocket.File, facts.Settings(mesh.DefaultRevision).SocketFile, mesh.DefaultSocketFile)) {
		all = append(all, contradiction{"socket", "SPIRE's agent calls its socket " + strings.Join(names, ", ")})
	}
	others := slices.DeleteFunc(slices.Clone(keys.IdentityLabels), func(key string) bool { return key == spec.IdentityLabel.Key })
	if label := facts.SelectsBy(others); label != "" && spec.ClusterSPIFFEID == nil && facts.SelectsBy([]string{spec.IdentityLabel.Key}) == "" {
		all = append(all, contradiction{"label", "a ClusterSPIFFEID selects pods by the label " + label})
	}
	if manager := facts.ControllerManager; manager != nil && classDiffers(in, spec, manager) {
		all = append(all, contradiction{"class", "SPIRE's controller manager has the class " + manager.Class})
	}
	injector := facts.Injector(facts.ResolveTag(cmp.Or(spec.Revision, mesh.DefaultRevision)))
	if injector == nil || spec.WorkloadSocket.Provider != config.TemplateSocket {
		return all
	}
	for _, names := range [][]string{spec.Templates.Sidecar, spec.Templates.Gateway} {
		last := names[len(names)-1]
		if template, has := injector.Templates[last]; !has || template.Null {
			all = append(all, contradiction{"templates of " + names[0], "istiod has no template " + last})
		}
	}
	return all
}

// classDiffers says whether the ClusterSPIFFEID that is added has another class than the controller manager in the manifests, or whether that
// class is the mark of a preset that would change the configuration.
func classDiffers(in *analysis.Input, spec *config.MeshEnrollmentSpec, manager *mesh.ControllerManager) bool {
	if id := spec.ClusterSPIFFEID; id != nil && id.ClassName != manager.Class && (id.ClassName != "" || !manager.WatchesClassless) {
		return true
	}
	return slices.ContainsFunc(config.Presets(), func(p config.Preset) bool {
		if p.ClassName == "" || p.ClassName != manager.Class {
			return false
		}
		e := config.MeshEnrollment{Spec: in.Given}
		e.Spec.Preset = p.Name
		e.Default()
		e.Spec.Preset = spec.Preset
		return !reflect.DeepEqual(e.Spec, *spec)
	})
}
