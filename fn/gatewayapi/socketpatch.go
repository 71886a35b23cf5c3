package gatewayapi

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/yamledit"
)

// SocketPatch is a strategic merge patch of the Deployment that gives its pods SPIRE's socket.
type SocketPatch struct {
	// CSI is the source of the volume, with the driver.
	CSI    *yaml.Node
	Driver string
	// File is the name of the socket file, or empty for Istio's default.
	File string
}

// Text returns the patch by itself.
func (p SocketPatch) Text() string {
	return yamledit.Render(yamledit.Nested(p.lacking(Overlay{}), PodPath...), "\n")
}

// IsText says whether a text is the patch by itself. At the end of a stream without a last line break, it has none.
func (p SocketPatch) IsText(text string) bool { return strings.TrimSuffix(text, "\n")+"\n" == p.Text() }

// Complete queues the edits that add what the patch of the Deployment lacks, and says whether it lacks anything.
func (p SocketPatch) Complete(deployment *yamledit.Document) (changed bool, err error) {
	has := Overlay{}.In(deployment)
	if p.File != "" && has.Proxy != nil && has.SocketFile() == "" {
		changed = true
		if err := deployment.Merge(has.Proxy, yamledit.Map(yamledit.Entry{Key: "env", Value: p.env()})); err != nil {
			return false, err
		}
	}
	if pod := p.lacking(has); len(pod.Content) > 0 {
		return true, deployment.Merge(deployment.Root(), yamledit.Nested(pod, PodPath...))
	}
	return changed, nil
}

// Restore queues the edits that take out what Complete adds, and says whether there is any of it.
func (p SocketPatch) Restore(deployment *yamledit.Document) (changed bool, err error) {
	pod := yamledit.Lookup(deployment.Root(), PodPath...)
	remove := func(list, item *yaml.Node) {
		if err == nil {
			changed, err = true, deployment.RemoveItem(list, item)
		}
	}
	volumes := yamledit.Lookup(pod, "volumes")
	if volume := manifest.Named(volumes, keys.SocketVolume); yamledit.Text(yamledit.Lookup(volume, "csi", "driver")) == p.Driver {
		remove(volumes, volume)
	}
	containers := yamledit.Lookup(pod, "containers")
	proxy := manifest.Named(containers, keys.ProxyContainer)
	env := yamledit.Lookup(proxy, "env")
	switch file := manifest.Named(env, keys.SocketFileEnv); {
	case file == nil || yamledit.Text(yamledit.Lookup(file, "value")) != p.File:
	case len(env.Content) == 1 && len(yamledit.Keys(proxy)) == 2: // it has nothing else but its name
		remove(containers, proxy)
	default:
		remove(env, file)
	}
	return changed, err
}

// lacking is what the pod of an overlay lacks, but for the environment of its proxy. Before FirstToMerge the template makes the volume an
// emptyDir, which the null removes.
func (p SocketPatch) lacking(has Overlay) *yaml.Node {
	var pod []yamledit.Entry
	if p.File != "" && has.Proxy == nil {
		pod = append(pod, yamledit.Entry{Key: "containers", Value: yamledit.List(yamledit.Map(
			yamledit.Entry{Key: "name", Value: yamledit.Plain(keys.ProxyContainer)},
			yamledit.Entry{Key: "env", Value: p.env()}))})
	}
	if has.Volume == nil {
		pod = append(pod, yamledit.Entry{Key: "volumes", Value: yamledit.List(yamledit.Map(
			yamledit.Entry{Key: "name", Value: yamledit.Plain(keys.SocketVolume)},
			yamledit.Entry{Key: "emptyDir", Value: yamledit.Null()},
			yamledit.Entry{Key: "csi", Value: p.CSI}))})
	}
	return yamledit.Map(pod...)
}

func (p SocketPatch) env() *yaml.Node {
	return yamledit.List(yamledit.Map(
		yamledit.Entry{Key: "name", Value: yamledit.Plain(keys.SocketFileEnv)},
		yamledit.Entry{Key: "value", Value: yamledit.Plain(p.File)}))
}
