package yamledit_test

import (
	"fmt"
	"log"

	"enmesh.dev/enmesh/fn/yamledit"
)

// The patch adds a label and an annotation. Everything else stays as it is, comments and quotes included.
func ExampleDocument_Merge() {
	text := []byte(`metadata:
  name: web
  labels: {app: "web"} # for the Service
spec: {}
`)
	d, err := yamledit.Parse(text)
	if err != nil {
		log.Fatal(err)
	}
	patch := yamledit.Map(
		yamledit.Entry{Key: "labels", Value: yamledit.Map(yamledit.Entry{Key: "tier", Value: yamledit.String("front")})},
		yamledit.Entry{Key: "annotations", Value: yamledit.Map(yamledit.Entry{Key: "owner", Value: yamledit.Plain("shop")})},
	)
	if err := d.Merge(yamledit.Lookup(d.Root(), "metadata"), patch); err != nil {
		log.Fatal(err)
	}
	edits, err := d.Finish()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(string(yamledit.Splice(text, edits)))
	// Output:
	// metadata:
	//   name: web
	//   labels: {app: "web", tier: "front"} # for the Service
	//   annotations:
	//     owner: shop
	// spec: {}
}

// The only annotation goes, and with it the key that would be left without a value.
func ExampleDocument_Remove() {
	text := []byte(`metadata:
  name: web
  annotations:
    owner: shop
spec: {}
`)
	d, err := yamledit.Parse(text)
	if err != nil {
		log.Fatal(err)
	}
	if err := d.Remove(yamledit.Lookup(d.Root(), "metadata", "annotations"), "owner"); err != nil {
		log.Fatal(err)
	}
	edits, err := d.Finish()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(string(yamledit.Splice(text, edits)))
	// Output:
	// metadata:
	//   name: web
	// spec: {}
}

// A ConfigMap holds another YAML document in a block scalar.
func ExampleDocument_Embed() {
	text := []byte(`kind: ConfigMap
data:
  mesh: |-
    defaultConfig:
      concurrency: 2 # threads
`)
	d, err := yamledit.Parse(text)
	if err != nil {
		log.Fatal(err)
	}
	data := yamledit.Lookup(d.Root(), "data")
	mesh, err := d.Embed(data, "mesh")
	if err != nil {
		log.Fatal(err)
	}
	if err := mesh.Merge(mesh.Root(), yamledit.Map(yamledit.Entry{Key: "trustDomain", Value: yamledit.Plain("example.org")})); err != nil {
		log.Fatal(err)
	}
	if err := d.SetEmbedded(data, "mesh", mesh); err != nil {
		log.Fatal(err)
	}
	edits, err := d.Finish()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(string(yamledit.Splice(text, edits)))
	// Output:
	// kind: ConfigMap
	// data:
	//   mesh: |-
	//     defaultConfig:
	//       concurrency: 2 # threads
	//     trustDomain: example.org
}

// A long list is edited item by item. Its outline shows how the list's surroundings are written: the new labels stand
// four columns deeper than their key, as the list's metadata does.
func ExampleOutline_ParseItem() {
	outline, err := yamledit.Parse([]byte(`kind: List
metadata:
    name: pods
items:
- kind: Pod
`))
	if err != nil {
		log.Fatal(err)
	}
	items, err := outline.Outline(yamledit.Lookup(outline.Root(), "items"))
	if err != nil {
		log.Fatal(err)
	}
	text := []byte("- kind: Pod\n  name: web\n")
	d, err := items.ParseItem(text)
	if err != nil {
		log.Fatal(err)
	}
	labels := yamledit.Map(yamledit.Entry{Key: "app", Value: yamledit.Plain("web")})
	if err := d.Merge(yamledit.Items(d.Root())[0], yamledit.Map(yamledit.Entry{Key: "labels", Value: labels})); err != nil {
		log.Fatal(err)
	}
	edits, err := d.Finish()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(string(yamledit.Splice(text, edits)))
	// Output:
	// - kind: Pod
	//   name: web
	//   labels:
	//       app: web
}
