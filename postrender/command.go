package postrender

import (
	"io"

	"github.com/spf13/cobra"

	"enmesh.dev/enmesh/fn/version"
)

const examples = `  # Helm 3: enroll every pod of a release
  helm install myapi ./chart --post-renderer enmesh --post-renderer-args --all

  # Preview changes
  helm template myapi ./chart | enmesh --all --diff

  # Enroll the pods that match a label, and write a report
  enmesh -l app=myapi -n demo --trust-domain example.org --report mesh.json manifests.yaml | kubectl apply -f -

  # In CI: fail if a pod does not get its identity from SPIRE
  enmesh --all --check rendered/*.yaml

  # Explain a finding
  enmesh --explain MarkOnWorkload`

func newCommand(stdin io.Reader, stdout, stderr io.Writer, getenv func(string) string) *cobra.Command {
	var flags flags
	cmd := &cobra.Command{
		Use:   "enmesh [flags] [FILE...]",
		Short: "Enroll rendered Kubernetes workloads in an Istio and SPIRE mesh",
		Long: `enmesh reads manifests from files or stdin, adds the labels, annotations and volumes that Istio and SPIRE need to the
selected pods, and writes the manifests to stdout. Everything else comes back byte for byte.

Without --all, --selector or targets in --config, enmesh enrolls the pods that are marked for enrollment: with the label
sidecar.istio.io/inject: "true", the label spire-managed-identity: "true", or the annotation enmesh.dev/enroll: "true".

Exit status: 0 success; 1 the job or a check failed; 2 the flags or the configuration are invalid. If the status is not 0,
enmesh has written nothing to stdout, unless writing to stdout is what failed.`,
		Example:       examples,
		Version:       version.String(),
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
