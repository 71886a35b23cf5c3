// enmesh-fn is the KRM function of enmesh, for kustomize and kpt. See package krm.
package main

import (
	"os"

	"enmesh.dev/enmesh/krm"
)

func main() {
	os.Exit(krm.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
