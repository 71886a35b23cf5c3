package config

import (
	"errors"
	"fmt"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"

	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/validation"

	"enmesh.dev/enmesh/fn/fieldpath"
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/pattern"
)

// Validate checks the values of a MeshEnrollment after Default. The error is a *Error that names each invalid field by its
// path.
func (e *MeshEnrollment) Validate() error {
	s := &e.Spec
	var v validator
	oneOf(&v, "spec.mode", s.Mode, Enroll, Check, Unenroll)
	if problem := checkPreset(s.Preset); problem != "" {
		v.problems = append(v.problems, problem)
	}
	oneOf(&v, "spec.hooks", s.Hooks, SkipHooks, EnrollHooks)
	oneOf(&v, "spec.workloadSocket.provider", s.WorkloadSocket.Provider, TemplateSocket, PodSocket)
	v.check(s.All && len(s.Targets) > 0, "spec.all", "cannot be used together with spec.targets", nil)
	v.selectors("spec.targets", s.Targets)
	v.selectors("spec.exclude", s.Exclude)
	v.selectors("spec.gateways", s.Gateways)
	v.each("spec.namespace", s.Namespace, validation.IsDNS1123Label)
	v.each("spec.revision", s.Revision, validation.IsValidLabelValue)
	v.each("spec.identityLabel.key", s.IdentityLabel.Key, validation.IsQualifiedName)
	v.check(slices.Contains([]string{keys.Inject, keys.Revision}, s.IdentityLabel.Key), "spec.identityLabel.key",
		"must not be a label that Istio reads", s.IdentityLabel.Key)
	v.each("spec.identityLabel.value", s.IdentityLabel.Value, validation.IsValidLabelValue)
	v.check(s.TrustDomain != "" && !isTrustDomain(s.TrustDomain), "spec.trustDomain", trustDomainRule, s.TrustDomain)
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
		for i, domain := range s.ClusterSPIFFEID.FederatesWith {
			field := fieldpath.Index("spec.clusterSPIFFEID.federatesWith", i)
			v.check(!isTrustDomain(domain), field, trustDomainRule, domain)
			v.check(domain != "" && domain == s.TrustDomain, field, "must be another trust domain than spec.trustDomain", domain)
		}
	}
	for i, t := range s.PodTemplates {
		field := fieldpath.Index("spec.podTemplates", i)
		v.check(t.Kind == "", field+".kind", "must be set", nil)
		v.check(!keyPath().MatchString(t.Path), field+".path",
			"must be keys separated by slashes, such as spec/podTemplate or spec/jobs[]/template", t.Path)
	}
	if v.problems != nil {
		return &Error{Problems: v.problems}
	}
	return nil
}

// trustDomain is the syntax of the SPIFFE ID specification, section 2.1.
var trustDomain = pattern.Lazy(`^[a-z0-9._-]+$`)

const trustDomainRule = "must consist of at most 255 lower-case letters, digits, dots, dashes and underscores"

func isTrustDomain(name string) bool { return len(name) <= 255 && trustDomain().MatchString(name) }

// keyPath is kustomize's syntax, in which [] leads to the items of a list.
var keyPath = pattern.Lazy(`^[^/\[\]*]+(\[\])?(/[^/\[\]*]+(\[\])?)*$`)

// validator collects problems.
type validator struct{ problems []string }

// problem says what a field must be, and what it is, if that helps.
func problem(field, must string, is any) string {
	if is == nil {
		return field + ": " + must
	}
	return fmt.Sprintf("%s: %s, got %q", field, must, is)
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
	v.check(!slices.Contains(allowed, value), field, "must be "+either(names), string(value))
}

// either returns `A, B or C`.
func either(names []string) string {
	last := len(names) - 1
	if last == 0 {
		return names[0]
	}
	return strings.Join(names[:last], ", ") + " or " + names[last]
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

func (v *validator) selectors(field string, specs []Selector) {
	for i, s := range specs {
		at := fieldpath.Index(field, i)
		v.pattern(at+".group", s.Group)
		v.pattern(at+".version", s.Version)
		v.pattern(at+".kind", s.Kind)
		v.pattern(at+".name", s.Name)
		v.pattern(at+".namespace", s.Namespace)
		v.query(at+".labelSelector", s.LabelSelector)
		v.query(at+".annotationSelector", s.AnnotationSelector)
	}
}

func (v *validator) pattern(field, pattern string) {
	if pattern == "" {
		return
	}
	_, err := Pattern(pattern)
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
	v.check(len(names) == 0, field, "must have at least one template", nil)
	for i, name := range names {
		v.check(name == "" || strings.ContainsAny(name, ", \t\n"), fieldpath.Index(field, i), "must be a template name", name)
	}
}

func (v *validator) file(field, name string) {
	v.check(name == "." || name == ".." || strings.Contains(name, "/") || strings.ContainsFunc(name, unicode.IsControl), field,
		"must be a file name without a path", name)
}
