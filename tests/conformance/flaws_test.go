package conformance

import (
	"errors"
	"fmt"
	"path"
	"reflect"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// flaws are the reasons for which an API server refuses a pod, as far as a merge of a pod with a template can bring them
// about.
func flaws(pod *corev1.Pod) []string {
	var found []string
	flaw := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	volumes := map[string]bool{}
	for _, v := range pod.Spec.Volumes {
		if volumes[v.Name] {
			flaw("two volumes %s", v.Name)
		}
		volumes[v.Name] = true
		if types := sources(v); len(types) > 1 {
			flaw("volume %s: may not specify more than 1 volume type, has %v", v.Name, types)
		}
	}
	names := map[string]bool{}
	for _, c := range containers(pod) {
		if names[c.Name] {
			flaw("two containers %s", c.Name)
		}
		names[c.Name] = true
		if c.Image == "" {
			flaw("container %s has no image", c.Name)
		}
		paths := map[string]bool{}
		for _, m := range c.VolumeMounts {
			if !volumes[m.Name] {
				flaw("container %s mounts %s, which is no volume", c.Name, m.Name)
			}
			if paths[m.MountPath] {
				flaw("container %s mounts two volumes at %s", c.Name, m.MountPath)
			}
			paths[m.MountPath] = true
		}
	}
	return found
}

// waits says whether a container still waits for its image: no registry has one that is called auto.
func waits(pod *corev1.Pod) bool {
	return slices.ContainsFunc(containers(pod), func(c corev1.Container) bool { return c.Image == "auto" })
}

// errWritable: the SPIFFE CSI driver refuses such a volume, and the pod never starts.
var errWritable = errors.New("volume " + socket + " is not read-only")

// socketFlaw is the reason for which the proxy of an injected pod does not find SPIRE, or nil.
func socketFlaw(pod *corev1.Pod) error {
	i := slices.IndexFunc(pod.Spec.Volumes, func(v corev1.Volume) bool { return v.Name == socket })
	if i < 0 {
		return errors.New("no volume " + socket)
	}
	switch volume := pod.Spec.Volumes[i]; {
	case volume.CSI != nil && (volume.CSI.ReadOnly == nil || !*volume.CSI.ReadOnly):
		return errWritable
	case volume.CSI == nil && volume.HostPath == nil:
		return fmt.Errorf("volume %s is of the types %v", socket, sources(volume))
	}
	container, _ := proxyOf(pod)
	mounted := false
	for _, m := range container.VolumeMounts {
		switch path.Clean(m.MountPath) {
		case socketMount, strings.TrimPrefix(socketMount, "/var"): // /var/run is a link to /run
			if m.Name != socket {
				return fmt.Errorf("%s mounts %s at %s", proxy, m.Name, m.MountPath)
			}
			mounted = true
		}
	}
	if !mounted {
		return fmt.Errorf("%s does not mount %s", proxy, socket)
	}
	return nil
}

// sources are the types of a volume.
func sources(volume corev1.Volume) []string {
	var types []string
	source := reflect.ValueOf(volume.VolumeSource)
	for i := range source.NumField() {
		if !source.Field(i).IsNil() {
			types = append(types, source.Type().Field(i).Name)
		}
	}
	return types
}

func containers(pod *corev1.Pod) []corev1.Container {
	return slices.Concat(pod.Spec.InitContainers, pod.Spec.Containers)
}

// proxyOf is the pod's proxy, and whether it is a native sidecar.
func proxyOf(pod *corev1.Pod) (c corev1.Container, native bool) {
	isProxy := func(c corev1.Container) bool { return c.Name == proxy }
	if i := slices.IndexFunc(pod.Spec.InitContainers, isProxy); i >= 0 {
		c = pod.Spec.InitContainers[i]
		return c, c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways
	}
	if i := slices.IndexFunc(pod.Spec.Containers, isProxy); i >= 0 {
		c = pod.Spec.Containers[i]
	}
	return c, false
}

// bringsProxy says whether a pod runs a proxy that is not from the injector.
func bringsProxy(pod *corev1.Pod) bool {
	c, _ := proxyOf(pod)
	return c.Image != "" && c.Image != "auto" && (slices.Contains(c.Args, "sidecar") || slices.Contains(c.Args, "router"))
}

// env are the values that a container has for a variable.
func env(c corev1.Container, name string) []string {
	var values []string
	for _, e := range c.Env {
		if e.Name == name {
			values = append(values, e.Value)
		}
	}
	return values
}
