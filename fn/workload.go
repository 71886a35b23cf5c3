package fn

import (
	"strings"

	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/resid"
)

// builtinPodTemplates tells where each known kind holds its pod template. An empty path is the object itself; an empty
// group is the core group, and an empty version any version.
var builtinPodTemplates = []PodTemplate{
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

func at(group, kind, path string) PodTemplate {
	version := ""
	if group == "" {
		version = "v1" // what bears no version is no object
	}
	return PodTemplate{FieldSpec: types.FieldSpec{Gvk: resid.Gvk{Group: group, Version: version, Kind: kind}, Path: path}}
}

// workloads is the table of kinds that hold pods.
type workloads map[string][]workload

// workload is a row of the table, compiled.
type workload struct {
	PodTemplate
	anyGroup bool
	path     []string
}

func newWorkloads(custom []PodTemplate) workloads {
	table := workloads{}
	for _, t := range custom { // first, so that they win
		table.add(t, t.Group == "")
	}
	for _, t := range builtinPodTemplates {
		table.add(t, false)
	}
	return table
}

func (w workloads) add(t PodTemplate, anyGroup bool) {
	row := workload{PodTemplate: t, anyGroup: anyGroup}
	if t.Path != "" {
		row.path = strings.Split(t.Path, "/")
	}
	w[t.Kind] = append(w[t.Kind], row)
}

// find returns the row for an object's type.
func (w workloads) find(apiVersion, kind string) (workload, bool) {
	rows := w[kind]
	if rows == nil {
		return workload{}, false
	}
	group, version := groupVersion(apiVersion)
	for _, row := range rows {
		if apiVersion != "" && (row.anyGroup || row.Group == group) && (row.Version == "" || row.Version == version) {
			return row, true
		}
	}
	return workload{}, false
}

// groupVersion splits an apiVersion; the core group is empty.
func groupVersion(apiVersion string) (group, version string) {
	if group, version, found := strings.Cut(apiVersion, "/"); found {
		return group, version
	}
	return "", apiVersion
}
