package browser

import (
	"bytes"
	"flag"
	"image/png"
	"os"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "take the picture anew")

const picture = "../../examples/mesh/report.png"

// The picture of the example's report is for the README: of the first screen and of who reaches whom, and small.
func TestPicture(t *testing.T) {
	if *update {
		p := open(t, mesh(t), view{width: 1200, height: 900})
		height := evaluate[float64](p, "document.getElementById('reach').getBoundingClientRect().bottom")
		p.do(chromedp.EmulateViewport(1200, int64(height)))
		require.NoError(t, os.WriteFile(picture, smaller(t, value(p, chromedp.CaptureScreenshot())), 0o644))
	}
	data, err := os.ReadFile(picture)
	require.NoError(t, err)
	require.Less(t, len(data), 150_000)
	config, err := png.DecodeConfig(bytes.NewReader(data))
	require.NoError(t, err)
	require.Equal(t, 1200, config.Width)
	require.Greater(t, config.Height, 500)
}

// smaller encodes a picture anew, with the best compression.
func smaller(t *testing.T, picture []byte) []byte {
	t.Helper()
	image, err := png.Decode(bytes.NewReader(picture))
	require.NoError(t, err)
	var b bytes.Buffer
	require.NoError(t, (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, image))
	return b.Bytes()
}
