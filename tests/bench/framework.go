//go:build unix

package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	kyaml "sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/fn/framework/command"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// frameworkCommand makes this program the function that enmesh-fn is compared with.
const frameworkCommand = "framework"

// framework is a KRM function as kyaml's documentation shows how to write one. It sets the one label on every pod template.
func framework() {
	processor := kyaml.SimpleProcessor{Config: &yaml.RNode{}, Filter: kio.FilterFunc(func(items []*yaml.RNode) ([]*yaml.RNode, error) {
		for _, item := range items {
			kind := item.GetKind()
			for _, where := range podLabels {
				if !slices.Contains(strings.Fields(where.kinds), kind) {
					continue
				}
				labels := yaml.LookupCreate(yaml.MappingNode, strings.Split(where.path, "/")...)
				if err := item.PipeE(labels, yaml.SetField(label, yaml.NewStringRNode("true"))); err != nil {
					return nil, err
				}
			}
		}
		return items, nil
	})}
	if err := command.Build(processor, command.StandaloneDisabled, false).Execute(); err != nil {
		os.Exit(1)
	}
}

// framework measures enmesh-fn beside that function, on the same ResourceLists.
func (b *bench) framework() error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	inputs, err := b.both()
	if err != nil {
		return err
	}
	for _, in := range inputs {
		list, err := in.list(resourceListHead, ".resourcelist")
		if err != nil {
			return err
		}
		in.name += " as a ResourceList"
		samples, err := b.beside(in, max(3, *runs/3), form{"enmesh-fn", "", function(list)},
			form{"kyaml", "", withStdin(list, self, frameworkCommand)})
		if err != nil {
			return err
		}
		fmt.Println("    time", b.results.add("framework", over(samples[1].wall, samples[0].wall)))
	}
	return nil
}
