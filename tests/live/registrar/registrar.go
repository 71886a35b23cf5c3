// Package registrar stands in for spire-controller-manager, which cannot be fetched as a Go module: it registers the pods that
// ClusterSPIFFEIDs select with SPIRE's server.
//
// In: the API server's pods, nodes, namespaces and ClusterSPIFFEIDs. Out: entries, by SPIRE's own entry API. It follows
// spire-controller-manager's rules (github.com/spiffe/spire-controller-manager, pkg/spireentry) for className, podSelector,
// namespaceSelector, fallback, spiffeIDTemplate, workloadSelectorTemplates, hint, federatesWith and ignored namespaces. It knows no static
// entries, DNS names or lifetimes. Where SPIRE_CONTROLLER_MANAGER names the real program, the tests run that instead.
//
// Start reading at Run.
package registrar

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"time"

	"github.com/google/uuid"
	entryv1 "github.com/spiffe/spire-api-sdk/proto/spire/api/server/entry/v1"
	"github.com/spiffe/spire-api-sdk/proto/spire/api/types"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// Config says where to read and to write, and is what spire-controller-manager has in its configuration.
type Config struct {
	TrustDomain, ClusterName, ClusterDomain, EntryIDPrefix string
	ClassName                                              string
	WatchClassless                                         bool
	// IgnoreNamespaces match anywhere in a namespace's name.
	IgnoreNamespaces []*regexp.Regexp
	// Socket is that of SPIRE's server.
	Socket string
	// Get reads from the API server, by path.
	Get func(path string, into any) error
}

// Run registers pods until the context ends. It tells log what it cannot register.
func Run(ctx context.Context, config Config, log func(format string, args ...any)) {
	conn, err := grpc.NewClient("unix:"+config.Socket, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		log("registrar: %v", err)
		return
	}
	defer conn.Close()
	r := registrar{config, entryv1.NewEntryClient(conn)}
	said := map[string]bool{}
	for ctx.Err() == nil {
		problems, err := r.reconcile(ctx)
		if err != nil && ctx.Err() == nil {
			problems = append(problems, err.Error())
		}
		for _, problem := range problems {
			if !said[problem] {
				said[problem] = true
				log("registrar: %s", problem)
			}
		}
		select {
		case <-ctx.Done():
		case <-time.After(200 * time.Millisecond):
		}
	}
}

type registrar struct {
	Config
	entries entryv1.EntryClient
}

// reconcile makes the entries of SPIRE's server those that the ClusterSPIFFEIDs declare.
func (r *registrar) reconcile(ctx context.Context) (problems []string, err error) {
	declared, problems, err := r.declared()
	if err != nil {
		return nil, err
	}
	list, err := r.entries.ListEntries(ctx, &entryv1.ListEntriesRequest{})
	if err != nil {
		return nil, err
	}
	var delete []string
	for _, e := range list.Entries {
		if want, ok := declared[key(e)]; ok && want.Hint == e.Hint {
			declared[key(e)] = nil // it is there
		} else {
			delete = append(delete, e.Id)
		}
	}
	if len(delete) > 0 {
		if _, err := r.entries.BatchDeleteEntry(ctx, &entryv1.BatchDeleteEntryRequest{Ids: delete}); err != nil {
			return nil, err
		}
	}
	var create []*types.Entry
	for _, name := range slices.Sorted(maps.Keys(declared)) {
		if e := declared[name]; e != nil {
			e.Id = r.EntryIDPrefix + "." + uuid.NewString()
			create = append(create, e)
		}
	}
	if len(create) > 0 {
		response, err := r.entries.BatchCreateEntry(ctx, &entryv1.BatchCreateEntryRequest{Entries: create})
		if err != nil {
			return nil, err
		}
		for _, result := range response.Results {
			if result.Status.Code != 0 {
				problems = append(problems, result.Status.Message)
			}
		}
	}
	return problems, nil
}

// declared returns the entries that the ClusterSPIFFEIDs declare, by their keys. Of two with the same key the older one's object counts.
func (r *registrar) declared() (entries map[string]*types.Entry, problems []string, err error) {
	var ids struct{ Items []clusterSPIFFEID }
	var namespaces corev1.NamespaceList
	var pods corev1.PodList
	var nodes corev1.NodeList
	for path, into := range map[string]any{"/apis/spire.spiffe.io/v1alpha1/clusterspiffeids": &ids, "/api/v1/namespaces": &namespaces,
		"/api/v1/pods": &pods, "/api/v1/nodes": &nodes} {
		if err := r.Get(path, into); err != nil {
			return nil, nil, err
		}
	}
	slices.SortStableFunc(ids.Items, func(a, b clusterSPIFFEID) int {
		if a.Spec.Fallback != b.Spec.Fallback {
			return map[bool]int{false: -1, true: 1}[a.Spec.Fallback]
		}
		return a.CreationTimestamp.Compare(b.CreationTimestamp.Time)
	})
	byName := map[string]*corev1.Node{}
	for i := range nodes.Items {
		byName[nodes.Items[i].Name] = &nodes.Items[i]
	}
	entries = map[string]*types.Entry{}
	registered := map[string]bool{} // pods that have an entry which is no fallback
	for _, id := range ids.Items {
		if !(id.Spec.ClassName == r.ClassName || id.Spec.ClassName == "" && r.WatchClassless) {
			continue
		}
		rules, err := id.parse()
		if err != nil {
			problems = append(problems, id.Name+": "+err.Error())
			continue
		}
		for i := range pods.Items {
			pod := &pods.Items[i]
			if !rules.pods.Matches(labels.Set(pod.Labels)) || !r.selects(rules, namespaces.Items, pod.Namespace) ||
				id.Spec.Fallback && registered[string(pod.UID)] {
				continue
			}
			entry, err := rules.render(r.Config, pod, byName[pod.Spec.NodeName])
			if err != nil {
				problems = append(problems, id.Name+": "+pod.Namespace+"/"+pod.Name+": "+err.Error())
				continue
			}
			if entries[key(entry)] == nil {
				entries[key(entry)] = entry
			}
			registered[string(pod.UID)] = registered[string(pod.UID)] || !id.Spec.Fallback
		}
	}
	return entries, problems, nil
}

// selects says whether a ClusterSPIFFEID selects a namespace that is not ignored.
func (r *registrar) selects(rules *rules, namespaces []corev1.Namespace, name string) bool {
	for _, n := range namespaces {
		if n.Name == name && rules.namespaces.Matches(labels.Set(n.Labels)) {
			return !slices.ContainsFunc(r.IgnoreNamespaces, func(r *regexp.Regexp) bool { return r.MatchString(name) })
		}
	}
	return false
}
