// Package kubelet stands in for a kubelet, as far as a control plane without containers needs one: it answers SPIRE's agent, which asks
// about the pods of the node, and it runs the proxy container of a pod as a process of this machine.
//
// Start reading at Pods and at Run.
package kubelet

import "net/http"

// Pods answers GET /pods as the read-only port of a kubelet does, with the list that it is given.
func Pods(list func() ([]byte, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/pods" {
			http.NotFound(w, r)
			return
		}
		text, err := list()
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(text)
	})
}
