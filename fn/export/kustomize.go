package export

import (
	"slices"
	"strings"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/yamledit"
)

// kustomize is a Component that runs enmesh's function over the resources. Patches would lose what enrollment decides by the pod: they
// replace an annotation and cannot complete it, and their targets see neither the labels of a pod template nor a label that is absent. So
// the function does it, with the very configuration, and nothing is lost.
func kustomize() form {
	return form{
		header: `A kustomize Component that enrolls the resources of each kustomization that lists it under components:. Written by
enmesh --export kustomize. Save it as kustomization.yaml in a folder of its own.

It runs the program enmesh-fn, which must be on the PATH: kustomize build --enable-alpha-plugins --enable-exec.
Without --enable-exec, kustomize silently skips it, and exits with status 0: check the output with enmesh --check.
kustomize changes the names in references after it has run functions. With namePrefix or nameSuffix, enmesh does not find the objects that
these name, such as the Service of an admission webhook, whose port a STRICT PeerAuthentication then closes, or a pod's ServiceAccount.
Use kustomize build . | enmesh then.
To run the container image, replace "exec: {path: enmesh-fn}" by "container: {image: IMAGE}".
`,
		expresses: slices.DeleteFunc(fields(), func(field string) bool { return field == "cluster" }),
		cannot: map[string]func(*config.MeshEnrollmentSpec) []problem{
			"cluster": when("cluster", "a function reads no files; list the manifests as resources that are local configuration",
				func(s *config.MeshEnrollmentSpec) bool { return len(s.Cluster) > 0 }),
		},
		text: func(s *config.MeshEnrollmentSpec) (string, error) {
			spec, err := yamledit.FromJSON(s)
			if err != nil {
				return "", err
			}
			function := render(yamledit.Map(
				yamledit.Entry{Key: "apiVersion", Value: yamledit.Plain(config.APIVersion)},
				yamledit.Entry{Key: "kind", Value: yamledit.Plain(config.Kind)},
				yamledit.Entry{Key: "metadata", Value: yamledit.Map(
					yamledit.Entry{Key: "name", Value: yamledit.Plain("enmesh")},
					yamledit.Entry{Key: "annotations", Value: yamledit.Map(yamledit.Entry{Key: "config.kubernetes.io/function",
						Value: yamledit.Plain("exec: {path: enmesh-fn}")})})},
				yamledit.Entry{Key: "spec", Value: spec}))
			list := "transformers"
			if s.Mode == config.Check {
				list = "validators" // which change nothing
			}
			var b strings.Builder
			b.WriteString("apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n" + list + ":\n- |\n")
			for line := range strings.Lines(function) {
				b.WriteString("  " + line)
			}
			return b.String(), nil
		},
	}
}
