package fn_test

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/internal/oracle"
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/manifest"
	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/stream"
	"enmesh.dev/enmesh/fn/verdict"
	"enmesh.dev/enmesh/fn/yamledit"
)

// requireOneSource: a verdict says nothing that a finding contradicts, and what fails a check follows from both.
func requireOneSource(t *testing.T, e config.MeshEnrollment, text []byte) {
	t.Helper()
	for _, mode := range []config.Mode{config.Enroll, config.Check} {
		result, _, err := transform(e, mode, text)
		require.NoError(t, err)
		for _, p := range result.Pods {
			reported := p.VerdictReason == "" || p.VerdictReason.Meaning() != "" || p.VerdictReason.StaysOutside()
			for _, f := range p.Findings {
				explained, ok := verdict.Explain(f.Reason)
				require.True(t, ok, f.Reason)
				require.False(t, p.Verdict == outcome.SPIRE && explained.Verdict != "", "%s is SPIRE beside %s", p.Resource, f.Reason)
				reported = reported || f.Reason == p.VerdictReason && explained.Verdict == p.Verdict
				require.False(t, f.Fails && (f.Accepted || f.Severity == outcome.Info), "%s fails by %s", p.Resource, f.Reason)
			}
			require.True(t, reported, "%s is %s by %s, which is no finding with that effect", p.Resource, p.Verdict, p.VerdictReason)
			require.Equal(t, p.Verdict == outcome.SPIRE, p.VerdictReason == "" && p.Verdict != "", "%s", p.Resource)
			if mode == config.Check && p.Outcome.IsSelected() {
				require.Equal(t, p.LacksSettings() || p.Verdict != outcome.SPIRE && !p.VerdictAccepted, p.Fails, "%s", p.Resource)
			}
		}
	}
}

// requireNamed: what an edit adds, replaces or removes is named among the changes of a pod or an object.
func requireNamed(t *testing.T, mode config.Mode, e config.MeshEnrollment, text []byte) {
	t.Helper()
	result, output, err := transform(e, mode, text)
	if err != nil {
		return // refused, so nothing is overruled
	}
	before, err := decode(text)
	if err != nil {
		return // a decoder is stricter than the parser
	}
	after, err := decode(output)
	require.NoError(t, err)
	named := map[string][][]string{}
	for _, p := range result.Pods {
		named[p.Resource.Name] = append(named[p.Resource.Name], steps(p.Changes)...)
	}
	for _, o := range result.Objects {
		named[o.Resource.Name] = append(named[o.Resource.Name], steps(o.Changes)...)
	}
	old, now := objectsOf(withoutAdded(before)), objectsOf(withoutAdded(after))
	require.Len(t, now, len(old))
	for i := range old {
		name := cmp.Or(textOf(get(old[i], "metadata", "name")), textOf(get(old[i], "metadata", "generateName")))
		for _, gained := range losses(now[i], old[i], nil) {
			require.True(t, mode == config.Unenroll || slices.ContainsFunc(named[name], func(change []string) bool { return covers(change, gained) }),
				"%s of %s is added without a word: the changes are %q", gained, name, named[name])
		}
		for _, lost := range losses(old[i], now[i], nil) {
			require.True(t, slices.ContainsFunc(named[name], func(change []string) bool { return covers(change, lost) }),
				"%s of %s is overruled in silence: the changes are %q", lost, name, named[name])
		}
	}
}

// losses lists the paths of what is no longer there, or no longer the same.
func losses(before, after any, path []string) [][]string {
	switch b := before.(type) {
	case map[string]any:
		if a, ok := after.(map[string]any); ok {
			var lost [][]string
			for key, child := range b {
				lost = append(lost, losses(child, a[key], append(slices.Clone(path), key))...)
			}
			return lost
		}
		if len(b) == 0 && after == nil {
			return nil
		}
	case []any:
		if a, ok := after.([]any); ok {
			var lost [][]string
			for i, child := range b {
				name, at := textOf(get(child, "name")), i
				if name != "" && (i >= len(a) || textOf(get(a[i], "name")) != name) {
					at = slices.IndexFunc(a, func(other any) bool { return textOf(get(other, "name")) == name })
				}
				if name == "" {
					if slices.ContainsFunc(a, func(other any) bool { return reflect.DeepEqual(other, child) }) {
						continue // items above it may have gone
					}
				}
				var other any
				if at >= 0 && at < len(a) {
					other = a[at]
				}
				lost = append(lost, losses(child, other, append(slices.Clone(path), strconv.Itoa(i)+"="+name))...)
			}
			return lost
		}
		if len(b) == 0 && after == nil {
			return nil
		}
	}
	if before == nil || fmt.Sprint(before) == fmt.Sprint(after) && fmt.Sprintf("%T", before) == fmt.Sprintf("%T", after) {
		return nil
	}
	return [][]string{path}
}

// covers says whether a change is at a path, above it or below it. An item of a list goes by its index or by its name.
func covers(change, path []string) bool {
	for i := range min(len(change), len(path)) {
		index, name, isItem := strings.Cut(path[i], "=")
		if change[i] != path[i] && !(isItem && (change[i] == index || change[i] == name)) {
			return false
		}
	}
	return true
}

func textOf(value any) string {
	if value == nil {
		return ""
	}
	return fmt.Sprint(value)
}

