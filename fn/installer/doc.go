// Package installer reads the objects from which an operator, or istioctl, installs istiod: Istio and IstioRevision of the Sail operator
// (OpenShift Service Mesh), and IstioOperator. No ConfigMap of istiod is rendered beside them; the values of istiod's chart stand in them.
package installer
