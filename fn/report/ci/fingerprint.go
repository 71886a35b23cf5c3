package ci

import (
	"encoding/hex"
	"hash/fnv"
	"strconv"
	"strings"

	"enmesh.dev/enmesh/fn/report"
)

// fingerprints counts the results that are alike.
type fingerprints map[string]int

// of returns the fingerprint of a result. It follows from the rule, the object, the pod template and the field, and of those that are alike
// in this from their order. So it stays the same on each machine, when lines move, and when other findings come and go. What has no object
// is told apart by its file.
func (f fingerprints) of(r report.Result, at location) string {
	parts := []string{r.Rule, r.Resource.Group(), r.Resource.Kind, r.Resource.Namespace, r.Resource.Name, "", r.Field}
	switch {
	case r.Resource.Kind == "":
		parts = append(parts, at.file)
	case r.Pod != nil:
		parts[5] = r.Pod.Template
	}
	key := strings.Join(parts, "\x00")
	f[key]++
	hash := fnv.New128a()
	hash.Write([]byte(key + "\x00" + strconv.Itoa(f[key])))
	return hex.EncodeToString(hash.Sum(nil))
}
