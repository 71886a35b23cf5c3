package mesh

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/pattern"
	"enmesh.dev/enmesh/fn/yamledit"
)

// This file reads SPIRE's own manifests: the controller manager, the agent's socket, and the CSI driver that mounts it.

// ControllerManager is the configuration of SPIRE's controller manager.
type ControllerManager struct {
	Class string
	// FiltersByLabel: it handles only ClusterSPIFFEIDs that have its class in a label.
	FiltersByLabel bool
	TrustDomain    string
	// WatchesClassless: it also handles ClusterSPIFFEIDs without a class.
	WatchesClassless bool

	ignored []*regexp.Regexp // namespaces
}

func (f *Facts) gatherControllerManager(o manifest.Object) {
	data := yamledit.Lookup(o.Node, "data")
	for _, name := range yamledit.Keys(data) {
		value := yamledit.Text(yamledit.Lookup(data, name))
		if !strings.Contains(value, "ControllerManagerConfig") {
			continue
		}
		doc, err := yamledit.Parse([]byte(value))
		text := func(key string) string { return yamledit.Text(yamledit.Lookup(doc.Root(), key)) }
		if err != nil || text("kind") != "ControllerManagerConfig" {
			continue
		}
		f.ControllerManager = &ControllerManager{Class: text("className"), FiltersByLabel: text("filterByClassName") == "true",
			TrustDomain: text("trustDomain"), WatchesClassless: text("watchClassless") == "true"}
		for _, pattern := range yamledit.Items(yamledit.Lookup(doc.Root(), "ignoreNamespaces")) {
			if compiled, err := regexp.Compile(yamledit.Text(pattern)); err == nil { // it matches anywhere in the name (pkg/namespace)
				f.ControllerManager.ignored = append(f.ControllerManager.ignored, compiled)
			}
		}
	}
}

// ignoredByChart matches the namespaces that the controller manager of SPIRE's charts ignores.
var ignoredByChart = pattern.Lazy(`^(kube-system|kube-public|local-path-storage|spire-system|openshift-.*|ibm-.*)$`)

// IgnoresNamespace says whether the controller manager registers no pods of a namespace. If its configuration is not in the
// streams, the default of SPIRE's charts applies.
func (f *Facts) IgnoresNamespace(name string) bool {
	if f.ControllerManager == nil {
		return ignoredByChart().MatchString(name)
	}
	return slices.ContainsFunc(f.ControllerManager.ignored, func(r *regexp.Regexp) bool { return r.MatchString(name) })
}

// WatchesClassless says whether the controller manager in the streams handles ClusterSPIFFEIDs without a class.
func (f *Facts) WatchesClassless() bool {
	return f.ControllerManager != nil && f.ControllerManager.WatchesClassless
}

// AgentConfig is the key of the agent's configuration in a ConfigMap of SPIRE's charts.
const AgentConfig = "agent.conf"

// agentSocket finds the socket's path in the agent's configuration, which is JSON or HCL.
var agentSocket = pattern.Lazy(`(?m)(?:^|[\s{,"])socket_path"?\s*[:=]\s*"([^"]+)"`)

// NamesSocket says whether a text is an agent's configuration with the path of its socket.
func NamesSocket(config string) bool { return agentSocket().MatchString(config) }

func (f *Facts) gatherAgent(o manifest.Object) {
	config := yamledit.Text(yamledit.Lookup(o.Node, "data", AgentConfig))
	if found := agentSocket().FindStringSubmatch(config); found != nil {
		f.sockets[path.Base(found[1])] = true
		f.gatherBundleNames(o, config)
	}
}

// link matches a command of a script that makes a link.
var link = pattern.Lazy(`\bln -s[a-z]* +(\S+) +(\S+)`)

// gatherLinks records the additional names that the agent's chart gives to the socket.
func (f *Facts) gatherLinks(o manifest.Object) {
	spec := yamledit.Lookup(o.Node, "spec", "template", "spec")
	for _, list := range []string{"initContainers", "containers"} {
		for _, container := range yamledit.Items(yamledit.Lookup(spec, list)) {
			for _, field := range []string{"command", "args"} {
				for _, word := range yamledit.Items(yamledit.Lookup(container, field)) {
					for _, found := range link().FindAllStringSubmatch(yamledit.Text(word), -1) {
						f.links = append(f.links, [2]string{path.Base(found[1]), path.Base(found[2])})
					}
				}
			}
		}
	}
}

// AgentSockets returns the names of the agent's socket, in alphabetical order.
func (f *Facts) AgentSockets() []string {
	names := maps.Clone(f.sockets)
	for _, l := range f.links {
		if f.sockets[l[0]] {
			names[l[1]] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// DefaultSocketFile is the name of the socket that Istio's agent looks for by default (pkg/security,
// WorkloadIdentitySocketFile).
const DefaultSocketFile = "socket"

// gatherDriver records SPIFFE's CSI driver. Its name is not always the same.
func (f *Facts) gatherDriver(o manifest.Object) {
	if strings.HasSuffix(o.Ref.Name, "spiffe.io") {
		f.Drivers = append(f.Drivers, o.Ref.Name)
	}
}

// Agent is the configuration of a SPIRE agent.
type Agent struct {
	Object    manifest.Object // the ConfigMap
	InCluster bool            // already, and not in the streams
	// ServesAllBundles: under the name by which proxies ask for the roots they trust, it also gives them those of other trust domains.
	ServesAllBundles bool
}

// rootsName is the name by which Istio's proxies ask for the roots that they trust (pkg/security, RootCertReqResourceName).
const rootsName = "ROOTCA"

// SPIRE's agent has these names in the section sds, in JSON or HCL. They are ROOTCA and ALL by default, and the first wins
// (spiffe/spire, doc/spire_agent.md and pkg/agent/endpoints/sdsv3).
var (
	bundleName     = pattern.Lazy(`(?:^|[\s{,"])default_bundle_name"?\s*[:=]\s*"([^"]*)"`)
	allBundlesName = pattern.Lazy(`(?:^|[\s{,"])default_all_bundles_name"?\s*[:=]\s*"([^"]*)"`)
)

func (f *Facts) gatherBundleNames(o manifest.Object, agentConfig string) {
	own, all := bundleName().FindStringSubmatch(agentConfig), allBundlesName().FindStringSubmatch(agentConfig)
	f.Agents = append(f.Agents, Agent{Object: o,
		ServesAllBundles: own != nil && own[1] != rootsName && own[1] != "" && all != nil && all[1] == rootsName})
}

// serverConfig is the key of the server's configuration in a ConfigMap of SPIRE's charts.
const serverConfig = "server.conf"

// federatesWith finds the trust domains in a server's own configuration, in HCL.
var federatesWith = pattern.Lazy(`\bfederates_with\s+"([^"]+)"\s*\{`)

// gatherServer records the trust domains whose bundle SPIRE's server gets by its own configuration, which is JSON or HCL.
func (f *Facts) gatherServer(o manifest.Object) {
	config := yamledit.Text(yamledit.Lookup(o.Node, "data", serverConfig))
	for _, found := range federatesWith().FindAllStringSubmatch(config, -1) {
		f.federated[found[1]] = true
	}
	if !strings.HasPrefix(strings.TrimSpace(config), "{") {
		return
	}
	if doc, err := yamledit.Parse([]byte(config)); err == nil { // JSON is YAML
		for _, domain := range yamledit.Keys(yamledit.Lookup(doc.Root(), "server", "federation", "federates_with")) {
			f.federated[domain] = true
		}
	}
}
