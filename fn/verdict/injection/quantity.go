package injection

import (
	"slices"
	"strconv"
	"strings"

	"enmesh.dev/enmesh/fn/pattern"
)

// quantity is the syntax of a quantity of Kubernetes, such as 100m, 1.5Gi or 2e3: a number, and a unit or an exponent.
var quantity = pattern.Lazy(`^([+-]?[0-9]*(?:\.[0-9]*)?)(?:[numkMGTPE]?|([KMGTPE]i)|[eE]([+-]?[0-9]+))$`)

// isQuantity says whether Kubernetes reads a value as a quantity. Its own parser links CBOR into the program, and computes for hours
// on 1e-1000000000. It takes a number without digits for 0 where it does not have to compute much.
func isQuantity(v string) bool {
	parts := quantity().FindStringSubmatch(v)
	if v == "" || parts == nil {
		return false
	}
	number, binary, decimal := parts[1], parts[2], parts[3]
	exponent, err := strconv.ParseInt(decimal, 10, 64)
	if decimal != "" && err != nil {
		return false
	}
	return strings.ContainsAny(number, "0123456789") || !slices.Contains([]string{"Pi", "Ei"}, binary) && int32(exponent) >= -9
}
