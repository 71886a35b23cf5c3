package conformance

import (
	"errors"
	"maps"
	"testing"

	"github.com/stretchr/testify/require"
	"istio.io/istio/pilot/pkg/features"
	"istio.io/istio/pkg/kube/inject"
	corev1 "k8s.io/api/core/v1"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/outcome"
)

// What enmesh does would be idle if Istio did the same without it, or did not do what it is said to do. Each of these
// tests takes one of its measures away.

// stock is an injector of Istio's own chart that no one patched, with further templates; and with its own in another form,
// where change is not nil.
func stock(t *testing.T, templates map[string]string, change func(string) string) cluster {
	t.Helper()
	i := newIstiod(t, decode(renderChart(t, istiodChart, nil)), nil, "", nil)
	if templates == nil && change == nil {
		return cluster{istiods: []*istiod{i}}
	}
	raw := maps.Clone(i.templates)
	for name, text := range raw {
		if change != nil {
			raw[name] = change(text)
		}
	}
	maps.Copy(raw, templates)
	parsed, err := inject.ParseTemplates(raw)
	require.NoError(t, err)
	maps.Copy(i.config.Templates, parsed)
	return cluster{istiods: []*istiod{i}}
}

func native(t *testing.T, on bool) {
	t.Helper()
	features.EnableNativeSidecars = features.NativeSidecarModeDisabled
	if on {
		features.EnableNativeSidecars = features.NativeSidecarModeEnabled
	}
}

// enrolled gives one pod as enmesh enrolls it; without a provider it keeps the volumes that it came with.
func enrolled(t *testing.T, provider config.SocketProvider, metadata, spec m) subject {
	t.Helper()
	var g grid
	g.addPod(t, "", metadata, spec)
	out, text := transform(t, config.MeshEnrollment{Spec: config.MeshEnrollmentSpec{All: true, WorkloadSocket: config.WorkloadSocket{Provider: provider}}}, g.stream.Bytes())
	pods := subjects(out, decode(text), nil)
	require.Len(t, pods, 1)
	require.True(t, pods[0].said.Outcome.IsEnrolled())
	return pods[0]
}

var (
	isSidecar = m{"containers": []m{app}}
	isGateway = m{"containers": []m{auto}}
)

// Without enmesh's templates istiod refuses a pod that asks for them. The provider Pod needs none.
func TestWithoutTemplates(t *testing.T) {
	c := stock(t, nil, nil)
	for _, on := range []bool{false, true} {
		native(t, on)
		for name, spec := range map[string]m{"spire": isSidecar, "spire-gw": isGateway} {
			f := c.fateOf(t, enrolled(t, config.TemplateSocket, nil, spec))
			require.Equal(t, outcome.Refused, f.verdict)
			require.ErrorContains(t, f.why, `requested template "`+name+`" not found`)
			f = c.fateOf(t, enrolled(t, config.PodSocket, nil, spec))
			require.Equal(t, outcome.SPIRE, f.verdict, f.why)
		}
	}
}

// A volume of another type, left as it is: a hostPath makes an invalid pod; an emptyDir is cleared by Istio's templates, and
// so does no harm, but hides SPIRE where no template brings the driver.
func TestVolumeLeft(t *testing.T) {
	native(t, true)
	spire := cluster{istiods: []*istiod{installed(t, config.MeshEnrollmentSpec{}, nil, "", nil)}}
	leave := func(provider config.SocketProvider, spec m, source corev1.VolumeSource) subject {
		s := enrolled(t, provider, nil, spec)
		s.pod.Spec.Volumes = []corev1.Volume{{Name: socket, VolumeSource: source}}
		return s
	}
	hostPath := corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: "/run/spire"}}
	emptyDir := corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}
	for _, spec := range []m{isSidecar, isGateway} {
		f := spire.fateOf(t, leave(config.TemplateSocket, spec, hostPath))
		require.Equal(t, outcome.Refused, f.verdict)
		require.ErrorContains(t, f.why, "more than 1 volume type, has [HostPath CSI]")
		require.Equal(t, outcome.SPIRE, spire.fateOf(t, leave(config.TemplateSocket, spec, emptyDir)).verdict)
		require.Equal(t, outcome.IstiodCA, spire.fateOf(t, leave(config.PodSocket, spec, emptyDir)).verdict)
	}
}

// Until 1.26 Istio's template for gateways made the socket an emptyDir. The template spire-gw clears it; a pod that brings
// the volume itself clashes.
func TestOldGateway(t *testing.T) {
	spireGW := installed(t, config.MeshEnrollmentSpec{}, nil, "", nil).templates["spire-gw"]
	c := stock(t, map[string]string{"spire-gw": spireGW}, old)
	f := c.fateOf(t, enrolled(t, config.TemplateSocket, nil, isGateway))
	require.Equal(t, outcome.SPIRE, f.verdict, f.why)
	f = c.fateOf(t, enrolled(t, config.PodSocket, nil, isGateway))
	require.Equal(t, outcome.Refused, f.verdict)
	require.ErrorContains(t, f.why, "more than 1 volume type, has [EmptyDir CSI]")
}

