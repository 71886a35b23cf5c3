package postrender

import (
	"strings"

	"github.com/spf13/pflag"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/export"
	"enmesh.dev/enmesh/fn/report/form"
)

// flags are the most common settings. A flag overrides the configuration file.
type flags struct {
	filenames          []string
	output             string
	write              bool
	config             string
	preset             string
	all                bool
	selector, exclude  string
	namespace          string
	helmNamespace      string
	trustDomain        string
	identityLabel      string
	revision           string
	workloadSocket     string
	workloadSocketFile string
	hooks              string
	peerAuthentication string
	strict             bool
	accept             []string
	cluster            []string
	noAssumptions      bool
	unenroll           bool
	export             string
	check              bool
	diff               bool
	exitCode           bool
	reportValues       []string
	color              string
	explain            string
	quiet              bool
	warnings           bool
}

func (f *flags) define(set *pflag.FlagSet) {
	set.SortFlags = false
	set.StringArrayVarP(&f.filenames, "filename", "f", nil, "read manifests from this `path`, a file or a folder; the same as to name it without a flag")
	set.StringVarP(&f.output, "output", "o", "", "write to this `file` instead of stdout")
	set.BoolVarP(&f.write, "write", "w", false, "write the manifests back to the files that they come from: all that change, or none")
	set.StringVar(&f.config, "config", "", "read the MeshEnrollment from this `file`")
	set.BoolVar(&f.all, "all", false, "enroll every pod")
	set.StringVarP(&f.selector, "selector", "l", "", "enroll the pods whose `labels`, or whose workload's labels, match: app=web,tier!=cache")
	set.StringVar(&f.exclude, "exclude", "", "exclude the pods whose `labels` match, in addition to those that the configuration excludes")
	set.StringVarP(&f.namespace, "namespace", "n", "", "the `namespace` of objects that do not set one")
	set.StringVar(&f.trustDomain, "trust-domain", "", "the SPIFFE trust `domain`: for identities in messages and the report, and for istiod's mesh configuration")
	set.StringVar(&f.preset, "preset", "", "set what the configuration leaves open as a distribution or a chart chose it: by its `name`, "+strings.Join(config.PresetNames(), ", "))
	set.StringVar(&f.identityLabel, "identity-label", "spire-managed-identity=true", "the `label` by which SPIRE registers pods; Istio's documentation has spiffe.io/spire-managed-identity")
	set.StringVar(&f.revision, "revision", "", "add the label istio.io/rev with this `revision` to the pods")
	set.StringVar(&f.workloadSocket, "workload-socket", "Template", "where the volume of the SPIFFE CSI driver is defined: in istiod's Template, or in the Pod")
	set.StringVar(&f.workloadSocketFile, "workload-socket-file", "", "the `name` of the socket file; with a name other than \"socket\", the proxy does not start without SPIRE")
	set.StringVar(&f.hooks, "hooks", "Skip", "what to do with selected Helm hooks that are not marked for enrollment: Skip or Enroll")
	set.StringVar(&f.peerAuthentication, "peer-authentication", "", "STRICT adds a PeerAuthentication for each enrolled workload")
	set.BoolVar(&f.strict, "strict", false, "fail on warnings, and on errors in every mode")
	set.StringSliceVar(&f.accept, "accept", nil, "accept findings and verdicts with these `reasons`: they are listed, and fail nothing")
	set.StringArrayVar(&f.cluster, "cluster", nil, "read what is in the cluster already from this `path`, a file or a folder of manifests, for its facts only")
	set.BoolVar(&f.noAssumptions, "no-assumptions", false, "with --check, fail if a verdict takes something for granted")
	set.BoolVar(&f.check, "check", false, "write no manifests; fail if a selected pod does not get its identity from SPIRE, or by any error")
	set.BoolVar(&f.diff, "diff", false, "write a unified diff instead of the manifests")
	set.BoolVar(&f.exitCode, "exit-code", false, "with --diff, exit with 1 if there are differences")
	set.BoolVar(&f.unenroll, "unenroll", false, "remove the mesh settings")
	set.StringVar(&f.export, "export", "", "read no manifests; write the enrollment itself in this `form`: "+strings.Join(export.Forms(), ", "))
	set.StringArrayVar(&f.reportValues, "report", nil, "write a report to this `file`, in the form of its extension ("+strings.Join(form.Extensions(), ", ")+
		"); FORM=FILE names the form ("+strings.Join(form.Names(), ", ")+"); FORM goes to stdout, or to stderr if manifests go there; - is a table on stderr")
	set.StringVar(&f.color, "color", "auto", "colour the diff and the table: auto, always or never")
	set.StringVar(&f.explain, "explain", "", "explain a `word`; the same as enmesh explain")
	set.BoolVarP(&f.quiet, "quiet", "q", false, "print errors only")
	set.BoolVar(&f.warnings, "warnings", true, "print warnings; --warnings=false prints none, and --quiet --warnings prints them and errors")
}
