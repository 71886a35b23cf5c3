package krm

import (
	"cmp"
	"errors"
	"slices"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn"
	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/stream"
	"enmesh.dev/enmesh/fn/yamledit"
)

// inputName is the name of the input in messages.
const inputName = "<stdin>"

// output is what the function writes.
type output struct {
	outcome.Edits // of the ResourceList: they enroll the pods of its items and add the results
	results       []result
	failed        bool // then the items are unchanged
}

// transform fails if the input is not a ResourceList.
func transform(input []byte) (*output, error) {
	list, err := parse(input)
	if err != nil {
		return nil, err
	}
	edits, results, failed := enroll(list.stream, yamledit.Lookup(list.Root(), "functionConfig"))
	if failed {
		edits = nil
	}
	added, err := list.addResults(results)
	if err != nil {
		return nil, err
	}
	edits = append(edits, added...)
	slices.SortStableFunc(edits, func(a, b yamledit.Edit) int { return cmp.Compare(a.Start, b.Start) })
	return &output{outcome.Edits{Stream: list.stream, List: edits}, results, failed}, nil
}

// resourceList is the ResourceList with as few items as possible: if it can be cut into its items, all but the last are left
// out.
type resourceList struct {
	*yamledit.Document
	offset func(int) int // turns an offset in the document into one in the input
	stream stream.Stream // the input
}

// parse reads a ResourceList.
func parse(input []byte) (*resourceList, error) {
	in := stream.Stream{Name: inputName, Bytes: input, Cut: cut(input)}
	text, offset := input, func(at int) int { return at }
	if in.Cut != nil {
		text, offset = in.Cut.List.Outline, in.Cut.List.Offset
	}
	doc, err := yamledit.Parse(text)
	if err != nil && len(text) < len(input) {
		text, offset = input, func(at int) int { return at }
		doc, err = yamledit.Parse(input)
	}
	if err != nil {
		return nil, errors.New("the input is not valid YAML: " + err.Error())
	}
	root := doc.Root()
	if root == nil || root.Kind != yaml.MappingNode || yamledit.Text(yamledit.Lookup(root, "kind")) != "ResourceList" {
		return nil, errors.New("the input is not a ResourceList (config.kubernetes.io/v1): kustomize or kpt runs this function; " +
			"for plain manifests use enmesh")
	}
	return &resourceList{doc, offset, in}, nil
}

// cut returns the list if the input is one document that can be cut, or nil.
func cut(input []byte) *stream.Cut {
	documents := 0
	for range stream.Split(input) {
		documents++
	}
	if documents != 1 {
		return nil
	}
	return stream.NewCut(input)
}

// enroll returns the edits of the list's items, the results, and whether the job failed. An error in the configuration or in an item
// becomes a result.
func enroll(input stream.Stream, functionConfig *yaml.Node) ([]yamledit.Edit, []result, bool) {
	enrollment, err := decodeConfig(functionConfig)
	if err != nil {
		return nil, configResults(functionConfig, err), true
	}
	if len(enrollment.Spec.Cluster) > 0 {
		return nil, configResults(functionConfig, &config.Error{Problems: []string{"spec.cluster: a KRM function reads no files; " +
			"what is in the cluster can be among its items, with the annotation config.kubernetes.io/local-config"}}), true
	}
	transformer, err := fn.New(enrollment)
	if err != nil {
		return nil, configResults(functionConfig, err), true
	}
	out, err := transformer.Transform(input)
	if err != nil {
		return nil, []result{errorResult(err)}, true
	}
	results, failed := newResults(out)
	return out.Edits[0].List, results, failed
}

// addResults returns the edits of the input that add the results to the list.
func (l *resourceList) addResults(results []result) ([]yamledit.Edit, error) {
	if len(results) == 0 {
		return nil, nil
	}
	node := func(i int) *yaml.Node { return results[i].node() }
	if err := l.MergeLong(l.Root(), "results", len(results), node); err != nil {
		return nil, err
	}
	edits, err := l.Finish()
	for i, e := range edits {
		edits[i].Start, edits[i].End = l.offset(e.Start), l.offset(e.End)
	}
	return edits, err
}
