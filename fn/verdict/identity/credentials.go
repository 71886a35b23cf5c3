package identity

import (
	"slices"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/fieldpath"
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/verdict/analysis"
	"enmesh.dev/enmesh/fn/yamledit"
)

var (
	SocketMountOverridden = &analysis.Definition{Reason: "SocketMountOverridden", Severity: outcome.Error, Effect: outcome.IstiodCA,
		Message: "the pod's own istio-proxy mounts another volume where the proxy looks for SPIRE's socket",
		Remedy:  "remove the mount"}
	CredentialFiles = &analysis.Definition{Reason: "CredentialFiles", Severity: outcome.Error, Effect: outcome.Refused, Admitted: true,
		Message: "the proxy takes its certificates from files and does not ask SPIRE, and then does not start without a root certificate for istiod",
		Remedy:  "remove the volume or the mount"}
)

var _ = analysis.RegisterPodAnalyzer(analysis.PodAnalyzer{Subject: analysis.Socket, Stage: analysis.InjectedPods,
	Findings: []*analysis.Definition{SocketMountOverridden, CredentialFiles}, Order: 2, Run: findCredentials})

// findCredentials looks at the mounts of the pod's own istio-proxy in the directories where the agent looks for an identity.
func findCredentials(p *analysis.FinalPod) {
	p.EachContainer(func(container *yaml.Node, field string) {
		if yamledit.Text(yamledit.Lookup(container, "name")) != keys.ProxyContainer {
			return
		}
		for i, mount := range yamledit.Items(yamledit.Lookup(container, "volumeMounts")) {
			at := fieldpath.Index(fieldpath.Join(field, "volumeMounts"), i)
			switch directory := analysis.MountDirectory(mount); {
			case directory == analysis.SocketDirectory && yamledit.Text(yamledit.Lookup(mount, "name")) != keys.SocketVolume:
				p.Report(SocketMountOverridden, mount, at)
			case directory == analysis.CredentialDirectory && holdsFiles(p, yamledit.Text(yamledit.Lookup(mount, "name"))):
				p.Report(CredentialFiles, mount, at)
			}
		}
	})
	if volume := p.Volume("workload-certs"); volume != nil && holdsFiles(p, "workload-certs") {
		p.Report(CredentialFiles, volume, p.VolumeField("workload-certs"))
	}
}

// holdsFiles says whether a volume has files when it is mounted.
func holdsFiles(p *analysis.FinalPod, name string) bool {
	return slices.ContainsFunc(manifest.VolumeSources(p.Volume(name)), func(source string) bool { return source != "emptyDir" })
}
