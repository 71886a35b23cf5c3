package manifest

import (
	"strings"

	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/resid"

	"enmesh.dev/enmesh/fn/config"
)

// builtinPodTemplates says where each known kind has its pod template. An empty path is the object itself, an empty group is
// the core group, and an empty version is any version.
var builtinPodTemplates = []config.PodTemplate{
	at("", "Pod", ""),
	at("", "PodTemplate", "template"),
	at("", "ReplicationController", "spec/template"),
	at("apps", "Deployment", "spec/template"),
	at("apps", "ReplicaSet", "spec/template"),
	at("apps", "StatefulSet", "spec/template"),
	at("apps", "DaemonSet", "spec/template"),
	at("extensions", "Deployment", "spec/template"),
	at("extensions", "ReplicaSet", "spec/template"),
	at("extensions", "DaemonSet", "spec/template"),
	at("batch", "Job", "spec/template"),
	at("batch", "CronJob", "spec/jobTemplate/spec/template"),
	at("", "DeploymentConfig", "spec/template"),
	at("apps.openshift.io", "DeploymentConfig", "spec/template"),
	at("argoproj.io", "Rollout", "spec/template"),
	at("serving.knative.dev", "Service", "spec/template"),
}

func at(group, kind, path string) config.PodTemplate {
	version := ""
	if group == "" {
		version = "v1" // an object has an apiVersion
	}
	return config.PodTemplate{FieldSpec: types.FieldSpec{Gvk: resid.Gvk{Group: group, Version: version, Kind: kind}, Path: path}}
}

// Kinds is the table of kinds that hold pods.
type Kinds map[string][]Kind

// Kind is a row of the table, compiled.
type Kind struct {
	config.PodTemplate
	// IsBuiltin: the row is enmesh's own.
	IsBuiltin bool
	anyGroup  bool
	path      []string
}

// NewKinds returns the built-in kinds and the custom ones, which come first.
func NewKinds(custom []config.PodTemplate) Kinds {
	table := Kinds{}
	for _, t := range custom {
		table.add(Kind{PodTemplate: t, anyGroup: t.Group == ""})
	}
	for _, t := range builtinPodTemplates {
		table.add(Kind{PodTemplate: t, IsBuiltin: true})
	}
	return table
}

func (k Kinds) add(row Kind) {
	if row.Path != "" {
		row.path = strings.Split(row.Path, "/")
	}
	k[row.PodTemplate.Kind] = append(k[row.PodTemplate.Kind], row)
}

// Find returns the row for the type of an object.
func (k Kinds) Find(apiVersion, kind string) (Kind, bool) {
	rows := k[kind]
	if rows == nil {
		return Kind{}, false
	}
	group, version := GroupVersion(apiVersion)
	for _, row := range rows {
		if apiVersion != "" && (row.anyGroup || row.Group == group) && (row.Version == "" || row.Version == version) {
			return row, true
		}
	}
	return Kind{}, false
}

// GroupVersion splits an apiVersion; the core group is empty.
func GroupVersion(apiVersion string) (group, version string) {
	if group, version, found := strings.Cut(apiVersion, "/"); found {
		return group, version
	}
	return "", apiVersion
}
