package fn

import (
	"path"
	"strings"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/yamledit"
)

const (
	clusterSPIFFEIDKind = "ClusterSPIFFEID"
	spireGroup          = "spire.spiffe.io"

	// spiffeIDTemplate renders the only form of SPIFFE ID that Istio accepts.
	spiffeIDTemplate = "spiffe://{{ .TrustDomain }}/ns/{{ .PodMeta.Namespace }}/sa/{{ .PodSpec.ServiceAccountName }}"
)

// clusterSPIFFEID is one of the streams.
type clusterSPIFFEID struct {
	ref      ResourceRef
	selector map[string]string // matchLabels of the pods; nil where it selects them all
}

func (f *facts) gatherClusterSPIFFEID(o object) {
	if group, _ := groupVersion(o.ref.APIVersion); group != spireGroup {
		return
	}
	f.clusterSPIFFEIDs = append(f.clusterSPIFFEIDs, clusterSPIFFEID{ref: o.ref,
		selector: stringMap(yamledit.Lookup(yamledit.Lookup(yamledit.Lookup(o.node, "spec"), "podSelector"), "matchLabels"))})
}

// clusterSPIFFEID is the object that has SPIRE register the enrolled pods, or nil where none is asked for, or one in the
// streams has its name or selects by the managed-identity label.
func (t *Transformer) clusterSPIFFEID(facts facts) *addition {
	config := t.spec.ClusterSPIFFEID
	if config == nil {
		return nil
	}
	for _, other := range facts.clusterSPIFFEIDs {
		if other.ref.Name == config.Name || other.selector[t.spec.IdentityLabel.Key] == t.spec.IdentityLabel.Value {
			return nil
		}
	}
	ref := ResourceRef{APIVersion: spireGroup + "/v1alpha1", Kind: clusterSPIFFEIDKind, Name: config.Name}
	return &addition{ref: ref, make: t.newClusterSPIFFEID}
}

func (t *Transformer) newClusterSPIFFEID(ref ResourceRef) *yaml.Node {
	config, label := t.spec.ClusterSPIFFEID, t.spec.IdentityLabel
	metadata := []yamledit.Entry{{Key: "name", Value: yamledit.Plain(ref.Name)}}
	var spec []yamledit.Entry
	if config.ClassName != "" {
		metadata = append(metadata, yamledit.Entry{Key: "labels", Value: yamledit.Map(
			yamledit.Entry{Key: classLabel, Value: yamledit.Plain(config.ClassName)})})
		spec = append(spec, yamledit.Entry{Key: "className", Value: yamledit.Plain(config.ClassName)})
	}
	if config.Hint != "" {
		spec = append(spec, yamledit.Entry{Key: "hint", Value: yamledit.Plain(config.Hint)})
	}
	spec = append(spec,
		yamledit.Entry{Key: "spiffeIDTemplate", Value: yamledit.String(config.SPIFFEIDTemplate)},
		yamledit.Entry{Key: "podSelector", Value: yamledit.Map(yamledit.Entry{Key: "matchLabels", Value: yamledit.Map(
			yamledit.Entry{Key: label.Key, Value: yamledit.String(label.Value)})})})
	return yamledit.Map(
		yamledit.Entry{Key: "apiVersion", Value: yamledit.Plain(ref.APIVersion)},
		yamledit.Entry{Key: "kind", Value: yamledit.Plain(ref.Kind)},
		yamledit.Entry{Key: "metadata", Value: yamledit.Map(metadata...)},
		yamledit.Entry{Key: "spec", Value: yamledit.Map(spec...)})
}

// isToRegister says whether SPIRE is to register the pod, now or once it is enrolled.
func (p Pod) isToRegister() bool {
	return p.Reason.IsEnrolled() || p.Reason == NotEnrolled && p.Role != ""
}

// besideFile names a file for an added object in the folder of the one that it belongs to.
func besideFile(source string, ref ResourceRef) string {
	name := strings.ToLower(ref.Kind) + "_" + ref.Name + ".yaml"
	if source == "" {
		return name
	}
	return path.Join(path.Dir(source), name)
}

// addListedClusterSPIFFEID adds the one ClusterSPIFFEID behind the items of a list in which a pod is enrolled.
func (t *Transformer) addListedClusterSPIFFEID(d *decisions, list *yamledit.Document, facts facts) error {
	items := yamledit.Lookup(list.Root(), "items")
	for i := len(d.pods) - 1; i >= 0 && items != nil; i-- {
		if !d.pods[i].isToRegister() {
			continue
		}
		a := t.clusterSPIFFEID(facts)
		if a == nil {
			return nil
		}
		last := newObject(list, yamledit.Resolve(items.Content[len(items.Content)-1]), "", "")
		a.markBeside(last)
		d.objects = append(d.objects, Object{Resource: a.ref, Place: d.pods[i].Place, Reason: t.reasonToAdd()})
		return list.Append(items, a.node())
	}
	return nil
}
