// Package istiod reads what istiod's ConfigMaps say of pods: its injection templates, the values of its chart, its version.
package istiod
