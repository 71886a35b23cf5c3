// Package injection has the analyzers that check whether and how Istio's injector changes the pod: what keeps it outside the mesh,
// labels and annotations, revision, settings of the proxy, injection templates.
//
// Package analysis describes analyzers. Each file has what is found about one thing: the definitions of the findings, and the
// analyzer that reports them. Start reading at any.
package injection
