package kubelet

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	corev1 "k8s.io/api/core/v1"
)

// Node is what a pod needs from its node.
type Node struct {
	// Root is a folder for what pods mount.
	Root string
	// PilotAgent is the program that the image of istio-proxy starts.
	PilotAgent string
	// Bootstrap is the path of the template of Envoy's bootstrap, which the image has.
	Bootstrap string
	// CSI is the folder that the driver csi.spiffe.io mounts.
	CSI string
	// Token makes a token for a pod.
	Token func(pod *corev1.Pod, audience string, seconds int64) (string, error)
	// ConfigMap reads the data of a ConfigMap.
	ConfigMap func(namespace, name string) (map[string]string, error)
}

// ErrNotPossible says why pods cannot run on this machine.
var ErrNotPossible = errors.New("this machine cannot run pods")

// Run runs the container istio-proxy of a pod until the context ends: its arguments, its environment and its volumes, in a cgroup that is
// called as a kubelet calls it, which is how SPIRE's agent tells whose process it is. The CSI volume is a read-only mount, in a mount
// namespace of its own. What the container says goes to the log. Run returns the error of the process, unless the context has ended.
// The error is ErrNotPossible if that needs rights that the test does not have.
func (n *Node) Run(ctx context.Context, pod *corev1.Pod, log *os.File) error {
	proxy := container(pod, "istio-proxy")
	if proxy == nil {
		return errors.New("the pod has no container istio-proxy")
	}
	group, err := newGroup(string(pod.UID))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNotPossible, err)
	}
	defer group.remove()
	root := filepath.Join(n.Root, string(pod.UID))
	defer os.RemoveAll(root)
	mounts, err := n.mount(pod, proxy, root)
	if err != nil {
		return err
	}
	env := n.environment(pod, proxy)
	args := make([]string, len(proxy.Args))
	for i, arg := range proxy.Args {
		args[i] = os.Expand(strings.NewReplacer("$(", "${", ")", "}").Replace(arg), func(key string) string { return env[key] })
	}
	// The shell enters the cgroup, mounts, and becomes the program.
	script := "echo $$ > " + group.path + "/cgroup.procs"
	for _, m := range mounts {
		script += fmt.Sprintf(" && mount --bind %[1]s %[2]s && mount -o remount,bind,ro %[2]s", m.source, m.target)
	}
	cmd := exec.Command("unshare", append([]string{"--mount", "sh", "-c", script + ` && cd . && exec "$@"`, "sh", n.PilotAgent}, args...)...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = root, log, log
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + root, "ISTIO_BOOTSTRAP=" + n.Bootstrap}
	for key, value := range env {
		cmd.Env = append(cmd.Env, key+"="+value)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("%w: %w", ErrNotPossible, err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		return fmt.Errorf("istio-proxy has ended: %v", err)
	case <-ctx.Done():
		group.kill()
		<-ended
		return nil
	}
}

// container finds a container by its name, a native sidecar too.
func container(pod *corev1.Pod, name string) *corev1.Container {
	for _, containers := range [][]corev1.Container{pod.Spec.InitContainers, pod.Spec.Containers} {
		for i := range containers {
			if containers[i].Name == name {
				return &containers[i]
			}
		}
	}
	return nil
}

// environment is the container's environment.
func (n *Node) environment(pod *corev1.Pod, c *corev1.Container) map[string]string {
	env := map[string]string{}
	for _, e := range c.Env {
		switch from := e.ValueFrom; {
		case from == nil:
			env[e.Name] = e.Value
		case from.FieldRef != nil:
			env[e.Name] = field(pod, from.FieldRef.FieldPath)
		case from.ResourceFieldRef != nil && from.ResourceFieldRef.Resource == "limits.cpu":
			env[e.Name] = "2"
		}
	}
	return env
}

func field(pod *corev1.Pod, path string) string {
	name, key, keyed := strings.Cut(strings.TrimSuffix(path, "']"), "['")
	switch {
	case keyed && name == "metadata.labels":
		return pod.Labels[key]
	case keyed && name == "metadata.annotations":
		return pod.Annotations[key]
	}
	return map[string]string{"metadata.name": pod.Name, "metadata.namespace": pod.Namespace, "spec.serviceAccountName": pod.Spec.ServiceAccountName,
		"spec.nodeName": pod.Spec.NodeName, "status.podIP": "127.0.0.1", "status.hostIP": "127.0.0.1"}[path]
}

// group is a cgroup.
type group struct{ path string }

// newGroup makes a cgroup for a container of a pod, in a hierarchy of cgroup v2 or, where there is none, in that for pids of v1.
func newGroup(uid string) (*group, error) {
	id := make([]byte, 32)
	if _, err := rand.Read(id); err != nil {
		return nil, err
	}
	root := "/sys/fs/cgroup"
	if _, err := os.Stat(root + "/cgroup.controllers"); err != nil {
		root += "/pids"
	}
	g := &group{filepath.Join(root, "kubepods", "pod"+uid, hex.EncodeToString(id))}
	return g, os.MkdirAll(g.path, 0o755)
}

// kill ends the processes of the group.
func (g *group) kill() {
	text, _ := os.ReadFile(g.path + "/cgroup.procs")
	for id := range strings.FieldsSeq(string(text)) {
		var pid int
		if _, err := fmt.Sscan(id, &pid); err == nil && pid > 1 && pid != os.Getpid() {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
}

// remove removes the group, and the folders above it that were made for it. It may take a moment until the kernel lets them go.
func (g *group) remove() {
	g.kill()
	for range 50 {
		if os.Remove(g.path) == nil {
			break
		}
		pause()
	}
	_ = os.Remove(filepath.Dir(g.path))
	_ = os.Remove(filepath.Dir(filepath.Dir(g.path)))
}
