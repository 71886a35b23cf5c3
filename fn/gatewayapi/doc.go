// Package gatewayapi reads the Gateways of the Gateway API of which istiod makes pods, and the ConfigMaps that change what it makes: the
// overlays. No pod template is rendered for them.
//
// What it says of istiod is from istio.io/istio: pilot/pkg/config/kube/gatewaycommon (classinfo.go, deploymentcontroller.go), and the
// templates kube-gateway and waypoint of istiod's chart.
package gatewayapi
