package enroll

import (
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/fieldpath"
	"enmesh.dev/enmesh/fn/gatewayapi"
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/mesh"
	"enmesh.dev/enmesh/fn/yamledit"
)

// istiod makes the pods of a Gateway of the Gateway API. It gives them the labels in the Gateway's spec, and the volume that an overlay, a
// ConfigMap, adds.

// CanHaveSocket says whether istiod can give a Gateway's pods SPIRE's socket: whether its template for the class mounts the volume, and has it
// of the driver already, or istiod has overlays.
func CanHaveSocket(p manifest.PodTemplate, facts *mesh.Facts) bool {
	proxy, _ := p.Proxy()
	return manifest.Named(yamledit.Lookup(proxy, "volumeMounts"), keys.SocketVolume) != nil &&
		(yamledit.Lookup(p.Volume(keys.SocketVolume), "csi") != nil || facts.HasOverlays(gatewayapi.Gateway{Object: p.Object}))
}

// Overlay says what is done to the ConfigMap that changes a Gateway's pods.
type Overlay string

const (
	// OverlayNotNeeded: the pods have SPIRE's socket already, under the configured name.
	OverlayNotNeeded Overlay = ""
	// OverlayAdded: a ConfigMap is added, and the Gateway names it.
	OverlayAdded Overlay = "Added"
	// OverlayCompleted: the ConfigMap that the Gateway names gains the volume.
	OverlayCompleted Overlay = "Completed"
	// OverlayKept: what the Gateway names is not changed.
	OverlayKept Overlay = "Kept"
)

// OverlayFor decides about the overlay of a Gateway. The first row that applies decides:
//
//	1  the pods have the volume with the CSI driver, and the proxy
//	   the configured socket file, if there is one, or istiod takes
//	   no overlay that could name it                                  OverlayNotNeeded
//	2  no parametersRef                                               OverlayAdded
//	3  its ConfigMap is in the streams, istiod can use it, and it
//	   says nothing of the volume, or of the socket file, that
//	   differs                                                        OverlayCompleted
//	4  otherwise                                                      OverlayKept
func (e *Enroller) OverlayFor(p manifest.PodTemplate, facts *mesh.Facts) Overlay {
	g := gatewayapi.Gateway{Object: p.Object}
	file, _ := p.SocketFile()
	overlay, known := facts.Overlay(g)
	hasVolume := yamledit.Lookup(p.Volume(keys.SocketVolume), "csi") != nil
	lacksFile := e.Spec.WorkloadSocket.File != "" && yamledit.Text(file) == "" && facts.Settings(facts.GatewayRevision(g)).SocketFile != e.Spec.WorkloadSocket.File
	switch {
	case hasVolume && (!lacksFile || !facts.HasOverlays(g)):
		return OverlayNotNeeded
	case g.Parameters().Node == nil:
		return OverlayAdded
	case known && !overlay.InCluster && overlay.Problem == "" && (hasVolume || overlay.Volume == nil):
		return OverlayCompleted
	}
	return OverlayKept
}

// enrollGateway queues the edits in the document of a Gateway, and plans the ConfigMap to add, if any.
func (w *planner) enrollGateway(facts *mesh.Facts) error {
	g := gatewayapi.Gateway{Object: w.Object}
	if own, _ := w.SocketFile(); yamledit.Text(own) != "" && w.Enroller.Spec.WorkloadSocket.File != "" && yamledit.Text(own) != w.Enroller.Spec.WorkloadSocket.File {
		w.keep(keys.SocketFileEnv, own, w.SpecField())
	}
	identity := w.Enroller.Spec.IdentityLabel
	w.wantLabel(identity.Key, identity.Value)
	patch, own := yamledit.Map(), map[string]string(nil)
	if len(w.labels) > 0 {
		labels := gatewayapi.InfrastructurePath
		if yamledit.IsNull(g.InfrastructureLabels()) {
			own = g.OwnLabels()
		}
		if len(own) >= gatewayapi.MaxInfrastructureLabels { // the Gateway's own labels are the pods' as long as its spec has none
			labels = []string{"metadata"}
			w.Changes = []string{fieldpath.Key("metadata.labels", identity.Key)}
			own = nil
		}
		var entries []yamledit.Entry
		for _, key := range slices.Sorted(maps.Keys(own)) {
			w.change(w.LabelField(key))
			entries = append(entries, yamledit.Entry{Key: key, Value: yamledit.Plain(own[key])})
		}
		yamledit.Combine(patch, yamledit.Nested(yamledit.Map(append(entries, w.labels...)...), append(slices.Clone(labels), "labels")...))
	}
	switch w.OverlayFor(w.PodTemplate, facts) {
	case OverlayAdded:
		w.change(w.VolumeField(keys.SocketVolume))
		w.Overlay = w.newOverlay(g)
		reference := yamledit.Map(
			yamledit.Entry{Key: "group", Value: yamledit.String("")},
			yamledit.Entry{Key: "kind", Value: yamledit.Plain("ConfigMap")},
			yamledit.Entry{Key: "name", Value: yamledit.Plain(w.Overlay.Ref.Name)})
		yamledit.Combine(patch, yamledit.Nested(reference, append(slices.Clone(gatewayapi.InfrastructurePath), mesh.OverlayReference)...))
	case OverlayCompleted:
		w.change(w.VolumeField(keys.SocketVolume))
	}
	if len(patch.Content) == 0 {
		return nil
	}
	return w.Doc.Merge(w.Node, patch)
}

// overlaySuffix ends the name of an added overlay, after the Gateway's.
const overlaySuffix = "-workload-socket"

