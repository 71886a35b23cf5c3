package postrender

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"

	"github.com/spf13/cobra"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/export"
	"enmesh.dev/enmesh/fn/version"
	"enmesh.dev/enmesh/postrender/terminal"
)

const examples = `  # Helm 3: enroll every pod of a release
  helm install myapi ./chart --post-renderer enmesh --post-renderer-args --all

  # Preview changes
  helm template myapi ./chart | enmesh --all --diff

  # Enroll the pods that match a label, and write a report
  enmesh -l app=myapi -n demo --trust-domain example.org --report mesh.json manifests.yaml | kubectl apply -f -

  # In CI: fail if a pod does not get its identity from SPIRE
  enmesh --all --check rendered/*.yaml

  # Enroll the manifests of a folder in place
  enmesh --all --write manifests/

  # Enroll pods when they are created: those that operators create, for example
  enmesh --all --hooks=Enroll --export mutating-admission-policy | kubectl apply -f -

  # Explain a finding, an outcome or a verdict
  enmesh explain MarkOnWorkload

  # Run another post-renderer first: Helm takes one only
  helm install myapi ./chart --post-renderer enmesh --post-renderer-args --all --post-renderer-args -- --post-renderer-args ./kustomize-wrapper`

func newCommand(stdin io.Reader, stdout, stderr io.Writer, getenv func(string) string) *cobra.Command {
	var flags flags
	cmd := &cobra.Command{
		Use:   "enmesh [flags] [FILE|FOLDER...] [-- COMMAND [ARG...]]",
		Short: "Enroll rendered Kubernetes workloads in an Istio and SPIRE mesh",
		Long: `enmesh reads manifests from files, folders or stdin, adds the labels, annotations and volumes that Istio and SPIRE need to the
selected pods, and writes the manifests to stdout. Everything else comes back byte for byte.

Without --all, --selector or targets in --config, enmesh enrolls the pods that are marked for enrollment: with the label
sidecar.istio.io/inject: "true", the label spire-managed-identity: "true", or the annotation enmesh.dev/enroll: "true".

After --, name another post-renderer: enmesh runs it with the input, and enrolls what it writes.

Exit status: 0 success; 1 the job or a check failed; 2 the flags or the configuration are invalid; that of the command after --,
if it fails. If the status is not 0, enmesh has written no manifests. With --exit-code, 1 also says that there are differences.`,
		Example:       examples,
		Version:       version.String(),
		Args:          cobra.ArbitraryArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Changed("explain") {
				return explain(stdout, flags.explain)
			}
			j := job{flags: flags, stdin: stdin, stdout: stdout, stderr: stderr, helm4: getenv("HELM_PLUGIN_NAME") == "enmesh",
				colours:  terminal.Colours{When: flags.color, Getenv: getenv},
				messages: newMessages(flags.quiet, flags.warnings, cmd.Flags().Changed("warnings"))}
			j.named, j.renderer = args, nil
			if dash := cmd.ArgsLenAtDash(); dash >= 0 {
				j.named, j.renderer = args[:dash], args[dash:]
				if len(j.renderer) == 0 {
					return errors.New("no command follows --")
				}
			}
			j.named = slices.Concat(j.named, flags.filenames)
			if cmd.Flags().Changed("export") {
				return j.writeExport(cmd.Flags())
			}
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
	// Helm keeps --namespace for itself, and tells it to a plugin's command in a variable. A post-renderer may inherit that variable from
	// elsewhere, so it is not read: the plugin passes it in this flag.
	cmd.PersistentFlags().StringVar(&flags.helmNamespace, "helm-namespace", "", "the `namespace` of objects that do not set one, unless another setting does")
	_ = cmd.PersistentFlags().MarkHidden("helm-namespace") // it exists
	for name, values := range map[string][]string{
		"preset":              config.PresetNames(),
		"hooks":               {"Skip", "Enroll"},
		"peer-authentication": {"STRICT"},
		"workload-socket":     {"Template", "Pod"},
		"color":               {"auto", "always", "never"},
		"export":              export.Forms(),
	} {
		// The flags exist, so this cannot fail.
		_ = cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
	}
	cmd.AddCommand(versionCommand(stdout), explainCommand(stdout))
	return cmd
}

func versionCommand(stdout io.Writer) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version of enmesh, and of the Go release and the platform that it is built for",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintf(stdout, "enmesh version %s\n%s %s/%s\n", version.String(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}

func explainCommand(stdout io.Writer) *cobra.Command {
	return &cobra.Command{
		Use:     "explain REASON|OUTCOME|VERDICT",
		Short:   "Explain a word of a message or a report, and show the remedy",
		Example: "  enmesh explain HostNetwork",
		Args:    cobra.ExactArgs(1),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return words(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error { return explain(stdout, args[0]) },
	}
}
