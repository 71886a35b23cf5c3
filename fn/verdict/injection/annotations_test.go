package injection

import (
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/api/resource"
)

// exponent is that of a quantity. Kubernetes's parser computes for long with a large one.
var exponent = regexp.MustCompile(`[eE]([+-]?[0-9]+)$`)

// A quantity is what Kubernetes reads as one.
func FuzzQuantity(f *testing.F) {
	for _, number := range []string{"", "0", "1", "007", "+1.5", "-.5", "5.", ".", "+", "-", "1.2.3", "1,5", "--1", "1 ", "x", "12345678901234567890123.000000000001"} {
		for _, unit := range []string{"", "n", "u", "m", "k", "K", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "ki", "mi", "i", "kk", "Mim", "cpu",
			"e3", "E-9", "e-10", "E+10", "e", "e+", "e1.5", "e3Mi", "e99999999999999999999", "\n"} {
			f.Add(number + unit)
		}
	}
	f.Fuzz(func(t *testing.T, value string) {
		if match := exponent.FindStringSubmatch(value); match != nil {
			if n, err := strconv.ParseInt(match[1], 10, 64); err == nil && (n > 999 || n < -999) {
				t.Skip()
			}
		}
		_, err := resource.ParseQuantity(value)
		require.Equal(t, err == nil, isQuantity(value), "%q", value)
	})
}

// The hardest exponents cost nothing.
func TestHugeExponent(t *testing.T) {
	require.True(t, isQuantity("1e-2000000000"))
}
