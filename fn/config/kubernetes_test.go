package config_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	strictjson "sigs.k8s.io/json"
	"sigs.k8s.io/kustomize/api/types"

	"enmesh.dev/enmesh/fn/config"
)

// The types that have the names of Kubernetes' and kustomize's have their fields, and no others.
func TestTypesOfOthers(t *testing.T) {
	for _, c := range []struct{ own, others any }{
		{config.TypeMeta{}, metav1.TypeMeta{}},
		{config.ObjectMeta{}, metav1.ObjectMeta{}},
		{config.CSIVolumeSource{}, corev1.CSIVolumeSource{}},
		{config.Selector{}, types.Selector{}},
	} {
		requireSameFields(t, reflect.TypeOf(c.others), reflect.TypeOf(c.own))
	}
	own := jsonFields(reflect.TypeFor[config.PodTemplate]())
	require.Contains(t, own, "metadataOnly")
	delete(own, "metadataOnly")
	requireSame(t, "FieldSpec", jsonFields(reflect.TypeFor[types.FieldSpec]()), own)
}

// requireSameFields compares two types, and those of their fields.
func requireSameFields(t *testing.T, others, own reflect.Type) {
	t.Helper()
	switch {
	case others == reflect.TypeFor[metav1.Time]():
		require.Equal(t, reflect.TypeFor[time.Time](), own)
	case others == reflect.TypeFor[*metav1.FieldsV1](): // any JSON
		require.Equal(t, reflect.TypeFor[json.RawMessage](), own)
	default:
		require.Equal(t, others.Kind(), own.Kind())
		switch own.Kind() {
		case reflect.Struct:
			requireSame(t, own.Name(), jsonFields(others), jsonFields(own))
		case reflect.Map:
			requireSameFields(t, others.Key(), own.Key())
			requireSameFields(t, others.Elem(), own.Elem())
		case reflect.Pointer, reflect.Slice:
			requireSameFields(t, others.Elem(), own.Elem())
		}
	}
}

func requireSame(t *testing.T, name string, others, own map[string]reflect.Type) {
	t.Helper()
	for field, is := range others {
		require.Contains(t, own, field, name)
		requireSameFields(t, is, own[field])
	}
	require.Len(t, own, len(others), name)
}

// jsonFields are the types of a struct's fields, by their names in JSON.
func jsonFields(of reflect.Type) map[string]reflect.Type {
	fields := map[string]reflect.Type{}
	for field := range of.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case field.Anonymous && name == "":
			for name, inner := range jsonFields(field.Type) {
				fields[name] = inner
			}
		case field.IsExported():
			fields[name] = field.Type
		}
	}
	return fields
}

// The metadata that is accepted is that which Kubernetes accepts.
func FuzzMetadata(f *testing.F) {
	for _, text := range []string{`{}`, `null`, `[]`, `{"name": "a", "labels": {"b": "c"}}`, `{"Name": "a"}`, `{"name": 1}`, `{"labels": {"b": null}}`,
		`{"creationTimestamp": null}`, `{"creationTimestamp": "2026-01-02T03:04:05Z"}`, `{"creationTimestamp": "2026-01-02T3:04:05.5+01:00"}`,
		`{"creationTimestamp": "2026-01-02"}`, `{"creationTimestamp": 5}`, `{"creationTimestamp": ""}`, `{"deletionTimestamp": "2026-01-02T03:04:05,5Z"}`, `{"generation": 1.5}`,
		`{"ownerReferences": [{"apiVersion": "v1", "kind": "A", "name": "b", "uid": "c", "controller": true}]}`, `{"ownerReferences": [{"controllers": true}]}`,
		`{"managedFields": [{"manager": "a", "time": "2026-01-02T24:04:05Z", "fieldsV1": {"f:a": {".": null}}}]}`, `{"managedFields": [{"fieldsV1": null}, {"fieldsV1": 3}]}`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, `\`) {
			t.Skip() // time.Time reads no escapes; from YAML there are none in a time
		}
		unknown, err := strictjson.UnmarshalStrict([]byte(text), &config.ObjectMeta{})
		wantUnknown, wantErr := strictjson.UnmarshalStrict([]byte(text), &metav1.ObjectMeta{})
		require.Equal(t, wantErr == nil, err == nil, "%s: %v, not %v", text, err, wantErr)
		require.Equal(t, wantUnknown, unknown, text)
	})
}
