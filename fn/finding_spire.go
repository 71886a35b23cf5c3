package fn

import (
	"cmp"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

// What SPIRE's own manifests say about the workload socket: the name of its file, and of the CSI driver that mounts it.

// agentConfigKey is where SPIRE's charts keep the agent's configuration.
const agentConfigKey = "agent.conf"

// agentSocket finds the socket's path in the agent's configuration, which is JSON or HCL.
var agentSocket = regexp.MustCompile(`(?m)(?:^|[\s{,"])socket_path"?\s*[:=]\s*"([^"]+)"`)

func (f *facts) gatherAgent(o object) {
	if found := agentSocket.FindStringSubmatch(text(lookup(o.node, "data", agentConfigKey))); found != nil {
		f.sockets[path.Base(found[1])] = true
	}
}

// link finds the links that a script makes.
var link = regexp.MustCompile(`\bln -s[a-z]* +(\S+) +(\S+)`)

// gatherLinks notes the further names that the agent's chart gives to the socket.
func (f *facts) gatherLinks(o object) {
	spec := lookup(o.node, "spec", "template", "spec")
	for _, list := range []string{"initContainers", "containers"} {
		for _, container := range items(lookup(spec, list)) {
			for _, field := range []string{"command", "args"} {
				for _, word := range items(lookup(container, field)) {
					for _, found := range link.FindAllStringSubmatch(text(word), -1) {
						f.links = append(f.links, [2]string{path.Base(found[1]), path.Base(found[2])})
					}
				}
			}
		}
	}
}

// socketNames are the names under which the agent has its socket, in order.
func (f *facts) socketNames() []string {
	names := maps.Clone(f.sockets)
	for _, l := range f.links {
		if f.sockets[l[0]] {
			names[l[1]] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// defaultSocketFile is the name that Istio's agent looks for where nobody says another (pkg/security, WorkloadIdentitySocketFile).
const defaultSocketFile = "socket"

// inspectAgent compares the names of the agent's socket with the one that proxies look for.
func (i *inspection) inspectAgent() {
	config := lookup(i.node, "data", agentConfigKey)
	if !agentSocket.MatchString(text(config)) {
		return
	}
	want := cmp.Or(i.t.spec.WorkloadSocket.File, i.facts.meshes["default"].socketFile, defaultSocketFile)
	if names := i.facts.socketNames(); !slices.Contains(names, want) {
		i.find(AgentSocketDiffers, config, "data."+agentConfigKey+": socket_path", strings.Join(names, ", ")+", not "+want)
	}
}

// gatherDriver notes SPIFFE's CSI driver. It has been registered under more names than one.
func (f *facts) gatherDriver(o object) {
	if strings.HasSuffix(o.ref.Name, "spiffe.io") {
		f.drivers = append(f.drivers, o.ref.Name)
	}
}

// driverProfile is the label by which OpenShift's admission compares a CSI driver with the pod security of a namespace.
const driverProfile = "security.openshift.io/csi-ephemeral-volume-profile"

// inspectDriver compares the name of SPIFFE's CSI driver with the configured one, and asks who may use it on OpenShift.
func (i *inspection) inspectDriver() {
	want := i.t.spec.WorkloadSocket.CSI.Driver
	if slices.Contains(i.facts.drivers, i.ref.Name) && !slices.Contains(i.facts.drivers, want) {
		i.find(DriverDiffers, lookup(i.node, "metadata", "name"), "metadata.name", i.ref.Name+", not "+want)
	}
	if i.ref.Name == want && i.label(driverProfile) == "" {
		i.find(DriverProfile, lookup(i.node, "metadata", "name"), key("metadata.labels", driverProfile))
	}
}