// A template that mounts the socket under containers, as Istio's samples do, makes a second proxy where the first is a
// native sidecar, and under initContainers where it is not. Its labels are not heard where they stand at the top. enmesh's
// has the volume only.
func TestMountingTemplate(t *testing.T) {
	mounting := func(containers string) map[string]string {
		return map[string]string{"spire": "labels:\n  unheard: 'true'\nspec:\n  " + containers + ":\n  - name: istio-proxy\n    volumeMounts:\n    - name: " + socket +
			"\n      mountPath: /run/secrets/workload-spiffe-uds\n      readOnly: true\n  volumes:\n  - name: " + socket +
			"\n    csi:\n      driver: " + driver + "\n      readOnly: true\n"}
	}
	for _, on := range []bool{false, true} {
		for _, list := range []string{"containers", "initContainers"} {
			native(t, on)
			f := stock(t, mounting(list), nil).fateOf(t, enrolled(t, config.TemplateSocket, nil, isSidecar))
			if on == (list == "initContainers") {
				require.Equal(t, outcome.SPIRE, f.verdict, f.why)
				require.NotContains(t, f.injected.Labels, "unheard")
				continue
			}
			require.Equal(t, outcome.Refused, f.verdict)
			require.ErrorContains(t, f.why, "two containers istio-proxy")
		}
	}
}

// Jobs get native sidecars where istiod's setting says otherwise.
func TestJob(t *testing.T) {
	native(t, false)
	c := cluster{istiods: []*istiod{installed(t, config.MeshEnrollmentSpec{}, nil, "", nil)}}
	for _, kind := range []string{"Job", "CronJob"} {
		var g grid
		template := m{"template": m{"spec": m{"containers": []m{app}, "restartPolicy": "Never"}}}
		if kind == "CronJob" {
			template = m{"jobTemplate": m{"spec": template}}
		}
		g.add(t, m{"apiVersion": "batch/v1", "kind": kind, "metadata": m{"name": "job"}, "spec": template})
		out, text := transform(t, config.MeshEnrollment{Spec: config.MeshEnrollmentSpec{All: true}}, g.stream.Bytes())
		pods := subjects(out, decode(text), nil)
		require.Len(t, pods, 1)
		f := c.fateOf(t, pods[0])
		require.Equal(t, outcome.SPIRE, f.verdict, f.why)
		require.Contains(t, names(f.injected.Spec.InitContainers), proxy)
		require.NotContains(t, names(f.injected.Spec.Containers), proxy)
		_, native := proxyOf(f.injected)
		require.True(t, native, "restartPolicy: Always")

		delete(pods[0].pod.Annotations, "sidecar.istio.io/nativeSidecar")
		f = c.fateOf(t, pods[0])
		require.Contains(t, names(f.injected.Spec.Containers), proxy, "which outlives the job's own")
	}
}

func names(containers []corev1.Container) []string {
	var names []string
	for _, c := range containers {
		names = append(names, c.Name)
	}
	return names
}

// A native sidecar is a container like any other to an API server: a pod that comes out with two proxies is none.
func TestFlaws(t *testing.T) {
	always := corev1.ContainerRestartPolicyAlways
	pod := &corev1.Pod{Spec: corev1.PodSpec{
		InitContainers: []corev1.Container{{Name: proxy, Image: "proxy:v1", RestartPolicy: &always}},
		Containers:     []corev1.Container{{Name: proxy, VolumeMounts: []corev1.VolumeMount{{Name: "none", MountPath: "/a"}, {Name: "none", MountPath: "/a"}}}},
		Volumes: []corev1.Volume{{Name: socket}, {Name: socket, VolumeSource: corev1.VolumeSource{
			EmptyDir: &corev1.EmptyDirVolumeSource{}, CSI: &corev1.CSIVolumeSource{Driver: driver}}}},
	}}
	require.Equal(t, []string{
		"two volumes workload-socket",
		"volume workload-socket: may not specify more than 1 volume type, has [EmptyDir CSI]",
		"two containers istio-proxy",
		"container istio-proxy has no image",
		"container istio-proxy mounts none, which is no volume",
		"container istio-proxy mounts none, which is no volume",
		"container istio-proxy mounts two volumes at /a",
	}, flaws(pod))
	pod.Spec.Volumes = []corev1.Volume{{Name: socket, VolumeSource: corev1.VolumeSource{CSI: &corev1.CSIVolumeSource{Driver: driver}}}}
	require.True(t, errors.Is(socketFlaw(pod), errWritable))
}
