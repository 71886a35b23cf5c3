package istiod

import (
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/yamledit"
)

// Template says what an injection template does to the workload socket.
type Template struct {
	EmptyDir       bool // it makes workload-socket an emptyDir
	ClearsEmptyDir bool // it removes an emptyDir with a null
	CSI            bool
	Driver         string
	ReadOnly       bool
	// MountsContainer: it mounts the volume under containers, which a native sidecar is not part of.
	MountsContainer bool
	// TopLevelLabels: it sets labels outside of metadata, where they have no effect.
	TopLevelLabels bool
	// Null: it has no content, and enrollment fills it.
	Null bool
	// Line is the line of the template in the injector's document.
	Line int
}

// ChartTemplate returns what a template for pods in istiod's chart does, in the current version of the chart, if it is one.
func ChartTemplate(name string) (t Template, ok bool) {
	return Template{ClearsEmptyDir: name != keys.GRPCSimpleTemplate}, slices.Contains(keys.PodTemplates, name)
}

// NewTemplate reads a template at a line. With Go template actions it is not YAML. So this looks for the volume line by line, and
// for the rest only if the template has no actions.
func NewTemplate(source string, line int) Template {
	t := Template{Line: line}
	for _, volume := range socketVolumes(source) {
		doc, err := yamledit.Parse([]byte(volume))
		if err != nil || len(yamledit.Items(doc.Root())) != 1 {
			continue
		}
		node := yamledit.Items(doc.Root())[0]
		if emptyDir, has := yamledit.Lookup(node, "emptyDir"), slices.Contains(yamledit.Keys(node), "emptyDir"); has {
			t.EmptyDir, t.ClearsEmptyDir = !yamledit.IsNull(emptyDir), yamledit.IsNull(emptyDir)
		}
		if csi := yamledit.Lookup(node, "csi"); !yamledit.IsNull(csi) {
			t.ReadCSI(csi)
		}
	}
	if strings.Contains(source, "{{") {
		return t
	}
	if doc, err := yamledit.Parse([]byte(source)); err == nil {
		mounts := yamledit.Lookup(manifest.Named(yamledit.Lookup(doc.Root(), "spec", "containers"), keys.ProxyContainer), "volumeMounts")
		t.MountsContainer = manifest.Named(mounts, keys.SocketVolume) != nil
		t.TopLevelLabels = yamledit.Lookup(doc.Root(), "labels") != nil
	}
	return t
}

// ReadCSI reads the settings of a volume's CSI driver.
func (t *Template) ReadCSI(csi *yaml.Node) {
	t.CSI, t.Driver, t.ReadOnly = true, yamledit.Text(yamledit.Lookup(csi, "driver")), yamledit.Text(yamledit.Lookup(csi, "readOnly")) == "true"
}

// Source returns the type csi of the volume.
func (t Template) Source() *yaml.Node {
	return yamledit.Map(yamledit.Entry{Key: "driver", Value: yamledit.Plain(t.Driver)}, yamledit.Entry{Key: "readOnly", Value: yamledit.Plain(strconv.FormatBool(t.ReadOnly))})
}

// socketVolumes returns the list items of a template that are named workload-socket and are not mounts.
func socketVolumes(source string) []string {
	var volumes []string
	lines := strings.SplitAfter(source, "\n")
	for i, line := range lines {
		bare := strings.TrimLeft(strings.TrimLeft(line, " "), "- ")
		if name, found := strings.CutPrefix(bare, "name:"); !found || strings.Trim(strings.TrimSpace(name), `"'`) != keys.SocketVolume {
			continue
		}
		column := len(line) - len(bare)
		first := i
		for first > 0 && !isItem(lines[first], column) && indentOf(lines[first]) >= column {
			first--
		}
		last := i + 1
		for last < len(lines) && indentOf(lines[last]) >= column {
			last++
		}
		if item := strings.Join(lines[first:last], ""); isItem(lines[first], column) && !strings.Contains(item, "mountPath:") {
			volumes = append(volumes, item)
		}
	}
	return volumes
}

func indentOf(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// isItem says whether a line is the first of a list item with its keys at the column.
func isItem(line string, column int) bool {
	dash := indentOf(line)
	return dash < column && line[dash] == '-' && len(line)-len(strings.TrimLeft(line[dash+1:], " ")) == column
}
