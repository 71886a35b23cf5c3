// Package identity has the analyzers that check whether an injected pod gets its identity from SPIRE, and whether its traffic
// uses it: the workload socket, files with certificates, traffic that bypasses the proxy, node, jobs, registration.
//
// Package analysis describes analyzers. Each file has what is found about one thing: the definitions of the findings, and the
// analyzer that reports them. Start reading at any.
package identity
