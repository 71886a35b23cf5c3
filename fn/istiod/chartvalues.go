package istiod

import (
	"encoding/json"
	"fmt"
	"slices"

	"enmesh.dev/enmesh/fn/yamledit"
)

// ChartValues are what matters of the values of istiod's chart, which stand beside its templates.
type ChartValues struct {
	CNI bool   // Istio's CNI plugin is turned on
	Tag string // of Istio's images
}

// ReadChartValues reads the values. The chart writes them as JSON, which the YAML library takes long to read.
func ReadChartValues(values []byte) ChartValues {
	type plugin struct{ Enabled bool }
	var chart struct {
		Global struct{ Tag any } // it may be a number
		Pilot  struct{ CNI plugin }
		CNI    plugin
		Old    plugin `json:"istio_cni"`
	}
	if err := json.Unmarshal(values, &chart); err == nil {
		return ChartValues{chart.Pilot.CNI.Enabled || chart.CNI.Enabled || chart.Old.Enabled, fmt.Sprint(chart.Global.Tag)}
	}
	doc, err := yamledit.Parse(values)
	if err != nil {
		return ChartValues{}
	}
	enabled := func(path []string) bool { return yamledit.Text(yamledit.Lookup(doc.Root(), path...)) == "true" }
	return ChartValues{slices.ContainsFunc([][]string{{"pilot", "cni", "enabled"}, {"cni", "enabled"}, {"istio_cni", "enabled"}}, enabled),
		yamledit.Text(yamledit.Lookup(doc.Root(), "global", "tag"))}
}
