package mesh

import (
	"slices"
	"strconv"

	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/pattern"
	"enmesh.dev/enmesh/fn/stream"
	"enmesh.dev/enmesh/fn/yamledit"
)

// This file is about manifests of what is in the cluster already. They are read for their facts only.

// clusterKinds are the kinds that are read from a cluster only.
var clusterKinds = []string{"Node", "ServiceAccount", "Pod"}

// ReadsFromCluster says whether an object of a kind in the cluster may say something about pods.
func (f *Facts) ReadsFromCluster(kind string, document stream.Text) bool {
	return slices.Contains(clusterKinds, kind) || MayHold(kind, document) || f.overlaysMatter && kind == "ConfigMap" || f.callersMatter && MayCall(kind, document)
}

// object identifies an object, in whatever version of its API.
type object struct{ group, kind, namespace, name string }

func objectOf(o manifest.Object) object {
	return object{o.Ref.Group(), o.Ref.Kind, o.Ref.Namespace, o.Ref.Name}
}

// cluster is what only the cluster shows.
type cluster struct {
	known       bool
	speaks      bool            // the objects of the streams are gathered
	inStreams   map[object]bool // these win over objects of the cluster
	accounts    map[named]bool  // with an entry without name for each namespace with any: each has the account default
	oldNodes    bool            // one of the nodes makes no sidecars native
	nodes       bool            // are known
	live        []livePod
	liveByLabel map[labelled][]int
}

// livePod is a pod that runs.
type livePod struct {
	labels    manifest.Labels
	hasSocket bool // it has a proxy with SPIRE's socket
}

// ExpectCluster says that GatherCluster will be called: call it before Gather.
func (f *Facts) ExpectCluster() {
	f.cluster = cluster{known: true, inStreams: map[object]bool{}, accounts: map[named]bool{}, liveByLabel: map[labelled][]int{}}
}

// GatherCluster records what an object in the cluster says, unless the streams have one of its name.
func (f *Facts) GatherCluster(o manifest.Object) {
	if f.cluster.inStreams[objectOf(o)] {
		return
	}
	f.cluster.speaks = true
	policies, ids, agents, manager := len(f.PeerAuthentications), len(f.ClusterSPIFFEIDs), len(f.Agents), f.ControllerManager
	f.gather(o)
	for i := range f.PeerAuthentications[policies:] {
		f.PeerAuthentications[policies+i].InCluster = true
	}
	for i := range f.ClusterSPIFFEIDs[ids:] {
		f.ClusterSPIFFEIDs[ids+i].InCluster = true
	}
	for i := range f.Agents[agents:] {
		f.Agents[agents+i].InCluster = true
	}
	if manager != nil {
		f.ControllerManager = manager
	}
	switch {
	case o.Ref.Kind == "Node":
		f.gatherNode(o)
	case o.Ref.Kind == "ServiceAccount":
		f.cluster.accounts[named{o.Ref.Namespace, o.Ref.Name}], f.cluster.accounts[named{o.Ref.Namespace, ""}] = true, true
	case o.Ref.Kind == "Pod":
		f.gatherLivePod(o)
	}
}

func (f *Facts) gatherNode(o manifest.Object) {
	if native, known := nativeKubelet(yamledit.Text(yamledit.Lookup(o.Node, "status", "nodeInfo", "kubeletVersion"))); known {
		f.cluster.nodes = true
		f.cluster.oldNodes = f.cluster.oldNodes || !native
	}
}

var kubeletVersion = pattern.Lazy(`^\s*v?(0|[1-9][0-9]*)\.([0-9]+).*$`)

// nativeKubelet says whether Istio makes sidecars native with a version of the kubelet, and whether that is one. Istio does from 1.33 on
// (istio.io/istio, pkg/kube/inject).
func nativeKubelet(version string) (native, known bool) {
	parts := kubeletVersion().FindStringSubmatch(version)
	if parts == nil {
		return false, false
	}
	major, majorErr := strconv.Atoi(parts[1])
	minor, minorErr := strconv.Atoi(parts[2])
	return major > 1 || major == 1 && minor >= 33, majorErr == nil && minorErr == nil
}

func (f *Facts) gatherLivePod(o manifest.Object) {
	phase := yamledit.Text(yamledit.Lookup(o.Node, "status", "phase"))
	if phase == "Succeeded" || phase == "Failed" {
		return
	}
	p := manifest.PodTemplate{Object: o, Template: o.Node}
	proxy, _ := p.Proxy()
	live := livePod{labels: manifest.NewLabels(manifest.StringMap(yamledit.Lookup(o.Node, "metadata", "labels"))),
		hasSocket: proxy != nil && slices.Contains(manifest.VolumeSources(p.Volume(keys.SocketVolume)), "csi")}
	for _, l := range live.labels {
		at := labelled{o.Ref.Namespace, l.Key, l.Value}
		f.cluster.liveByLabel[at] = append(f.cluster.liveByLabel[at], len(f.cluster.live))
	}
	f.cluster.live = append(f.cluster.live, live)
}

// KnowsCluster says whether the facts include those of a cluster.
func (f *Facts) KnowsCluster() bool { return f.cluster.known }

// NativeSidecars says whether Istio makes sidecars native on all nodes, and whether the nodes are known.
func (f *Facts) NativeSidecars() (native, known bool) { return !f.cluster.oldNodes, f.cluster.nodes }

// LacksServiceAccount says whether the service accounts of a namespace in the cluster are known, and none there or in the streams has this
// name.
func (f *Facts) LacksServiceAccount(namespace, name string) bool {
	return f.cluster.accounts[named{namespace, ""}] && !f.cluster.accounts[named{namespace, name}] &&
		!f.cluster.inStreams[object{"", "ServiceAccount", namespace, name}]
}

// LiveWithoutSocket returns how many of the pods that a selector finds run without a proxy that has SPIRE's socket.
func (f *Facts) LiveWithoutSocket(namespace string, selector manifest.Labels) int {
	if len(selector) == 0 {
		return 0
	}
	count := 0
	for _, i := range f.cluster.liveByLabel[labelled{namespace, selector[0].Key, selector[0].Value}] {
		if live := f.cluster.live[i]; !live.hasSocket && live.labels.Match(selector) {
			count++
		}
	}
	return count
}
