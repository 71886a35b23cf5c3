package schema

import (
	"reflect"
	"regexp"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/resid"
)

// foreign describes the fields of types that are not enmesh's own.
var foreign = map[reflect.Type]map[string]string{
	reflect.TypeFor[metav1.TypeMeta](): {
		"APIVersion": "Version of this type.",
		"Kind":       "Name of this type.",
	},
	reflect.TypeFor[resid.Gvk](): {
		"Group":   "API group of the workload. Group, version, kind, name and namespace are regular expressions that must match as a whole.",
		"Version": "API version of the workload.",
		"Kind":    "Kind of the workload.",
	},
	reflect.TypeFor[resid.ResId](): {
		"Name":      "Name of the workload.",
		"Namespace": "Namespace of the workload.",
	},
	reflect.TypeFor[types.Selector](): {
		"":                   "What a workload must be to match: all that is set.",
		"LabelSelector":      "Labels of the workload or of its pods, as in kubectl: app=web,tier!=cache.",
		"AnnotationSelector": "Annotations of the workload or of its pods, in the same form.",
	},
	reflect.TypeFor[types.FieldSpec](): {
		"Path":               "Where the pod template is: keys separated by slashes, such as spec/podTemplate or spec/jobs[]/template.",
		"CreateIfNotPresent": "Whether to create what the path names if the object does not have it.",
	},
	reflect.TypeFor[corev1.CSIVolumeSource](): {
		"":                     "A volume of the CSI driver, as in a pod.",
		"Driver":               "Name of the CSI driver.",
		"ReadOnly":             "The SPIFFE CSI driver requires true.",
		"FSType":               "The file system to mount.",
		"VolumeAttributes":     "Properties that the driver reads.",
		"NodePublishSecretRef": "The Secret with the driver's credentials.",
	},
	reflect.TypeFor[corev1.LocalObjectReference](): {
		"":     "An object of the same namespace.",
		"Name": "Its name.",
	},
}

// ofPodTemplate are the descriptions of a type that is embedded there, and means something else in a selector.
var ofPodTemplate = map[string]string{
	"group":   "API group of the objects. Without one, any group.",
	"version": "API version of the objects. Without one, any version.",
	"kind":    "Kind of the objects.",
}

// description is the comment of a type, or of a field, in terms of the JSON: fields have their names there, and a paragraph is one line.
func description(comments map[string]string, t reflect.Type, field string) string {
	if text, ok := foreign[t][field]; ok {
		return text
	}
	if !strings.HasPrefix(t.PkgPath(), module) {
		return ""
	}
	key := t.PkgPath() + "." + t.Name()
	if field != "" {
		key += "." + field
	}
	text := comments[key]
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if field == "" || name == "" {
			continue
		}
		if f.Name == field {
			text = regexp.MustCompile(`^`+f.Name+`\b`).ReplaceAllLiteralString(text, name)
			continue
		}
		// At the start of a sentence it may be a word.
		text = regexp.MustCompile(`([^.] )`+f.Name+`\b`).ReplaceAllString(text, "${1}"+name)
	}
	paragraphs := strings.Split(text, "\n\n")
	for i, p := range paragraphs {
		paragraphs[i] = strings.Join(strings.Fields(p), " ")
	}
	return strings.Join(paragraphs, "\n\n")
}
