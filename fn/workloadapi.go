package fn

import (
	"slices"
	"strings"

	"enmesh.dev/enmesh/fn/yamledit"
	"go.yaml.in/yaml/v3"
)

// wantWorkloadAPI mounts the SPIFFE Workload API into the application's containers. A container that names an endpoint
// of its own knows better.
func (e *enrollment) wantWorkloadAPI() error {
	api := e.t.spec.WorkloadAPI
	if api == nil || e.workload.MetadataOnly {
		return nil
	}
	for i, container := range e.containers() {
		container = yamledit.Resolve(container)
		field := index(join(e.specField(), "containers"), i)
		if text(yamledit.Lookup(container, "name")) == proxyContainer ||
			named(yamledit.Lookup(container, "env"), workloadAPIEnv) != nil {
			continue
		}
		patch := []yamledit.Entry{{Key: "env", Value: yamledit.List(yamledit.Map(
			yamledit.Entry{Key: "name", Value: yamledit.Plain(workloadAPIEnv)},
			yamledit.Entry{Key: "value", Value: yamledit.Plain("unix://" + strings.TrimSuffix(api.MountPath, "/") + "/" + api.File)}))}}
		e.changed(key(join(field, "env"), workloadAPIEnv))
		if !mounts(container, api.MountPath) {
			patch = append(patch, yamledit.Entry{Key: "volumeMounts", Value: yamledit.List(yamledit.Map(
				yamledit.Entry{Key: "name", Value: yamledit.Plain(workloadAPIName)},
				yamledit.Entry{Key: "mountPath", Value: yamledit.Plain(api.MountPath)},
				yamledit.Entry{Key: "readOnly", Value: yamledit.True()}))})
			e.changed(key(join(field, "volumeMounts"), workloadAPIName))
			e.wantVolume(workloadAPIName)
		}
		if err := e.doc.Merge(container, yamledit.Map(patch...)); err != nil {
			return err
		}
	}
	return nil
}

// mounts says whether something is mounted at a path in a container.
func mounts(container *yaml.Node, path string) bool {
	volumeMounts := yamledit.Lookup(container, "volumeMounts")
	if volumeMounts == nil {
		return false
	}
	return slices.ContainsFunc(volumeMounts.Content, func(mount *yaml.Node) bool {
		return text(yamledit.Lookup(mount, "mountPath")) == path
	})
}
