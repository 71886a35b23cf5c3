package objects

import (
	"slices"

	"enmesh.dev/enmesh/fn/fieldpath"
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/verdict/analysis"
	"enmesh.dev/enmesh/fn/yamledit"
)

var (
	DriverDiffers = &analysis.Definition{Reason: "DriverDiffers", Severity: outcome.Warning,
		Message: "SPIFFE's CSI driver in the manifests has another name than the configured one, so pods that use the configured name never start",
		Remedy:  "name the driver in spec.workloadSocket.csi"}
	DriverProfile = &analysis.Definition{Reason: "DriverProfile", Severity: outcome.Info,
		Message: "without a profile label on the CSI driver, OpenShift allows its volumes only in privileged namespaces, and refuses other pods",
		Remedy:  "on OpenShift, label the CSIDriver security.openshift.io/csi-ephemeral-volume-profile: restricted"}
)

var _ = analysis.RegisterObjectAnalyzer(analysis.ObjectAnalyzer{Subject: analysis.SPIRE, Kinds: []string{"CSIDriver"},
	Findings: []*analysis.Definition{DriverDiffers, DriverProfile}, Run: findDriver})

// findDriver compares the name of SPIFFE's CSI driver with the configured one, and checks whether OpenShift allows its volumes.
func findDriver(o *analysis.Object) {
	want := o.Config().WorkloadSocket.CSI.Driver
	if slices.Contains(o.Facts.Drivers, o.Ref.Name) && !slices.Contains(o.Facts.Drivers, want) {
		o.Report(DriverDiffers, yamledit.Lookup(o.Node, "metadata", "name"), "metadata.name", o.Ref.Name+", not "+want)
	}
	if o.Ref.Name == want && o.Label(keys.DriverProfile) == "" {
		o.Report(DriverProfile, yamledit.Lookup(o.Node, "metadata", "name"), fieldpath.Key("metadata.labels", keys.DriverProfile))
	}
}
