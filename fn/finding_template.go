package fn

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/yamledit"
)

// injection is what an injector in the streams does.
type injection struct {
	object    object
	revision  string
	templates map[string]template
	defaults  []string
	cni       bool // Istio's CNI plugin redirects traffic, in place of istio-init
}

// template is what an injection template does to the workload socket.
type template struct {
	emptyDir  bool // it makes the volume an emptyDir
	clears    bool // it takes an emptyDir away
	csi       bool
	driver    string
	readOnly  bool
	container bool // it mounts the volume under containers, where a native sidecar is not
	labels    bool // it sets labels outside of the metadata
	line      int  // in the injector's document
	null      bool // it says nothing, and enrollment fills it
}

func (f *facts) gatherInjection(o object) {
	revision, ok := revisionOf(o, injectorName)
	scalar := lookup(o.node, "data", "config")
	if !ok || scalar == nil {
		return
	}
	config, err := yamledit.Parse([]byte(text(scalar)))
	if err != nil {
		return
	}
	i := injection{object: o, revision: revision, templates: map[string]template{}}
	templates := lookup(config.Root(), "templates")
	for _, name := range yamledit.Keys(templates) {
		node := yamledit.Lookup(templates, name)
		read := newTemplate(text(node), scalar.Line+node.Line)
		read.null = yamledit.IsNull(node)
		i.templates[name] = read
	}
	for _, name := range items(lookup(config.Root(), "defaultTemplates")) {
		i.defaults = append(i.defaults, text(name))
	}
	if values, err := yamledit.Parse([]byte(text(lookup(o.node, "data", "values")))); err == nil { // JSON is YAML
		for _, path := range [][]string{{"pilot", "cni", "enabled"}, {"cni", "enabled"}, {"istio_cni", "enabled"}} {
			i.cni = i.cni || text(lookup(values.Root(), path...)) == "true"
		}
	}
	f.injections = append(f.injections, i)
}

// settle adds the templates that enrollment will add to the injectors, so that pods are judged by what comes out.
func (t *Transformer) settle(f *facts) {
	if t.spec.Mode != Enroll || t.spec.WorkloadSocket.Provider != TemplateSocket {
		return
	}
	for _, i := range f.injections {
		for _, added := range t.socketTemplates() {
			if existing, has := i.templates[added.Key]; (!has || existing.null) && len(i.templates) > 0 && t.configures(i.object) {
				i.templates[added.Key] = newTemplate(added.Value.Value, 0)
			}
		}
	}
}

// newTemplate reads a template. It is text with Go template actions, which is no YAML: the volume is looked for line by
// line, and the rest where the template has no actions.
func newTemplate(source string, line int) template {
	t := template{line: line}
	for _, volume := range socketVolumes(source) {
		doc, err := yamledit.Parse([]byte(volume))
		if err != nil || len(items(doc.Root())) != 1 {
			continue
		}
		node := items(doc.Root())[0]
		if emptyDir, has := lookup(node, "emptyDir"), slices.Contains(yamledit.Keys(node), "emptyDir"); has {
			t.emptyDir, t.clears = !yamledit.IsNull(emptyDir), yamledit.IsNull(emptyDir)
		}
		if csi := lookup(node, "csi"); !yamledit.IsNull(csi) {
			t.csi, t.driver, t.readOnly = true, text(lookup(csi, "driver")), text(lookup(csi, "readOnly")) == "true"
		}
	}
	if strings.Contains(source, "{{") {
		return t
	}
	if doc, err := yamledit.Parse([]byte(source)); err == nil {
		mounts := lookup(named(lookup(doc.Root(), "spec", "containers"), proxyContainer), "volumeMounts")
		t.container = named(mounts, socketVolume) != nil
		t.labels = lookup(doc.Root(), "labels") != nil
	}
	return t
}

