package config

import (
	"encoding/json"
	"time"
)

// The types of this file have the fields of Kubernetes' own of the same names, which a test compares. Those are in packages that link a
// whole client into the program: protobuf, CBOR, HTTP/2.

// TypeMeta is the type of an object.
type TypeMeta struct {
	// Kind is the name of this type.
	Kind string `json:"kind,omitempty"`
	// APIVersion is the version of this type.
	APIVersion string `json:"apiVersion,omitempty"`
}

// ObjectMeta is the metadata of an object. enmesh reads none of it.
type ObjectMeta struct {
	Name                       string               `json:"name,omitempty"`
	GenerateName               string               `json:"generateName,omitempty"`
	Namespace                  string               `json:"namespace,omitempty"`
	SelfLink                   string               `json:"selfLink,omitempty"`
	UID                        string               `json:"uid,omitempty"`
	ResourceVersion            string               `json:"resourceVersion,omitempty"`
	Generation                 int64                `json:"generation,omitempty"`
	CreationTimestamp          time.Time            `json:"creationTimestamp,omitzero"`
	DeletionTimestamp          *time.Time           `json:"deletionTimestamp,omitempty"`
	DeletionGracePeriodSeconds *int64               `json:"deletionGracePeriodSeconds,omitempty"`
	Labels                     map[string]string    `json:"labels,omitempty"`
	Annotations                map[string]string    `json:"annotations,omitempty"`
	OwnerReferences            []OwnerReference     `json:"ownerReferences,omitempty"`
	Finalizers                 []string             `json:"finalizers,omitempty"`
	ManagedFields              []ManagedFieldsEntry `json:"managedFields,omitempty"`
}

// OwnerReference names an owner of an object.
type OwnerReference struct {
	APIVersion         string `json:"apiVersion"`
	Kind               string `json:"kind"`
	Name               string `json:"name"`
	UID                string `json:"uid"`
	Controller         *bool  `json:"controller,omitempty"`
	BlockOwnerDeletion *bool  `json:"blockOwnerDeletion,omitempty"`
}

// ManagedFieldsEntry says which fields of an object a program manages.
type ManagedFieldsEntry struct {
	Manager     string          `json:"manager,omitempty"`
	Operation   string          `json:"operation,omitempty"`
	APIVersion  string          `json:"apiVersion,omitempty"`
	Time        *time.Time      `json:"time,omitempty"`
	FieldsType  string          `json:"fieldsType,omitempty"`
	FieldsV1    json.RawMessage `json:"fieldsV1,omitempty"`
	Subresource string          `json:"subresource,omitempty"`
}

// CSIVolumeSource is a volume of the CSI driver, as in a pod.
type CSIVolumeSource struct {
	// Driver is the name of the CSI driver.
	Driver string `json:"driver"`
	// ReadOnly must be true: the SPIFFE CSI driver requires it.
	ReadOnly *bool `json:"readOnly,omitempty"`
	// FSType is the file system to mount.
	FSType *string `json:"fsType,omitempty"`
	// VolumeAttributes are properties that the driver reads.
	VolumeAttributes map[string]string `json:"volumeAttributes,omitempty"`
	// NodePublishSecretRef names the Secret with the driver's credentials.
	NodePublishSecretRef *LocalObjectReference `json:"nodePublishSecretRef,omitempty"`
}

// LocalObjectReference names an object of the same namespace.
type LocalObjectReference struct {
	// Name of the object.
	Name string `json:"name,omitempty"`
}
