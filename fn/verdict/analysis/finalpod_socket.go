package analysis

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/yamledit"
)

// Directories in which Istio's agent looks for an identity. /var/run is a link to /run.
const (
	SocketDirectory     = "/run/secrets/workload-spiffe-uds"
	CredentialDirectory = "/run/secrets/workload-spiffe-credentials"
)

// MountsSocket says whether a container mounts the volume workload-socket where Istio's agent looks for it.
func MountsSocket(container *yaml.Node) bool {
	return slices.ContainsFunc(yamledit.Items(yamledit.Lookup(container, "volumeMounts")), func(mount *yaml.Node) bool {
		return MountDirectory(mount) == SocketDirectory && yamledit.Text(yamledit.Lookup(mount, "name")) == keys.SocketVolume
	})
}

// MountDirectory returns the directory of a mount, in the spelling of these constants.
func MountDirectory(mount *yaml.Node) string {
	path := yamledit.Text(yamledit.Lookup(mount, "mountPath"))
	return strings.TrimPrefix(strings.TrimSuffix(path, "/"), "/var")
}
