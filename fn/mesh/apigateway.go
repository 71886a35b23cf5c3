package mesh

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/gatewayapi"
	"enmesh.dev/enmesh/fn/installer"
	"enmesh.dev/enmesh/fn/istiod"
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/yamledit"
)

// gatherAPIGateway notes a Gateway of the Gateway API.
func (f *Facts) gatherAPIGateway(o manifest.Object) {
	if g, ok := gatewayapi.Of(o); ok {
		f.apiGateways[named{o.Ref.Namespace, o.Ref.Name}] = g
		if !f.cluster.speaks {
			f.ownGateways = append(f.ownGateways, o)
		}
	}
}

// gatherGatewayClass notes which controller a class is for.
func (f *Facts) gatherGatewayClass(o manifest.Object) {
	if o.Ref.Group() == keys.GatewayAPIGroup {
		f.controllers[o.Ref.Name] = text(yamledit.Lookup(o.Node, "spec"), "controllerName")
	}
}

// ExpectOverlays says that a Gateway names a ConfigMap of any content: call it before Gather.
func (f *Facts) ExpectOverlays() { f.overlaysMatter = true }

// OverlayReference is the field of a Gateway that names such a ConfigMap.
const OverlayReference = "parametersRef"

// gatherOverlay notes a ConfigMap that may change what istiod makes of Gateways.
func (f *Facts) gatherOverlay(o manifest.Object) {
	if o.Ref.APIVersion == "v1" && (f.overlaysMatter || o.Label(keys.GatewayClassDefaults) != "") {
		overlay := gatewayapi.NewOverlay(o)
		overlay.InCluster = f.cluster.speaks
		f.overlays[named{o.Ref.Namespace, o.Ref.Name}] = overlay
	}
}

// Overlay returns the ConfigMap that a Gateway names, if it is known.
func (f *Facts) Overlay(g gatewayapi.Gateway) (overlay gatewayapi.Overlay, known bool) {
	overlay, known = f.overlays[named{g.Ref.Namespace, g.Parameters().ConfigMap}]
	return overlay, known
}

// classOverlay returns the ConfigMap for all Gateways of a class. Of several, istiod takes the oldest, which manifests do not show: then it is
// not known.
func (f *Facts) classOverlay(class string) (overlay gatewayapi.Overlay, known bool) {
	for _, o := range f.overlays {
		if o.Class == class {
			if known {
				return gatewayapi.Overlay{}, false
			}
			overlay, known = o, true
		}
	}
	return overlay, known
}

// class returns the class of a Gateway, and false if istiod makes no pods of it.
func (f *Facts) class(g gatewayapi.Gateway) (gatewayapi.Class, bool) {
	class, ok := gatewayapi.ClassOf(g.ClassName(), f.controllers[g.ClassName()])
	return class, ok && !g.HasOwnPods()
}

// GatewayPods returns the pods that istiod makes of the Gateways in the streams.
func (f *Facts) GatewayPods() []manifest.PodTemplate {
	var pods []manifest.PodTemplate
	for _, o := range f.ownGateways {
		if p, made := f.GatewayPod(o); made {
			pods = append(pods, p)
		}
	}
	return pods
}

// GatewayPod returns the pod that istiod makes of an object, and false if the object is no Gateway of which it makes one. Its template is what
// istiod's own template, the overlays and the Gateway make of it, as far as enrollment and verdict ask.
func (f *Facts) GatewayPod(o manifest.Object) (manifest.PodTemplate, bool) {
	g, ok := gatewayapi.Of(o)
	if !ok {
		return manifest.PodTemplate{}, false
	}
	class, makes := f.class(g)
	if !makes {
		return manifest.PodTemplate{}, false
	}
	type list = []any
	type object = map[string]any
	proxy := object{"name": keys.ProxyContainer, "image": "proxyv2", "args": list{"proxy", "router"}}
	if class.MountsSocket {
		proxy["volumeMounts"] = list{object{"name": keys.SocketVolume, "mountPath": "/var/run/secrets/workload-spiffe-uds"}}
	}
	for _, overlay := range f.OverlaysOf(g) {
		if file := overlay.SocketFile(); file != "" {
			proxy["env"] = list{object{"name": keys.SocketFileEnv, "value": file}}
		}
	}
	spec, err := yamledit.FromJSON(object{"serviceAccountName": g.ServiceAccount(class), "containers": list{proxy}})
	if err != nil {
		return manifest.PodTemplate{}, false // it is of strings, which always have a form in JSON
	}
	if volume := f.gatewayVolume(g, class); volume != nil {
		spec.Content = append(spec.Content, yamledit.Plain("volumes"), yamledit.List(volume))
	}
	return manifest.MadeByIstiod(o, yamledit.Map(
		yamledit.Entry{Key: "metadata", Value: gatewayMetadata(g, class)},
		yamledit.Entry{Key: "spec", Value: spec})), true
}

// gatewayMetadata has the labels that the Gateway and istiod's template give the pods, and the annotations by which they are selected.
func gatewayMetadata(g gatewayapi.Gateway, class gatewayapi.Class) *yaml.Node {
	own, given := class.PodLabels(g), g.Labels()
	var labels, annotations []yamledit.Entry
	for _, key := range slices.Sorted(maps.Keys(given)) {
		node := yamledit.Lookup(g.InfrastructureLabels(), key)
		if node == nil {
			node = yamledit.String(given[key])
		}
		labels = append(labels, yamledit.Entry{Key: key, Value: node})
	}
	for _, key := range slices.Sorted(maps.Keys(own)) {
		if _, overridden := given[key]; !overridden {
			labels = append(labels, yamledit.Entry{Key: key, Value: yamledit.String(own[key])})
		}
	}
	for _, key := range []string{keys.Enroll, keys.Accept} {
		if value := yamledit.Lookup(g.Node, "spec", "infrastructure", "annotations", key); value != nil {
			annotations = append(annotations, yamledit.Entry{Key: key, Value: value})
		}
	}
	return yamledit.Map(yamledit.Entry{Key: "labels", Value: yamledit.Map(labels...)}, yamledit.Entry{Key: "annotations", Value: yamledit.Map(annotations...)})
}

