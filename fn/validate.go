package fn

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"

	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/validation"
	"sigs.k8s.io/kustomize/api/types"
)

// Validate checks the values of a MeshEnrollment to which Default was applied. The error is a *ConfigError that names
// each wrong field by its path.
func (e *MeshEnrollment) Validate() error {
	s := &e.Spec
	var v validator
	oneOf(&v, "spec.mode", s.Mode, Enroll, Check, Unenroll)
	oneOf(&v, "spec.hooks", s.Hooks, SkipHooks, EnrollHooks)
	oneOf(&v, "spec.workloadSocket.provider", s.WorkloadSocket.Provider, TemplateSocket, PodSocket)
	v.check(s.All && len(s.Targets) > 0, "spec.all", "excludes spec.targets: all of the pods, or those that match", nil)
	v.selectors("spec.targets", s.Targets)
	v.selectors("spec.exclude", s.Exclude)
	v.selectors("spec.gateways", s.Gateways)
	v.each("spec.namespace", s.Namespace, validation.IsDNS1123Label)
	v.each("spec.revision", s.Revision, validation.IsValidLabelValue)
	v.each("spec.identityLabel.key", s.IdentityLabel.Key, validation.IsQualifiedName)
	v.check(slices.Contains([]string{injectKey, revisionKey}, s.IdentityLabel.Key), "spec.identityLabel.key",
		"must be a label that Istio does not read", s.IdentityLabel.Key)
	v.each("spec.identityLabel.value", s.IdentityLabel.Value, validation.IsValidLabelValue)
	v.check(s.TrustDomain != "" && (len(s.TrustDomain) > 255 || !trustDomain.MatchString(s.TrustDomain)), "spec.trustDomain",
		"must be a name of lower-case letters, digits, dots, dashes and underscores, 255 at most", s.TrustDomain)
	v.templates("spec.templates.sidecar", s.Templates.Sidecar)
	v.templates("spec.templates.gateway", s.Templates.Gateway)
	v.file("spec.workloadSocket.file", s.WorkloadSocket.File)
	v.check(s.WorkloadSocket.CSI.Driver == "", "spec.workloadSocket.csi.driver", "must be set", nil)
	v.check(s.WorkloadSocket.CSI.ReadOnly == nil || !*s.WorkloadSocket.CSI.ReadOnly, "spec.workloadSocket.csi.readOnly",
		"must be true: the SPIFFE CSI driver refuses any other mount", nil)
	if s.WorkloadAPI != nil {
		v.file("spec.workloadAPI.file", s.WorkloadAPI.File)
		v.check(!strings.HasPrefix(s.WorkloadAPI.MountPath, "/"), "spec.workloadAPI.mountPath", "must be an absolute path",
			s.WorkloadAPI.MountPath)
	}
	oneOf(&v, "spec.peerAuthentication", s.PeerAuthentication, "", "STRICT")
	oneOf(&v, "spec.peerAuthenticationVersion", s.PeerAuthenticationVersion, "v1", "v1beta1")
	if s.ClusterSPIFFEID != nil {
		v.each("spec.clusterSPIFFEID.name", s.ClusterSPIFFEID.Name, validation.IsDNS1123Subdomain)
		v.check(!strings.HasPrefix(s.ClusterSPIFFEID.SPIFFEIDTemplate, "spiffe://"), "spec.clusterSPIFFEID.spiffeIDTemplate",
			"must begin with spiffe://", s.ClusterSPIFFEID.SPIFFEIDTemplate)
	}
	for i, t := range s.PodTemplates {
		field := index("spec.podTemplates", i)
		v.check(t.Kind == "", field+".kind", "must be set", nil)
		v.check(!keyPath.MatchString(t.Path), field+".path",
			"must be keys with slashes between them, such as spec/podTemplate", t.Path)
	}
	if v.problems != nil {
		return &ConfigError{Problems: v.problems}
	}
	return nil
}

// trustDomain is the syntax of the SPIFFE ID specification, section 2.1.
var trustDomain = regexp.MustCompile(`^[a-z0-9._-]+$`)

// keyPath is kustomize's syntax without lists: a pod template is one.
var keyPath = regexp.MustCompile(`^[^/\[\]*]+(/[^/\[\]*]+)*$`)

// validator gathers problems.
type validator struct{ problems []string }

// problem words one: what must be, and what is, unless that goes without saying.
func problem(field, must string, is any) string {
	if is == nil {
		return field + ": " + must
	}
	return fmt.Sprintf("%s: %s, and is %q", field, must, is)
}

func (v *validator) check(wrong bool, field, must string, is any) {
	if wrong {
		v.problems = append(v.problems, problem(field, must, is))
	}
}

func oneOf[T ~string](v *validator, field string, value T, allowed ...T) {
	var names []string
	for _, a := range allowed {
		if a != "" {
			names = append(names, string(a))
		}
	}
	v.check(!slices.Contains(allowed, value), field, "must be one of "+strings.Join(names, ", "), string(value))
}

// each runs one of Kubernetes' own checks on a value that is set.
func (v *validator) each(field, value string, check func(string) []string) {
	if value == "" {
		return
	}
	for _, message := range check(value) {
		v.problems = append(v.problems, fmt.Sprintf("%s: %q: %s", field, value, message))
	}
}

func (v *validator) selectors(field string, specs []types.Selector) {
	for i, s := range specs {
		at := index(field, i)
		v.pattern(at+".group", s.Group)
		v.pattern(at+".version", s.Version)
		v.pattern(at+".kind", s.Kind)
		v.pattern(at+".name", s.Name)
		v.pattern(at+".namespace", s.Namespace)
		v.query(at+".labelSelector", s.LabelSelector)
		v.query(at+".annotationSelector", s.AnnotationSelector)
	}
}

// pattern compiles a regular expression as it stands, and as kustomize anchors it: `a\Q` is fine by itself.
func (v *validator) pattern(field, pattern string) {
	_, err := regexp.Compile(pattern)
	if err == nil {
		_, err = regexp.Compile("^(?:" + pattern + ")$")
	}
	var wrong *syntax.Error
	if errors.As(err, &wrong) {
		v.check(true, field, "must be a regular expression ("+wrong.Code.String()+")", pattern)
	}
}

func (v *validator) query(field, query string) {
	if _, err := labels.Parse(query); err != nil {
		v.check(true, field, "must be a selector, such as app=web,tier!=cache ("+err.Error()+")", query)
	}
}

func (v *validator) templates(field string, names []string) {
	v.check(len(names) == 0, field, "must name a template", nil)
	for i, name := range names {
		v.check(name == "" || strings.ContainsAny(name, ", \t\n"), index(field, i), "must be the name of a template", name)
	}
}

func (v *validator) file(field, name string) {
	v.check(name == "." || name == ".." || strings.Contains(name, "/") || strings.ContainsFunc(name, unicode.IsControl), field,
		"must be the name of a file, without a path", name)
}