func (e *Enroller) newOverlay(g gatewayapi.Gateway) *Addition {
	namespace := yamledit.Text(g.NamespaceNode())
	ref := manifest.ResourceRef{APIVersion: "v1", Kind: "ConfigMap", Name: g.Ref.Name + overlaySuffix, Namespace: g.Ref.Namespace}
	return &Addition{Ref: ref, make: func(ref manifest.ResourceRef) *yaml.Node {
		return newNamespaced(ref, namespace, yamledit.Entry{Key: "data", Value: yamledit.Map(
			yamledit.Entry{Key: gatewayapi.DeploymentKey, Value: yamledit.String(e.socketPatch().Text())})})
	}}
}

// socketPatch is what an overlay does to the Deployment.
func (e *Enroller) socketPatch() gatewayapi.SocketPatch {
	return gatewayapi.SocketPatch{CSI: e.csi(), Driver: e.Spec.WorkloadSocket.CSI.Driver, File: e.Spec.WorkloadSocket.File}
}

// PlannedOverlays are the ConfigMaps that change the pods of selected Gateways: those to complete or, in the mode Unenroll, those from which
// the volume is taken.
type PlannedOverlays map[manifest.ResourceRef]bool

// PlanOverlays finds the overlays to change, given all facts.
func (e *Enroller) PlanOverlays(facts *mesh.Facts) PlannedOverlays {
	planned := PlannedOverlays{}
	for _, p := range facts.GatewayPods() {
		name := gatewayapi.Gateway{Object: p.Object}.Parameters().ConfigMap
		ref := manifest.ResourceRef{APIVersion: "v1", Kind: "ConfigMap", Namespace: p.Ref.Namespace, Name: name}
		if e.Spec.Mode == config.Unenroll {
			if e.DecideUnenroll(p) == "" && name != "" {
				planned[ref] = true
			}
		} else if e.Decide(p, facts) == "" && e.OverlayFor(p, facts) == OverlayCompleted {
			planned[ref] = true
		}
	}
	return planned
}

// PatchOverlay queues the edits that complete an overlay, or undo that. It returns the paths of the changed fields.
func (e *Enroller) PatchOverlay(o manifest.Object) ([]string, error) {
	data := yamledit.Lookup(o.Node, "data")
	field := fieldpath.Join("data", gatewayapi.DeploymentKey)
	text := yamledit.Text(yamledit.Lookup(data, gatewayapi.DeploymentKey))
	patch, unenroll := e.socketPatch(), e.Spec.Mode == config.Unenroll
	switch isEmpty := strings.TrimSpace(text) == ""; {
	case isEmpty && unenroll:
		return nil, nil
	case isEmpty:
		return []string{field}, o.Doc.Merge(o.Node, yamledit.Nested(yamledit.String(patch.Text()), "data", gatewayapi.DeploymentKey))
	case unenroll && patch.IsText(text):
		return []string{field}, o.Doc.Remove(data, gatewayapi.DeploymentKey)
	}
	return e.edit(o, data, gatewayapi.DeploymentKey, func(deployment *yamledit.Document) ([]string, error) {
		change := patch.Complete
		if unenroll {
			change = patch.Restore
		}
		changed, err := change(deployment)
		if !changed {
			return nil, err
		}
		return []string{field}, err
	})
}

// unenrollGateway undoes enrollGateway.
func (w *remover) unenrollGateway() error {
	g := gatewayapi.Gateway{Object: w.Object}
	identity := w.Enroller.Spec.IdentityLabel
	infrastructure := yamledit.Lookup(w.Node, gatewayapi.InfrastructurePath...)
	remove := func(mapping *yaml.Node, key, field string) error {
		w.changes = append(w.changes, field)
		return w.Doc.Remove(mapping, key)
	}
	for _, labels := range []struct {
		node  *yaml.Node
		field string
	}{{g.InfrastructureLabels(), w.MetadataField() + ".labels"}, {yamledit.Lookup(w.Node, "metadata", "labels"), "metadata.labels"}} {
		if yamledit.Text(yamledit.Lookup(labels.node, identity.Key)) != identity.Value {
			continue
		}
		if labels.node == g.InfrastructureLabels() && w.repeatsOwnLabels(g) {
			if err := remove(infrastructure, "labels", labels.field); err != nil {
				return err
			}
			continue
		}
		if err := remove(labels.node, identity.Key, fieldpath.Key(labels.field, identity.Key)); err != nil {
			return err
		}
	}
	if p := g.Parameters(); p.ConfigMap == g.Ref.Name+overlaySuffix {
		return remove(infrastructure, mesh.OverlayReference, w.VolumeField(keys.SocketVolume))
	}
	return nil
}

// repeatsOwnLabels says whether the labels in a Gateway's spec are its own and the managed-identity label, as enrollment writes them.
func (w *remover) repeatsOwnLabels(g gatewayapi.Gateway) bool {
	rest := g.Labels()
	delete(rest, w.Enroller.Spec.IdentityLabel.Key)
	return len(rest) > 0 && maps.Equal(rest, g.OwnLabels())
}

// isAddedOverlay says whether an object is the overlay that enrollment adds for a selected Gateway.
func (e *Enroller) isAddedOverlay(o manifest.Object, planned PlannedOverlays) bool {
	data := yamledit.Lookup(o.Node, "data")
	return planned[o.Ref] && strings.HasSuffix(o.Ref.Name, overlaySuffix) && len(yamledit.Keys(data)) == 1 &&
		e.socketPatch().IsText(yamledit.Text(yamledit.Lookup(data, gatewayapi.DeploymentKey)))
}
