package objects

import (
	"cmp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/installer"
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/verdict/analysis"
	"enmesh.dev/enmesh/fn/verdict/injection"
	"enmesh.dev/enmesh/fn/yamledit"
)

var TrustDomainDiffers = &analysis.Definition{Reason: "TrustDomainDiffers", Severity: outcome.Error,
	Message: "istiod and SPIRE have different trust domains, so peers refuse each other's identities",
	Remedy:  "set trustDomain in the mesh configuration, or add it to trustDomainAliases"}

var _ = analysis.RegisterObjectAnalyzer(analysis.ObjectAnalyzer{Subject: analysis.Istiod, Kinds: istiodKinds,
	Findings: []*analysis.Definition{injection.HoldApplication, TrustDomainDiffers}, Run: findSettings})

// settings are the settings of one istiod, and where they stand.
type settings struct {
	mesh.Settings
	at    func(setting ...string) *yaml.Node
	field func(setting ...string) string
}

// settingsOf returns the settings in a ConfigMap of istiod, or in an object from which istiod is installed.
func settingsOf(o *analysis.Object) (s settings, ok bool) {
	if i, installs := installer.Of(o.Object); installs {
		revision, known := i.Revision()
		return settings{o.Facts.Settings(cmp.Or(revision, mesh.DefaultRevision)),
			func(setting ...string) *yaml.Node {
				path := i.SettingPath(setting...)
				at := i.Setting(setting...)
				for at == nil || at.Line == 0 && len(path) > 0 { // what a check adds has no line
					path = path[:len(path)-1]
					at = yamledit.Lookup(o.Node, path...)
				}
				return at
			},
			func(setting ...string) string { return strings.Join(i.SettingPath(setting...), ".") }}, known
	}
	revision, ok := mesh.RevisionOf(o.Object, mesh.SettingsName)
	node := yamledit.Lookup(o.Node, "data", "mesh")
	return settings{o.Facts.Settings(revision),
		func(...string) *yaml.Node { return node },
		func(setting ...string) string { return "data.mesh: " + strings.Join(setting, ".") }}, ok && node != nil
}

// findSettings looks at the settings for all proxies, and compares istiod's trust domain with the configured one or, without one,
// with that of SPIRE in the streams.
func findSettings(o *analysis.Object) {
	settings, ok := settingsOf(o)
	if !ok {
		return
	}
	report := func(d *analysis.Definition, setting []string, detail ...string) {
		o.Report(d, settings.at(setting...), settings.field(setting...), detail...)
	}
	if settings.HoldsApplications {
		report(injection.HoldApplication, []string{"defaultConfig", "holdApplicationUntilProxyStarts"})
	}
	want := o.Facts.TrustDomain(o.Config().TrustDomain)
	is := settings.TrustDomain
	isDefault := is == "" || is == mesh.DefaultTrustDomain
	if want == "" || is == want || slices.Contains(settings.TrustDomainAliases, want) ||
		isDefault && o.Config().TrustDomain != "" && o.Config().Mode == config.Enroll && o.Enroller.Configures(o.Object) {
		return
	}
	report(TrustDomainDiffers, []string{"trustDomain"}, cmp.Or(is, mesh.DefaultTrustDomain)+", not "+want)
}