// HasOverlays says whether the istiod that makes the pods of a Gateway has overlays, as far as is known.
func (f *Facts) HasOverlays(g gatewayapi.Gateway) bool {
	return !f.IstioVersion(f.GatewayRevision(g)).IsBefore(gatewayapi.FirstWithOverlays)
}

// OverlaysOf returns the known overlays of a Gateway, in the order in which istiod applies them.
func (f *Facts) OverlaysOf(g gatewayapi.Gateway) (overlays []gatewayapi.Overlay) {
	if !f.HasOverlays(g) {
		return nil
	}
	if overlay, known := f.classOverlay(g.ClassName()); known {
		overlays = append(overlays, overlay)
	}
	if overlay, known := f.Overlay(g); known {
		overlays = append(overlays, overlay)
	}
	return overlays
}

// gatewayVolume returns the volume workload-socket of a Gateway's pods, or nil. A strategic merge patch adds the types of volumes that it has,
// and removes those that are null in it.
func (f *Facts) gatewayVolume(g gatewayapi.Gateway, class gatewayapi.Class) *yaml.Node {
	sources := map[string]*yaml.Node{}
	template := f.gatewayTemplate(g, class)
	if template.EmptyDir {
		sources["emptyDir"] = yamledit.Map()
	}
	if template.CSI {
		sources["csi"] = template.Source()
	}
	for _, overlay := range f.OverlaysOf(g) {
		for _, key := range yamledit.Keys(overlay.Volume) {
			if source := yamledit.Lookup(overlay.Volume, key); yamledit.IsNull(source) {
				delete(sources, key)
			} else if key != "name" {
				sources[key] = source
			}
		}
	}
	if len(sources) == 0 {
		return nil
	}
	volume := []yamledit.Entry{{Key: "name", Value: yamledit.Plain(keys.SocketVolume)}}
	for _, key := range slices.Sorted(maps.Keys(sources)) {
		volume = append(volume, yamledit.Entry{Key: key, Value: sources[key]})
	}
	return yamledit.Map(volume...)
}

// gatewayTemplate returns what istiod's template does to the volume: as the injector's configuration has it or, without one, as the version of
// Istio has it.
func (f *Facts) gatewayTemplate(g gatewayapi.Gateway, class gatewayapi.Class) istiod.Template {
	revision := f.GatewayRevision(g)
	if injector := f.Injector(revision); injector != nil {
		if _, installed := installer.Of(injector.Object); !installed || injector.Templates[class.Template].CSI {
			return injector.Templates[class.Template]
		}
	}
	return istiod.Template{EmptyDir: class.MountsSocket && f.IstioVersion(revision).IsBefore(gatewayapi.FirstToMerge)}
}

// IstioVersion returns the version of a revision of istiod, as far as it is known.
func (f *Facts) IstioVersion(revision string) istiod.Version {
	if injector := f.Injector(revision); injector != nil {
		return injector.Version
	}
	return istiod.Version{}
}

// GatewayRevision returns the revision of the istiod that makes the pods of a Gateway. It does not look at the labels of the pods
// (istio.io/istio, pkg/revisions).
func (f *Facts) GatewayRevision(g gatewayapi.Gateway) string {
	revision := g.Label(keys.Revision)
	if revision == "" {
		revision = f.Namespace(g.Ref.Namespace).Revision
	}
	return f.ResolveTag(cmp.Or(revision, DefaultRevision))
}

// MakesServiceAccount says whether istiod makes the service account itself, for the pods of a Gateway.
func (f *Facts) MakesServiceAccount(namespace, account string) bool {
	for _, g := range f.apiGateways {
		if class, makes := f.class(g); makes && g.Ref.Namespace == namespace && g.ServiceAccount(class) == account {
			return true
		}
	}
	return false
}

// APIGateway is a Gateway of the Gateway API whose pods istiod makes.
type APIGateway struct {
	Ref            manifest.ResourceRef
	ServiceAccount string
}

// APIGateways lists, for each Service that a route leads to, the Gateways of Istio in front of it.
func (f *Facts) APIGateways() map[manifest.ResourceRef][]APIGateway {
	found := map[manifest.ResourceRef][]APIGateway{}
	for _, r := range f.routes {
		for _, at := range r.gateways {
			g, known := f.apiGateways[at]
			if !known {
				continue
			}
			class, makes := f.class(g)
			if !makes || class.IsWaypoint() {
				continue
			}
			gateway := APIGateway{g.Ref, g.ServiceAccount(class)}
			for _, backend := range r.backends {
				at := manifest.ResourceRef{Namespace: backend.Namespace, Name: backend.Service}
				if !slices.Contains(found[at], gateway) {
					found[at] = append(found[at], gateway)
				}
			}
		}
	}
	return found
}

// isOthers says whether a Gateway is known to be none of Istio's.
func (f *Facts) isOthers(at named) bool {
	g, known := f.apiGateways[at]
	_, makes := gatewayapi.ClassOf(g.ClassName(), f.controllers[g.ClassName()])
	return known && g.ClassName() != "" && !makes && !strings.HasPrefix(g.ClassName(), "istio")
}
