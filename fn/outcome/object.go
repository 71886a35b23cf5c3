package outcome

import (
	"strings"

	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/manifest"
)

// Object says what was done to an object that is not a pod, or that enmesh created.
type Object struct {
	// Resource is the object.
	Resource manifest.ResourceRef `json:"resource"`
	// Place is where the object starts or, if enmesh created it, the object beside it.
	Place manifest.Place `json:"place"`
	// Outcome is Added, Patched, Removed or, in the mode Check, Missing.
	Outcome Reason `json:"outcome"`
	// Message describes the outcome in a sentence.
	Message string `json:"message"`
	// Changes are the paths of the fields that were added or removed or, in the mode Check, are missing. Of an object that was added, they
	// are those that differ from what is asked for.
	Changes []string `json:"changes,omitempty"`
	// Fails: the object fails the job.
	Fails bool `json:"fails,omitempty"`
}

// Sentence describes what was done.
func (o Object) Sentence() string {
	switch o.Outcome {
	case Added:
		if len(o.Changes) == 0 {
			return "added"
		}
		return "added, with " + strings.Join(o.Changes, ", ") + " PERMISSIVE, because the API server calls it"
	case Removed:
		if len(o.Changes) == 0 {
			return "removed"
		}
		return "removed " + strings.Join(o.Changes, ", ")
	case Missing:
		if len(o.Changes) == 0 || o.Resource.Kind == keys.PeerAuthentication {
			return "is missing"
		}
		return "lacks " + strings.Join(o.Changes, ", ")
	}
	return "patched: " + strings.Join(o.Changes, ", ")
}
