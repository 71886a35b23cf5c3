//go:build unix

package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// writeCorpus writes the objects of all rendered charts in a folder as one stream, each object once, as kustomize
// refuses a second one of the same name. It returns how many documents it wrote.
func writeCorpus(folder, file string) (documents int, err error) {
	charts, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil {
		return 0, err
	}
	var stream bytes.Buffer
	seen := map[yaml.ResourceIdentifier]bool{}
	for _, chart := range charts {
		text, err := os.ReadFile(chart)
		if err != nil {
			return 0, err
		}
		for document := range strings.SplitSeq("\n"+string(text), "\n---") {
			var meta yaml.ResourceMeta
			if yaml.Unmarshal([]byte(document), &meta) != nil || meta.Name == "" || seen[meta.GetIdentifier()] {
				continue
			}
			seen[meta.GetIdentifier()] = true
			stream.WriteString("---" + strings.TrimSuffix(document, "\n") + "\n")
			documents++
		}
	}
	return documents, os.WriteFile(file, stream.Bytes(), 0o644)
}

// writeApplications writes a stream of so many bytes, at least: applications of ten objects each.
func writeApplications(file string, size int) (documents int, err error) {
	return writeStream(file, size, func(w *bufio.Writer, i int) int {
		fmt.Fprintf(w, `---
# Source: shop/templates/deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web-%[1]d
  labels: {app.kubernetes.io/name: web-%[1]d}
spec:
  replicas: 2
  selector:
    matchLabels:
      app.kubernetes.io/name: web-%[1]d
  template:
    metadata:
      labels:
        app.kubernetes.io/name: web-%[1]d
    spec:
      serviceAccountName: web-%[1]d
      containers:
        - name: web
          image: "registry.example.com/shop/web:1.4.2"
          args: [serve, --port, "8080"]
          env:
            - name: DATABASE
              valueFrom:
                secretKeyRef: {name: web-%[1]d, key: database}
          ports:
            - {name: http, containerPort: 8080}
          readinessProbe:
            httpGet:
              path: /ready   # answered once the database is there
              port: http
          resources:
            requests: {cpu: 100m, memory: 128Mi}
---
# Source: shop/templates/service.yaml
apiVersion: v1
kind: Service
metadata:
  name: web-%[1]d
spec:
  selector:
    app.kubernetes.io/name: web-%[1]d
  ports:
    - name: http
      port: 80
      targetPort: http
`, i)
		return 2 + writeConfigMaps(w, i, 8)
	})
}

// writePodFree writes a stream of so many bytes, at least, in which there is no pod.
func writePodFree(file string, size int) (documents int, err error) {
	return writeStream(file, size, func(w *bufio.Writer, i int) int { return writeConfigMaps(w, i, 100) })
}

func writeConfigMaps(w *bufio.Writer, app, count int) int {
	for i := range count {
		fmt.Fprintf(w, `---
# Source: shop/templates/configmap.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: web-%d-%d
data:
  shop.conf: |
    listen 8080;
    # The limits of a small shop.
    limit requests 100/s;
    limit body 1m;
    upstream database { server db:5432; }
  greeting: "good morning"
`, app, i)
	}
	return count
}

func writeStream(file string, size int, write func(w *bufio.Writer, i int) (documents int)) (documents int, err error) {
	f, err := os.Create(file)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	counted := &counter{file: f}
	w := bufio.NewWriter(counted)
	for i := 0; counted.bytes < size; i++ {
		documents += write(w, i)
	}
	return documents, w.Flush()
}

// counter counts what it passes on.
type counter struct {
	file  *os.File
	bytes int
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.file.Write(p)
	c.bytes += n
	return n, err
}

// writeWorkloads writes a stream of small workloads.
func writeWorkloads(file string, count int) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	for i := range count {
		fmt.Fprintf(w, "---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web-%[1]d\nspec:\n  selector:\n    matchLabels:\n      app: web-%[1]d\n"+
			"  template:\n    metadata:\n      labels:\n        app: web-%[1]d\n    spec:\n      serviceAccountName: web\n      containers:\n      - name: web\n"+
			"        image: registry.example.com/shop/web:1.4.2\n        ports:\n        - containerPort: 8080\n", i)
	}
	return w.Flush()
}
