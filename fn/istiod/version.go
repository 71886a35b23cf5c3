package istiod

import (
	"cmp"
	"strconv"
	"strings"

	"enmesh.dev/enmesh/fn/pattern"
)

// Version is a version of Istio, without its patch. The zero value stands for one that is not known.
type Version struct{ Major, Minor int }

// version matches 1.31.0, v1.31-latest and 1.31-alpha.5e1f.
var version = pattern.Lazy(`^v?([0-9]+)\.([0-9]+)([.-]|$)`)

// first is the first version that has an istiod. A chart that was not released says of itself that it is 1.0.0.
var first = Version{1, 5}

// NewVersion reads a version, such as that of an image. It returns the zero value if it is none of istiod.
func NewVersion(text string) Version {
	parts := version().FindStringSubmatch(strings.TrimSpace(text))
	if parts == nil {
		return Version{}
	}
	major, _ := strconv.Atoi(parts[1])
	minor, _ := strconv.Atoi(parts[2])
	if v := (Version{major, minor}); !v.IsBefore(first) {
		return v
	}
	return Version{}
}

// IsKnown says whether the version is known.
func (v Version) IsKnown() bool { return v != Version{} }

// IsBefore says whether the version is known, and is earlier than another.
func (v Version) IsBefore(other Version) bool {
	return v.IsKnown() && cmp.Or(cmp.Compare(v.Major, other.Major), cmp.Compare(v.Minor, other.Minor)) < 0
}

func (v Version) String() string { return strconv.Itoa(v.Major) + "." + strconv.Itoa(v.Minor) }
