package fn_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"enmesh.dev/enmesh/fn"
	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/stream"
	"enmesh.dev/enmesh/fn/yamledit"
)

// streams are what the benchmarks run on: the corpus of rendered charts where it is there, and two that are made.
func streams(b *testing.B) map[string][]byte {
	made := map[string][]byte{}
	var corpusStream, services, pods bytes.Buffer
	charts, err := filepath.Glob(corpus + "/*.yaml")
	require.NoError(b, err)
	for _, chart := range charts {
		text, err := os.ReadFile(chart)
		require.NoError(b, err)
		corpusStream.WriteString("---\n")
		corpusStream.Write(text)
		corpusStream.WriteByte('\n')
	}
	if corpusStream.Len() > 0 {
		made["corpus"] = corpusStream.Bytes()
	}
	for i := range 10_000 {
		fmt.Fprintf(&services, "---\n# Source: shop/templates/service.yaml\napiVersion: v1\nkind: Service\nmetadata:\n  name: web-%d\n"+
			"spec:\n  selector:\n    app: web\n  ports:\n  - port: 80\n    targetPort: http\n", i)
		if i < 1000 {
			fmt.Fprintf(&pods, "---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web-%d\nspec:\n  selector:\n    matchLabels:\n      app: web\n"+
				"  template:\n    metadata:\n      labels:\n        app: web\n    spec:\n      serviceAccountName: web\n      containers:\n      - name: web\n        image: web:v1\n", i)
		}
	}
	made["services"], made["pods"] = services.Bytes(), pods.Bytes()
	return made
}

func BenchmarkTransform(b *testing.B) {
	for name, text := range streams(b) {
		b.Run(name, func(b *testing.B) {
			t, err := fn.New(config.MeshEnrollment{Spec: config.MeshEnrollmentSpec{All: true}})
			require.NoError(b, err)
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				_, err := t.Transform(stream.Stream{Name: name, Bytes: text})
				require.NoError(b, err)
			}
		})
	}
}

func BenchmarkSplit(b *testing.B) {
	for name, text := range streams(b) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				for range stream.Split(text) {
				}
			}
		})
	}
}

// BenchmarkParse and BenchmarkEdit take one Deployment: what a document costs that is parsed, and one that is edited.
func BenchmarkParse(b *testing.B) {
	benchmarkDocument(b, func(*yamledit.Document) error { return nil })
}

func BenchmarkEdit(b *testing.B) {
	label := yamledit.Map(yamledit.Entry{Key: "label", Value: yamledit.String("true")})
	benchmarkDocument(b, func(d *yamledit.Document) error {
		if err := d.Merge(yamledit.Lookup(yamledit.Lookup(d.Root(), "spec"), "selector"), label); err != nil {
			return err
		}
		_, err := d.Finish()
		return err
	})
}

func benchmarkDocument(b *testing.B, edit func(*yamledit.Document) error) {
	pods := streams(b)["pods"]
	var text []byte
	for span := range stream.Split(pods) {
		text = pods[span.Start:span.End]
		break
	}
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		d, err := yamledit.Parse(text)
		require.NoError(b, err)
		require.NoError(b, edit(d))
	}
}
