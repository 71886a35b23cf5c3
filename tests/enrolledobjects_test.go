package tests

import (
	"bytes"

	goyaml "go.yaml.in/yaml/v3"
	"sigs.k8s.io/yaml"

	"enmesh.dev/enmesh/fn"
	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/stream"
)

// Objects before and after enrollment, decoded, for the laws of what enrolls the same objects in another way.

// objects decodes the objects of a stream.
func objects(input string) (all []map[string]any) {
	for document := range stream.Split([]byte(input)) {
		var object map[string]any
		if yaml.Unmarshal([]byte(input)[document.Start:document.End], &object) != nil || object == nil {
			continue
		}
		items, isList := object["items"].([]any)
		if !isList {
			all = append(all, object)
		}
		for _, item := range items {
			if object, ok := item.(map[string]any); ok {
				all = append(all, object)
			}
		}
	}
	return all
}

// enrolledObjects enrolls objects, and returns them with the outcomes of the pods of each.
func enrolledObjects(spec config.MeshEnrollmentSpec, before []map[string]any) (after []map[string]any, outcomes [][]outcome.Reason, err error) {
	transformer, err := fn.New(config.MeshEnrollment{Spec: spec})
	if err != nil {
		return nil, nil, err
	}
	for _, object := range before { // one by one, so that each has its own
		text, err := goyaml.Marshal(object)
		if err != nil {
			return nil, nil, err
		}
		out, err := transformer.Transform(stream.Stream{Name: "in", Bytes: text})
		if err != nil {
			return nil, nil, err
		}
		var b bytes.Buffer
		for _, edits := range out.Edits {
			if _, err := edits.WriteTo(&b); err != nil {
				return nil, nil, err
			}
		}
		var enrolled map[string]any
		if err := yaml.Unmarshal(b.Bytes(), &enrolled); err != nil {
			return nil, nil, err
		}
		var reasons []outcome.Reason
		for _, pod := range out.Pods {
			reasons = append(reasons, pod.Outcome)
		}
		after, outcomes = append(after, enrolled), append(outcomes, reasons)
	}
	return after, outcomes, nil
}

// templatePath is where an object that Kubernetes itself makes pods of has its pod template, or nil. A Pod is its own.
func templatePath(object map[string]any) []string {
	switch object["kind"] {
	case "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job":
		return []string{"spec", "template"}
	case "CronJob":
		return []string{"spec", "jobTemplate", "spec", "template"}
	case "Pod":
		return []string{}
	}
	return nil
}