// socketVolumes cuts the list items out of a template that are called workload-socket, but for mounts.
func socketVolumes(source string) []string {
	var volumes []string
	lines := strings.SplitAfter(source, "\n")
	for i, line := range lines {
		bare := strings.TrimLeft(strings.TrimLeft(line, " "), "- ")
		if name, found := strings.CutPrefix(bare, "name:"); !found || strings.Trim(strings.TrimSpace(name), `"'`) != socketVolume {
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

// isItem says whether a line is the first of a list item whose keys stand at the column.
func isItem(line string, column int) bool {
	dash := indentOf(line)
	return dash < column && line[dash] == '-' && len(line)-len(strings.TrimLeft(line[dash+1:], " ")) == column
}

// Templates of istiod's own chart: those for pods, and those of which istiod makes whole gateways. Of the former all but
// grpc-simple bring the proxy.
var (
	podTemplates          = []string{"sidecar", gatewayTemplate, grpcAgentTemplate, grpcSimpleTemplate}
	gatewayClassTemplates = []string{"waypoint", "kube-gateway", "agentgateway", "agentgateway-waypoint"}
)

const (
	grpcAgentTemplate  = "grpc-agent"
	grpcSimpleTemplate = "grpc-simple"
)

// findTemplates looks at the templates that the pod asks for. The injector refuses a pod that asks for one it lacks.
func (r *prospect) findTemplates() {
	names, asked := r.finalNames()
	if !asked {
		return
	}
	injection := r.injection()
	for _, name := range names {
		switch {
		case name == "":
			r.findAnnotation(TemplateNameEmpty, templatesKey)
		case slices.Contains(gatewayClassTemplates, name):
			r.findAnnotation(GatewayClassTemplate, templatesKey, name)
		case injection != nil:
			if _, has := injection.templates[name]; !has {
				r.findAnnotation(TemplateMissing, templatesKey, name)
			} else if injection.templates[name].container && text(r.nativeSidecar()) == "true" {
				r.findAnnotation(NativeSidecarMismatch, templatesKey, name)
			}
		case !slices.Contains(podTemplates, name) && !r.expects(name):
			r.findAnnotation(TemplateUnknown, templatesKey, name)
		}
	}
	r.findBase(names)
}

func (r *prospect) nativeSidecar() *yaml.Node {
	if r.added != nil {
		if _, added := entry(r.added.annotations, nativeKey); added {
			return yamledit.String("true")
		}
	}
	return r.podAnnotation(nativeKey)
}

// expects says whether istiod is taken to have a template, because the configuration names it. Where pods bring the
// socket themselves, nobody adds a template to istiod.
func (r *prospect) expects(name string) bool {
	spec := r.t.spec
	if spec.WorkloadSocket.Provider == PodSocket {
		return name == spec.Templates.Sidecar[0] || name == spec.Templates.Gateway[0]
	}
	return slices.Contains(spec.Templates.Sidecar, name) || slices.Contains(spec.Templates.Gateway, name)
}

// bringsProxy says whether a template brings the proxy, as far as it is known.
func (r *prospect) bringsProxy(name string) bool {
	spec := r.t.spec.Templates
	return name != grpcSimpleTemplate && !slices.Contains(spec.Sidecar[1:], name) && !slices.Contains(spec.Gateway[1:], name)
}

// findBase: one template makes the proxy, and which one depends on what the pod is. The first row that holds decides:
//
//	1  no template brings a proxy, nor does the pod                NoBaseTemplate
//	2  none does, and the pod's own waits for its image            ImageAuto
//	3  none does, and the pod's own does not mount the socket      SocketNotMounted
//	4  sidecar and gateway, and the pod has a proxy as well, or
//	   gateway is last: a template behind it would make the
//	   injector put two proxies together                           ProxyTwice
//	5  sidecar and gateway; or sidecar, and the pod is nothing
//	   but the proxy; or gateway, and the pod has an application
//	   and no proxy                                                TemplateRole
func (r *prospect) findBase(names []string) {
	spec := r.t.spec.Templates
	sidecar, gateway := slices.Contains(names, spec.Sidecar[0]), slices.Contains(names, spec.Gateway[0])
	based := slices.ContainsFunc(names, r.bringsProxy)
	proxy := r.proxy()
	auto := text(lookup(proxy, "image")) == "auto"
	switch {
	case !based && proxy == nil:
		r.findAnnotation(NoBaseTemplate, templatesKey)
	case !based && auto:
		r.findAutoImages()
	case !based && !r.mountsSocket(proxy):
		r.findAnnotation(SocketNotMounted, templatesKey)
	case r.workload.MetadataOnly:
	case sidecar && gateway && (proxy != nil || names[len(names)-1] == spec.Gateway[0]):
		r.findAnnotation(ProxyTwice, templatesKey)
	case sidecar && gateway, sidecar && auto && len(r.containers()) == 1, gateway && proxy == nil && len(r.containers()) > 0:
		r.findAnnotation(TemplateRole, templatesKey)
	}
}
