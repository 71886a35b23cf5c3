package manifest

import (
	"slices"
	"strings"

	"enmesh.dev/enmesh/fn/config"
)

// Kinds is the table of kinds that hold pods.
type Kinds map[string][]Kind

// Kind is a row of the table, compiled.
type Kind struct {
	config.PodTemplate
	// IsJob: the pods must complete.
	IsJob bool
	// NoTemplate: the operator passes nothing on, so the object has no pod template.
	NoTemplate bool
	// IsCustom: the row is not a built-in one.
	IsCustom bool

	*operated
	anyGroup bool
	path     []string
}

// operated says what else an operator takes from an object for its pods. The paths are those of fields of the object.
type operated struct {
	// Drops names pods to which the operator does not pass labels and annotations on. If there are paths in dropsIf, it makes them only for an
	// object that has one of these.
	Drops, dropsIf string
	// needs is what must be there before a pod template is created, because it asks for the pods; unless is what turns them off.
	needs, unless string
	// spec is where an object with MetadataOnly has fields of the pod's spec, by their names in a pod.
	spec string
	// volumes: those of the fields are passed on to the pod.
	volumes bool
	// inner leads to further templates of some of the pods. What they set is merged into what all pods get, or overrides it.
	inner string
	// accountField names the pod's service account. Without it, the account is accountName, in which * stands for the object's name.
	accountField, accountName string
}

// NewKinds returns the built-in kinds and the custom ones.
func NewKinds(custom []config.PodTemplate) Kinds {
	table := Kinds{}
	for _, t := range custom {
		table.add(CustomKind(t))
	}
	for i := range builtinKinds {
		table.add(builtinKinds[i].compile())
	}
	return table
}

// CustomKind returns the row of a custom kind.
func CustomKind(t config.PodTemplate) Kind {
	return Kind{PodTemplate: t, IsCustom: true, anyGroup: t.Group == "", operated: &operated{}, path: steps(t.Path)}
}

// Jobs returns the types of jobs, as GROUP/KIND, in alphabetical order.
func (k Kinds) Jobs() []string {
	var types []string
	for _, rows := range k {
		for _, row := range rows {
			if name := row.Group + "/" + row.PodTemplate.Kind; row.IsJob && !slices.Contains(types, name) {
				types = append(types, name)
			}
		}
	}
	slices.Sort(types)
	return types
}

func (k Kinds) add(row Kind) { k[row.PodTemplate.Kind] = append(k[row.PodTemplate.Kind], row) }

// steps are the keys of a path.
func steps(path string) []string {
	if path == "" {
		return nil
	}
	return strings.Split(path, "/")
}

// Find returns the rows for the type of an object: one for each path to pod templates. Custom rows override the built-in ones.
func (k Kinds) Find(apiVersion, kind string) []Kind {
	rows := k[kind]
	if rows == nil || apiVersion == "" {
		return nil
	}
	group, version := GroupVersion(apiVersion)
	var found []Kind
	for _, row := range rows {
		if !(row.anyGroup || row.Group == group) || row.Version != "" && row.Version != version {
			continue
		}
		if len(found) > 0 && (found[0].IsCustom != row.IsCustom || slices.ContainsFunc(found, func(other Kind) bool { return other.Path == row.Path })) {
			continue
		}
		found = append(found, row)
	}
	return found
}

// DropsPodsOf says whether the operator makes pods for the object to which it does not pass labels and annotations on.
func (k *Kind) DropsPodsOf(o Object) bool {
	return k.Drops != "" && (k.dropsIf == "" || slices.ContainsFunc(strings.Fields(k.dropsIf), func(path string) bool {
		return len(PodTemplate{Object: o, Template: o.Node}.find(steps(path))) > 0
	}))
}

// GroupVersion splits an apiVersion; the core group is empty.
func GroupVersion(apiVersion string) (group, version string) {
	if group, version, found := strings.Cut(apiVersion, "/"); found {
		return group, version
	}
	return "", apiVersion
}
