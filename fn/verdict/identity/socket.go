package identity

import (
	"slices"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/verdict/analysis"
)

// Findings about the workload socket: the volume that the pod has after the templates are applied.
var (
	SocketClash = &analysis.Definition{Reason: "SocketClash", Severity: outcome.Error, Effect: outcome.Refused,
		Message: "the volume workload-socket gets two types, which the API server refuses",
		Remedy:  "use only the CSI driver; in istiod's template write emptyDir: null beside csi"}
	SocketWritable = &analysis.Definition{Reason: "SocketWritable", Severity: outcome.Error, Effect: outcome.Refused, Admitted: true,
		Message: "the SPIFFE CSI driver mounts only read-only volumes, so the pod never starts",
		Remedy:  "set csi.readOnly: true"}
	SocketDriver = &analysis.Definition{Reason: "SocketDriver", Severity: outcome.Error, Effect: outcome.Refused, Admitted: true,
		Message: "the volume workload-socket uses another CSI driver than the configured one, so the pod never starts unless the cluster has that driver",
		Remedy:  "name the driver in spec.workloadSocket.csi, or correct the volume"}
	NoSPIRETemplate = &analysis.Definition{Reason: "NoSPIRETemplate", Severity: outcome.Error, Effect: outcome.IstiodCA,
		Message: "none of the pod's templates mounts SPIRE's socket, so the identity comes from istiod's CA",
		Remedy:  "define the volume workload-socket with the CSI driver in istiod's template"}
	SocketMissing = &analysis.Definition{Reason: "SocketMissing", Severity: outcome.Error, Effect: outcome.Refused, Admitted: true,
		Message: "the proxy must have SPIRE's socket, because the socket's file has a name of its own, but the pod does not mount it, so the proxy does not start",
		Remedy:  "enroll the pod, or remove WORKLOAD_IDENTITY_SOCKET_FILE from the settings of its proxy or of istiod"}
	IstiodIdentity = &analysis.Definition{Reason: "IstiodIdentity", Severity: outcome.Info, Effect: outcome.IstiodCA,
		Message: "the pod is injected without being enrolled, so its identity comes from istiod's CA",
		Remedy:  "enroll the pod"}
)

var _ = analysis.RegisterPodAnalyzer(analysis.PodAnalyzer{Subject: analysis.Socket, Stage: analysis.InjectedPods,
	Findings: []*analysis.Definition{SocketClash, SocketWritable, SocketDriver, NoSPIRETemplate, SocketMissing, IstiodIdentity}, Order: 1, Run: findSocket})

// reportSource reports what is wrong with the source of the volume.
func reportSource(p *analysis.FinalPod, s *analysis.SocketVolume, at *yaml.Node, field string) {
	switch {
	case len(s.Sources) > 1:
		p.Report(SocketClash, at, field)
	case s.Sources["csi"] && !s.CSI.ReadOnly:
		p.Report(SocketWritable, at, field)
	case s.Sources["csi"] && s.CSI.Driver != p.Config().WorkloadSocket.CSI.Driver && !slices.Contains(p.Facts.Drivers, s.CSI.Driver):
		p.Report(SocketDriver, at, field, s.CSI.Driver)
	}
}

func findSocket(p *analysis.FinalPod) {
	s := p.SocketVolume()
	volume := p.Volume(keys.SocketVolume)
	field := p.VolumeField(keys.SocketVolume)
	if len(s.Sources) > 1 && volume == nil && p.UserSocketVolume() != nil {
		p.ReportAnnotation(SocketClash, keys.UserVolume)
	} else {
		reportSource(p, s, volume, field)
	}
	switch {
	case s.Sources["csi"] || s.Sources["hostPath"] || s.Uncertain:
	case isFileRequired(p):
		p.Report(SocketMissing, nil, "", p.FinalSocketFile())
	case !p.IsSelected() || p.Decided.Outcome == outcome.NotEnrolled:
		p.ReportAnnotation(IstiodIdentity, keys.Templates)
	default:
		p.ReportAnnotation(NoSPIRETemplate, keys.Templates)
	}
}
