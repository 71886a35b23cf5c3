package main

import (
	"io"
	"runtime/debug"

	"github.com/spf13/cobra"
)

const examples = `  # Helm 3: enroll every pod of a release
  helm install myapi ./chart --post-renderer enmesh --post-renderer-args --all

  # See what would change
  helm template myapi ./chart | enmesh --all --diff

  # Enroll what matches a label, and keep a report
  enmesh -l app=myapi -n demo --trust-domain example.org --report mesh.json manifests.yaml | kubectl apply -f -

  # In CI: fail where a pod is not enrolled
  enmesh --all --check rendered/*.yaml

  # What was that about?
  enmesh --explain MarkOnWorkload`

func newCommand(stdin io.Reader, stdout, stderr io.Writer, getenv func(string) string) *cobra.Command {
	var flags flags
	cmd := &cobra.Command{
		Use:   "enmesh [flags] [FILE...]",
		Short: "Enroll rendered Kubernetes workloads in an Istio and SPIRE mesh",
		Long: `enmesh reads manifests from files or stdin, finds the pods to enroll, gives them the labels, annotations and volumes
that Istio and SPIRE look for, and writes the manifests to stdout. All else comes back byte for byte.

Without --all, --selector or targets in --config, it enrolls the pods that bear a mark: the label
sidecar.istio.io/inject: "true", the label spire-managed-identity: "true", or the annotation enmesh.dev/enroll: "true".

Exit status: 0 done; 1 the job could not be done, or a check failed; 2 wrong flags or configuration. Where it is not 0,
nothing was written to stdout, unless it was the writing that failed.`,
		Example:       examples,
		Version:       version(),
		Args:          cobra.ArbitraryArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(cmd *cobra.Command, files []string) error {
			if cmd.Flags().Changed("explain") {
				return explain(stdout, flags.explain)
			}
			j := job{flags: flags, files: files, stdin: stdin, stdout: stdout, stderr: stderr,
				helm4: getenv("HELM_PLUGIN_NAME") != "", colours: wantsColours(getenv)}
			if err := j.prepare(cmd.Flags()); err != nil {
				return err
			}
			if err := j.do(); err != nil {
				return &jobError{err}
			}
			return nil
		},
	}
	cmd.SetIn(stdin)
	cmd.SetOut(stdout)
	cmd.SetErr(stderr)
	flags.define(cmd.Flags())
	for name, values := range map[string][]string{
		"hooks":               {"Skip", "Enroll"},
		"peer-authentication": {"STRICT"},
		"workload-socket":     {"Template", "Pod"},
	} {
		// The flags exist, so this cannot fail.
		_ = cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
	}
	return cmd
}

// release is set by the build of a release.
var release string

// version is the release, or what the build recorded of itself.
func version() string {
	if release != "" {
		return release
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		return info.Main.Version
	}
	return "unknown"
}
