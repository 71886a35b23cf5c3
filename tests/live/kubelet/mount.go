package kubelet

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// pause waits for the kernel.
func pause() { time.Sleep(20 * time.Millisecond) }

// bind is a folder to be mounted read-only.
type bind struct{ source, target string }

// mount writes the volumes of a container below a folder that stands for the container's root, and returns what is left to be mounted.
// pilot-agent takes all its paths relative to its working directory.
func (n *Node) mount(pod *corev1.Pod, c *corev1.Container, root string) ([]bind, error) {
	volumes := map[string]corev1.VolumeSource{}
	for _, v := range pod.Spec.Volumes {
		volumes[v.Name] = v.VolumeSource
	}
	if err := os.MkdirAll(root, 0o755); err != nil {
		return nil, err
	}
	var binds []bind
	for _, m := range c.VolumeMounts {
		v, found := volumes[m.Name]
		if !found {
			return nil, fmt.Errorf("the pod has no volume %q", m.Name)
		}
		at := filepath.Join(root, m.MountPath)
		if err := os.MkdirAll(at, 0o755); err != nil {
			return nil, err
		}
		if v.CSI != nil {
			switch {
			case n.CSI == "" || v.CSI.Driver != "csi.spiffe.io":
				return nil, fmt.Errorf("FailedMount: driver name %s not found in the list of registered CSI drivers", v.CSI.Driver)
			case v.CSI.ReadOnly == nil || !*v.CSI.ReadOnly: // github.com/spiffe/spiffe-csi, pkg/driver: NodePublishVolume
				return nil, errors.New("FailedMount: pod.spec.volumes[].csi.readOnly must be set to true")
			}
			binds = append(binds, bind{n.CSI, at})
			continue
		}
		files, err := n.files(pod, v)
		if err != nil {
			return nil, fmt.Errorf("volume %s: %w", m.Name, err)
		}
		for name, text := range files {
			if err := os.WriteFile(filepath.Join(at, name), []byte(text), 0o600); err != nil {
				return nil, err
			}
		}
	}
	return binds, nil
}

// files are the files of a volume that a kubelet writes.
func (n *Node) files(pod *corev1.Pod, v corev1.VolumeSource) (map[string]string, error) {
	files := map[string]string{}
	switch {
	case v.ConfigMap != nil:
		return n.configMap(pod, v.ConfigMap.Name, v.ConfigMap.Optional)
	case v.DownwardAPI != nil:
		for _, item := range v.DownwardAPI.Items {
			files[item.Path] = downward(pod, item)
		}
	case v.Projected != nil:
		for _, source := range v.Projected.Sources {
			switch {
			case source.ServiceAccountToken != nil:
				token := source.ServiceAccountToken
				text, err := n.Token(pod, token.Audience, *token.ExpirationSeconds)
				if err != nil {
					return nil, err
				}
				files[token.Path] = text
			case source.ConfigMap != nil:
				data, err := n.configMap(pod, source.ConfigMap.Name, source.ConfigMap.Optional)
				if err != nil {
					return nil, err
				}
				maps.Copy(files, data)
			case source.DownwardAPI != nil:
				for _, item := range source.DownwardAPI.Items {
					files[item.Path] = downward(pod, item)
				}
			}
		}
	}
	return files, nil
}

func (n *Node) configMap(pod *corev1.Pod, name string, optional *bool) (map[string]string, error) {
	data, err := n.ConfigMap(pod.Namespace, name)
	if err != nil && optional != nil && *optional {
		return nil, nil
	}
	return data, err
}

// downward is a file of the downward API.
func downward(pod *corev1.Pod, item corev1.DownwardAPIVolumeFile) string {
	if item.FieldRef == nil {
		return ""
	}
	values := map[string]map[string]string{"metadata.labels": pod.Labels, "metadata.annotations": pod.Annotations}[item.FieldRef.FieldPath]
	if values == nil {
		return field(pod, item.FieldRef.FieldPath)
	}
	var b strings.Builder
	for _, key := range slices.Sorted(maps.Keys(values)) {
		fmt.Fprintf(&b, "%s=%q\n", key, values[key])
	}
	return b.String()
}
