package mesh

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/fieldpath"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/pattern"
	"enmesh.dev/enmesh/fn/yamledit"
)

// ComponentImages is the regular expression of the images of the mesh's own programs: SPIRE's server, agent, CSI driver, controller
// manager and OIDC provider, and Istio's istiod (pilot), CNI plugin and ztunnel. The names that OpenShift's operators give them begin with
// spiffe- or istio-, and end with the base image.
const ComponentImages = `(^|/)((spiffe-)?spire-(server|agent|controller-manager|oidc-discovery-provider)|oidc-discovery-provider|spiffe-csi-driver|` +
	`(istio-)?pilot|install-cni|istio-cni|(istio-)?ztunnel)(-rhel[0-9]+)?([:@]|$)`

var componentImages = pattern.Lazy(ComponentImages)

// componentWords are words of which the name of each such image has one. They are quicker to look for.
var componentWords = []string{"spire-", "oidc-", "spiffe-", "pilot", "cni", "ztunnel"}

func isComponentImage(image string) bool {
	return slices.ContainsFunc(componentWords, func(word string) bool { return strings.Contains(image, word) }) && componentImages().MatchString(image)
}

// ComponentLabels are those by which the charts label istiod, whatever its image is called.
var ComponentLabels = [][2]string{{"app", "istiod"}, {"istio", "pilot"}, {"k8s-app", "istio-cni-node"}, {"app", "ztunnel"}}

// Component returns what shows that a pod is a part of the mesh itself (a label, or a container's image), and its path; or nil. An init
// container shows nothing: applications fetch their certificates with SPIRE's agent in one.
func Component(p manifest.PodTemplate) (shows *yaml.Node, field string) {
	for i, container := range p.Containers() {
		if image := yamledit.Lookup(container, "image"); isComponentImage(yamledit.Text(image)) {
			return image, fieldpath.Join(fieldpath.Index(fieldpath.Join(p.SpecField(), "containers"), i), "image")
		}
	}
	at := slices.IndexFunc(ComponentLabels, func(l [2]string) bool { return yamledit.Text(p.PodLabel(l[0])) == l[1] })
	if at < 0 {
		return nil, ""
	}
	return p.PodLabel(ComponentLabels[at][0]), p.LabelField(ComponentLabels[at][0])
}
