// enmesh enrolls the pods of rendered Kubernetes manifests in an Istio and SPIRE mesh. See package postrender.
package main

import (
	"os"

	"enmesh.dev/enmesh/postrender"
)

func main() {
	os.Exit(postrender.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv))
}
