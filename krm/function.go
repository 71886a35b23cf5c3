package main

import (
	"errors"
	"slices"

	"enmesh.dev/enmesh/fn"
	"enmesh.dev/enmesh/fn/yamledit"
	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/kyaml/fn/framework"
)

// inputName is what messages call the input.
const inputName = "<stdin>"

// transform returns the ResourceList with the pods of its items enrolled and the results added, and these results. Where
// one of them is an error the items are as they were. It fails where the input is no ResourceList.
func transform(input []byte) ([]byte, []framework.Result, error) {
	list, err := parse(input)
	if err != nil {
		return nil, nil, err
	}
	results, err := enroll(list)
	if err != nil || hasError(results) {
		if list, err = parse(input); err != nil { // without the edits
			return nil, nil, err
		}
	}
	output, err := finish(input, list, results)
	return output, results, err
}

// parse reads a ResourceList.
func parse(input []byte) (*yamledit.Document, error) {
	doc, err := yamledit.Parse(input)
	if err != nil {
		return nil, errors.New("the input is not valid YAML: " + err.Error())
	}
	root := doc.Root()
	if root == nil || root.Kind != yaml.MappingNode || scalar(yamledit.Lookup(root, "kind")) != "ResourceList" {
		return nil, errors.New("the input is no ResourceList (config.kubernetes.io/v1): kustomize or kpt runs this function; " +
			"for plain manifests there is enmesh")
	}
	return doc, nil
}

// enroll queues the edits on the list's items. What is wrong comes back as results.
func enroll(list *yamledit.Document) ([]framework.Result, error) {
	config := yamledit.Lookup(list.Root(), "functionConfig")
	enrollment, err := decodeConfig(config)
	if err != nil {
		return configResults(config, err), nil
	}
	transformer, err := fn.New(enrollment)
	if err != nil {
		return configResults(config, err), nil
	}
	outcome, err := transformer.Queue(inputName, list)
	if err != nil {
		return []framework.Result{errorResult(err)}, nil
	}
	spec := enrollment.Spec
	return slices.Concat(podResults(outcome.Pods, spec), objectResults(outcome.Objects), findingResults(outcome.Findings, spec)), nil
}

// finish adds the results to the list and returns its text.
func finish(input []byte, list *yamledit.Document, results []framework.Result) ([]byte, error) {
	if len(results) > 0 {
		items, err := yamledit.FromJSON(results)
		if err != nil {
			return nil, err
		}
		if err := list.Merge(list.Root(), yamledit.Map(yamledit.Entry{Key: "results", Value: items})); err != nil {
			return nil, err
		}
	}
	edits, err := list.Finish()
	if err != nil {
		return nil, err
	}
	return yamledit.Splice(input, edits), nil
}

func scalar(n *yaml.Node) string {
	if n == nil || n.Kind != yaml.ScalarNode {
		return ""
	}
	return n.Value
}
