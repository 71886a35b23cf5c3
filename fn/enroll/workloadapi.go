package enroll

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/fieldpath"
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/yamledit"
)

// wantWorkloadAPI mounts the SPIFFE Workload API into the application's containers, except those that set an endpoint themselves.
func (w *planner) wantWorkloadAPI() error {
	api := w.Enroller.Spec.WorkloadAPI
	if api == nil || w.Kind.MetadataOnly {
		return nil
	}
	for i, container := range w.Containers() {
		container = yamledit.Resolve(container)
		field := fieldpath.Index(fieldpath.Join(w.SpecField(), "containers"), i)
		if yamledit.Text(yamledit.Lookup(container, "name")) == keys.ProxyContainer ||
			manifest.Named(yamledit.Lookup(container, "env"), keys.WorkloadAPIEnv) != nil {
			continue
		}
		patch := []yamledit.Entry{{Key: "env", Value: yamledit.List(yamledit.Map(
			yamledit.Entry{Key: "name", Value: yamledit.Plain(keys.WorkloadAPIEnv)},
			yamledit.Entry{Key: "value", Value: yamledit.Plain("unix://" + strings.TrimSuffix(api.MountPath, "/") + "/" + api.File)}))}}
		w.change(fieldpath.Key(fieldpath.Join(field, "env"), keys.WorkloadAPIEnv))
		if !mounts(container, api.MountPath) {
			patch = append(patch, yamledit.Entry{Key: "volumeMounts", Value: yamledit.List(yamledit.Map(
				yamledit.Entry{Key: "name", Value: yamledit.Plain(keys.WorkloadAPIVolume)},
				yamledit.Entry{Key: "mountPath", Value: yamledit.Plain(api.MountPath)},
				yamledit.Entry{Key: "readOnly", Value: yamledit.True()}))})
			w.change(fieldpath.Key(fieldpath.Join(field, "volumeMounts"), keys.WorkloadAPIVolume))
			w.wantVolume(keys.WorkloadAPIVolume)
		}
		if err := w.Doc.Merge(container, yamledit.Map(patch...)); err != nil {
			return err
		}
	}
	return nil
}

// mounts says whether something is mounted at a path in a container.
func mounts(container *yaml.Node, path string) bool {
	return slices.ContainsFunc(yamledit.Items(yamledit.Lookup(container, "volumeMounts")), func(mount *yaml.Node) bool {
		return yamledit.Text(yamledit.Lookup(mount, "mountPath")) == path
	})
}
