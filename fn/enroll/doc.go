// Package enroll decides which pods join the mesh, and queues the edits that add or remove their mesh settings. It also creates
// the objects that are added for pods, and edits istiod's ConfigMaps.
//
// In: a pod and the facts about the mesh. Out: a decision, with the queued edits and the fields that they change. Package
// verdict says what happens to the pod in the cluster.
//
// Start reading at decide.go, which says which pods are enrolled. Then enroll.go says what a pod gets.
package enroll