// steps splits the paths of changes: spec.template.metadata.labels[app] and spec.containers[0] into their keys, names and indexes. A
// document inside of a value is a part of the value.
func steps(changes []string) [][]string {
	var all [][]string
	for _, change := range changes {
		change, _, _ = strings.Cut(change, ": ")
		var path []string
		for rest := change; rest != ""; {
			if inner, found := strings.CutPrefix(rest, "["); found {
				key, below, _ := strings.Cut(inner, "]")
				path, rest = append(path, key), strings.TrimPrefix(below, ".")
				continue
			}
			end := strings.IndexAny(rest, ".[")
			if end < 0 {
				end = len(rest)
			}
			path, rest = append(path, rest[:end]), strings.TrimPrefix(rest[end:], ".")
		}
		all = append(all, path)
	}
	return all
}

// objectsOf lists the objects in documents, also those in lists.
func objectsOf(documents []any) []any {
	var all []any
	for _, document := range documents {
		if items, ok := get(document, "items").([]any); ok && strings.HasSuffix(fmt.Sprint(get(document, "kind")), "List") {
			all = append(all, objectsOf(items)...)
		} else if document != nil {
			all = append(all, document)
		}
	}
	return all
}

func get(value any, path ...string) any {
	for _, key := range path {
		mapping, _ := value.(map[string]any)
		value = mapping[key]
	}
	return value
}

// requireMonotone: a check never passes because a mesh setting is taken away.
func requireMonotone(t *testing.T, e config.MeshEnrollment, enrolled []byte) {
	t.Helper()
	failed, optedOut := check(e, enrolled)
	for _, taken := range withoutSettings(t, e, enrolled) {
		fails, out := check(e, taken.text)
		if fails || !failed && out > optedOut { // without the label that says yes, another one says no
			continue
		}
		require.Fail(t, "a check passes", "without %s of %s; it failed before: %v", taken.setting, taken.pod, failed)
	}
}

// check says whether a check fails, and how many pods opt out.
func check(e config.MeshEnrollment, text []byte) (fails bool, optedOut int) {
	result, _, err := transform(e, config.Check, text)
	if err != nil {
		return true, 0
	}
	for _, p := range result.Pods {
		if p.Outcome == outcome.OptedOut {
			optedOut++
		}
	}
	pods, objects, findings := result.Failures()
	return pods+objects+findings > 0, optedOut
}

// maxTaken limits how many settings of a text are taken away: charts repeat themselves.
const maxTaken = 12

type withoutSetting struct {
	pod, setting string
	text         []byte
}

// withoutSettings takes each mesh setting away that enrollment wants of a pod, one at a time.
func withoutSettings(t *testing.T, e config.MeshEnrollment, enrolled []byte) []withoutSetting {
	t.Helper()
	result, _, err := transform(e, config.Check, enrolled)
	require.NoError(t, err)
	e.Default()
	wanted := map[string][]string{"labels": {keys.Inject, e.Spec.IdentityLabel.Key}}
	if e.Spec.WorkloadSocket.Provider == config.TemplateSocket {
		wanted["annotations"] = append(wanted["annotations"], keys.Templates)
	}
	if e.Spec.Revision != "" {
		wanted["labels"] = append(wanted["labels"], keys.Revision)
	}
	if e.Spec.WorkloadSocket.File != "" {
		wanted["annotations"] = append(wanted["annotations"], keys.ProxyConfig)
	}
	selected := map[string]bool{}
	for _, p := range result.Pods {
		selected[fmt.Sprint(p.Resource, p.Place.Line)] = p.Outcome == outcome.AlreadyEnrolled
	}
	kinds := manifest.NewKinds(e.Spec.PodTemplates)
	var taken []withoutSetting
	line := 0
	for span := range stream.Split(enrolled) {
		start := span.Start + stream.Body(enrolled[span.Start:span.End])
		above := strings.Count(string(enrolled[:start]), "\n")
		line = above
		for section, names := range wanted {
			for _, name := range names {
				doc, err := yamledit.Parse(enrolled[start:span.End])
				if err != nil {
					continue
				}
				pod := ""
				_ = manifest.Objects(doc, e.Spec.Namespace, func(o manifest.Object) error {
					for _, p := range manifest.PodTemplates(o, kinds.Find(o.Ref.APIVersion, o.Ref.Kind)) {
						at := yamledit.Lookup(p.Metadata(), section)
						if pod == "" && at != nil && at.Kind == yaml.MappingNode && selected[fmt.Sprint(o.Ref, line+o.Node.Line)] && !ownProxyEnv(p, name) &&
							slices.Contains(yamledit.Keys(at), name) && doc.Remove(at, name) == nil {
							pod = o.Ref.String()
						}
					}
					return nil
				})
				edits, err := doc.Finish()
				if pod == "" || err != nil || len(edits) == 0 {
					continue
				}
				text := slices.Concat(enrolled[:start], yamledit.Splice(enrolled[start:span.End], edits), enrolled[span.End:])
				if taken = append(taken, withoutSetting{pod, section + "[" + name + "]", text}); len(taken) == maxTaken {
					return taken
				}
			}
		}
	}
	return taken
}

// ownProxyEnv says whether the pod's own proxy has the socket file, so that the annotation is not needed.
func ownProxyEnv(p manifest.PodTemplate, name string) bool {
	own, _ := p.SocketFile()
	return name == keys.ProxyConfig && oracle.Text(yamledit.Text(own)) != ""
}
