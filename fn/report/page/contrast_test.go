package page_test

import (
	"fmt"
	"math"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Text on its background has the contrast that WCAG 2.2 asks of level AA, in light and in dark: 4.5 to 1.
func TestContrast(t *testing.T) {
	style, err := os.ReadFile("style.css")
	require.NoError(t, err)
	schemes := regexp.MustCompile(`(?s):root \{(.*?)\}`).FindAllStringSubmatch(string(style), -1)
	require.Len(t, schemes, 2)
	for i, scheme := range []string{"light", "dark"} {
		colours := map[string]string{}
		for _, m := range regexp.MustCompile(`--([\w-]+): (#\w{6});`).FindAllStringSubmatch(schemes[i][1], -1) {
			colours[m[1]] = m[2]
		}
		pairs := [][2]string{{"ink", "ground"}, {"ink", "panel"}, {"muted", "ground"}, {"muted", "panel"}, {"link", "ground"}, {"link", "panel"}, {"ground", "bad"},
			{"muted", "bare-ground"}, {"link", "bare-ground"}}
		for name := range colours {
			if tone, is := strings.CutSuffix(name, "-ground"); is {
				pairs = append(pairs, [2]string{tone, name}, [2]string{tone, "ground"}, [2]string{tone, "panel"}, [2]string{"ink", name})
			}
		}
		for _, pair := range pairs {
			require.GreaterOrEqual(t, contrast(t, colours[pair[0]], colours[pair[1]]), 4.5, "%s: %s on %s", scheme, pair[0], pair[1])
		}
	}
}

// contrast is the ratio of the luminances of two colours, as WCAG defines it.
func contrast(t *testing.T, a, b string) float64 {
	luminance := func(colour string) float64 {
		var rgb [3]uint8
		_, err := fmt.Sscanf(colour, "#%02x%02x%02x", &rgb[0], &rgb[1], &rgb[2])
		require.NoError(t, err, colour)
		var linear [3]float64
		for i, c := range rgb {
			if v := float64(c) / 255; v <= 0.04045 {
				linear[i] = v / 12.92
			} else {
				linear[i] = math.Pow((v+0.055)/1.055, 2.4)
			}
		}
		return 0.2126*linear[0] + 0.7152*linear[1] + 0.0722*linear[2]
	}
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}
