package live

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/tests/live/kubelet"
	"enmesh.dev/enmesh/tests/live/plane"
)

// fate is what becomes of a pod in the cluster.
type fate struct {
	refused  string // by the API server, with its words
	injected bool   // or has a proxy of its own
	image    string // one that no kubelet can pull
	socket   string // the source of the volume workload-socket
	entries  int
	waits    bool   // the proxy runs, and gets no certificate
	identity string // the certificate's authority, or why there is none
	spiffeID string
}

// verdict is the fate in enmesh's words. A pod that the API server takes, and that then cannot start, is refused as well.
func (f fate) verdict() outcome.Verdict {
	switch {
	case f.refused != "", f.image != "":
		return outcome.Refused
	case !f.injected:
		return outcome.Bare
	case f.identity == plane.SPIREAuthority:
		return outcome.SPIRE
	case f.spiffeID != "":
		return outcome.IstiodCA
	case f.entries == 0, f.waits:
		return outcome.Unregistered
	}
	return outcome.Refused
}

func (f fate) String() string {
	if f.refused != "" {
		return "refused: " + f.refused
	}
	if !f.injected {
		return strings.TrimSpace(fmt.Sprintf("not injected, entries %d %s", f.entries, f.image))
	}
	return fmt.Sprintf("injected, socket %s, entries %d, certificate: %s %s", f.socket, f.entries, f.identity, f.spiffeID)
}

// observe fills in what became of the pods that were created. It runs several proxies at once.
func observe(t *testing.T, p *plane.Plane, created []corev1.Pod, fates map[string]*fate) {
	t.Helper()
	shown := p.EntryShow(t)
	var proxies sync.WaitGroup
	room := make(chan struct{}, 4)
	n := node(t, p)
	var notPossible error
	for i := range created {
		pod := &created[i]
		f := fates[pod.Name]
		f.entries = strings.Count(shown, "pod-uid:"+string(pod.UID))
		f.injected = hasProxy(pod)
		for _, c := range pod.Spec.Containers {
			if c.Name == "istio-proxy" && c.Image == "auto" {
				f.image = "ImagePullBackOff: auto"
			}
		}
		for _, v := range pod.Spec.Volumes {
			if v.Name == "workload-socket" {
				f.socket = sourceOf(v.VolumeSource)
			}
		}
		if !f.injected {
			continue
		}
		proxies.Go(func() {
			room <- struct{}{}
			defer func() { <-room }()
			got, err := runProxy(n, pod)
			f.identity, f.spiffeID = got.authority, got.spiffeID
			if errors.Is(err, kubelet.ErrNotPossible) {
				notPossible = err
			} else if err != nil {
				f.waits = errors.Is(err, errWaits)
				f.identity = "none: " + strings.SplitN(err.Error(), "\n", 2)[0]
			}
		})
	}
	proxies.Wait()
	if notPossible != nil {
		t.Skip(notPossible)
	}
}

// hasProxy says whether a pod has a proxy, from Istio's injector or of its own.
func hasProxy(pod *corev1.Pod) bool {
	return slices.ContainsFunc(slices.Concat(pod.Spec.InitContainers, pod.Spec.Containers), func(c corev1.Container) bool {
		return c.Name == "istio-proxy" && c.Image != "auto" && (slices.Contains(c.Args, "sidecar") || slices.Contains(c.Args, "router"))
	})
}

func sourceOf(v corev1.VolumeSource) string {
	text, _ := json.Marshal(v)
	var sources map[string]any
	_ = json.Unmarshal(text, &sources)
	return strings.Join(slices.Sorted(maps.Keys(sources)), "+")
}
