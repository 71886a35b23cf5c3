package manifest

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/fieldpath"
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/yamledit"
)

// Containers returns the pod's containers, without its init containers.
func (p PodTemplate) Containers() []*yaml.Node {
	containers := yamledit.Lookup(p.Spec(), "containers")
	if containers == nil {
		return nil
	}
	return containers.Content
}

// ContainerPort is a TCP port that a container declares.
type ContainerPort struct{ Name, Number string }

// ContainerPorts returns the TCP ports that the pod's containers declare, those of its own istio-proxy left out.
func (p PodTemplate) ContainerPorts() []ContainerPort {
	var ports []ContainerPort
	p.EachContainer(func(container *yaml.Node, _ string) {
		if strings.HasPrefix(yamledit.Text(yamledit.Lookup(container, "name")), "istio-") {
			return
		}
		for _, port := range yamledit.Items(yamledit.Lookup(container, "ports")) {
			if number := yamledit.Text(yamledit.Lookup(port, "containerPort")); number != "" && yamledit.Text(yamledit.Lookup(port, "protocol")) != "UDP" {
				ports = append(ports, ContainerPort{yamledit.Text(yamledit.Lookup(port, "name")), number})
			}
		}
	})
	return ports
}

// EachContainer calls visit for the pod's init containers and containers, with their paths.
func (p PodTemplate) EachContainer(visit func(container *yaml.Node, field string)) {
	for _, list := range []string{"initContainers", "containers"} {
		for i, container := range yamledit.Items(yamledit.Lookup(p.Spec(), list)) {
			visit(container, fieldpath.Index(fieldpath.Join(p.SpecField(), list), i))
		}
	}
}

// Proxy returns the pod's own istio-proxy container, which the injector completes or customizes, and its path; or nil.
func (p PodTemplate) Proxy() (proxy *yaml.Node, field string) {
	for _, list := range []string{"containers", "initContainers"} {
		for i, container := range yamledit.Items(yamledit.Lookup(p.Spec(), list)) {
			if yamledit.Text(yamledit.Lookup(container, "name")) == keys.ProxyContainer {
				return container, fieldpath.Index(fieldpath.Join(p.SpecField(), list), i)
			}
		}
	}
	return nil, ""
}

// SocketFile returns the name of the socket file that the pod's own istio-proxy sets, or nil, and its path.
func (p PodTemplate) SocketFile() (value *yaml.Node, field string) {
	proxy, field := p.Proxy()
	return yamledit.Lookup(Named(yamledit.Lookup(proxy, "env"), keys.SocketFileEnv), "value"),
		fieldpath.Key(fieldpath.Join(field, "env"), keys.SocketFileEnv)
}
