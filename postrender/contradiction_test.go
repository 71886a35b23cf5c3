package postrender

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"enmesh.dev/enmesh/fn/outcome"
	"enmesh.dev/enmesh/fn/report"
)

// No rendering contradicts the verdict: the forms of a report say the same of each pod, the picture draws no arrow that a finding
// contradicts, and the exit status follows from what is reported. This holds for all cases, and for all charts that are at hand.
func TestNoContradiction(t *testing.T) {
	cases, err := filepath.Glob("../fn/testdata/cases/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, cases)
	for _, file := range cases {
		archive, err := txtar.ParseFile(file)
		require.NoError(t, err)
		spec, input := "spec: {all: true}\n", ""
		for _, part := range archive.Files {
			switch part.Name {
			case "config.yaml":
				spec = string(part.Data)
			case "in.yaml":
				input = strings.ReplaceAll(string(part.Data), "→", "\t")
			}
		}
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { requireNoContradiction(t, spec, input) })
	}
	charts, err := filepath.Glob("../../shared/corpus/*.yaml")
	require.NoError(t, err)
	for _, file := range charts {
		t.Run(filepath.Base(file), func(t *testing.T) {
			requireNoContradiction(t, "spec: {all: true, peerAuthentication: STRICT, trustDomain: example.org}\n", string(text(t, file)))
		})
	}
}

func requireNoContradiction(t *testing.T, spec, input string) {
	t.Helper()
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	require.NoError(t, os.WriteFile(path("config.yaml"), []byte("apiVersion: enmesh.dev/v1alpha1\nkind: MeshEnrollment\n"+spec), 0o644))
	for _, args := range [][]string{nil, {"--check"}, {"--strict"}, {"--check", "--no-assumptions"}} {
		args = append(args, "--config", path("config.yaml"))
		for _, file := range []string{"report.json", "report.txt", "report.md", "report.html", "report.entries", "report.sarif", "report.xml", "gitlab=report.gitlab", "github=report.github"} {
			form, name, named := strings.Cut(file, "=")
			if !named {
				args = append(args, "--report", path(form))
			} else {
				args = append(args, "--report", form+"="+path(name))
			}
		}
		ran := call(strings.NewReader(input), nil, args...)
		require.NotEqual(t, exitUsage, ran.status, ran.stderr)
		written := func(form string) string { return string(text(t, path("report."+form))) }
		var r report.Report
		require.NoError(t, json.Unmarshal([]byte(written("json")), &r))
		require.Equal(t, ran.status != exitDone, r.Error != "", "the exit status and the report")
		requireStatus(t, r, ran, slices.Contains(args, "--check"))
		requireTable(t, r, written("txt"))
		requirePicture(t, r, written("md"))
		requirePage(t, r, written("html"))
		requireEntries(t, r, written("entries"))
		all := entriesOf(r)
		requireSARIF(t, all, ran, written("sarif"))
		requireJUnit(t, r, ran, written("xml"))
		requireGitLab(t, all, ran, written("gitlab"))
		requireGitHub(t, all, ran, written("github"))
	}
}

// requireStatus: a check that passes found every selected pod with an identity from SPIRE, or with a verdict that is accepted, and no error.
func requireStatus(t *testing.T, r report.Report, ran result, check bool) {
	t.Helper()
	if len(r.Pods) == 0 && r.Error != "" {
		return
	}
	failures := 0
	for _, p := range r.Pods {
		if p.Fails {
			failures++
		}
		for _, f := range p.Findings {
			if f.Fails {
				failures++
			}
			require.False(t, check && ran.status == exitDone && f.Severity == outcome.Error && !f.Accepted, "%s: %s", p.Resource, f.Reason)
		}
		if check && ran.status == exitDone && p.Outcome.IsSelected() && p.Verdict != "" {
			require.True(t, p.Verdict == outcome.SPIRE || p.VerdictAccepted, "%s passes as %s", p.Resource, p.Verdict)
		}
	}
	for _, o := range r.Objects {
		if o.Fails {
			failures++
		}
	}
	for _, f := range r.Findings {
		if f.Fails {
			failures++
		}
	}
	for _, f := range r.Input {
		if f.Fails {
			failures++
		}
	}
	require.Equal(t, failures > 0, ran.status != exitDone, "%d failures, status %d: %s", failures, ran.status, ran.stderr)
	if ran.status != exitDone {
		require.Empty(t, ran.stdout)
	}
}

// requireTable: the table has each pod's verdict.
func requireTable(t *testing.T, r report.Report, table string) {
	t.Helper()
	lines := strings.Split(table, "\n")
	at := slices.IndexFunc(lines, func(line string) bool { return strings.HasPrefix(line, "POD OF") })
	for i, p := range r.Pods {
		fields := regexp.MustCompile(`  +`).Split(lines[at+1+i], -1)
		want := string(p.Verdict)
		if want == "" {
			want = "-"
		}
		require.Equal(t, []string{report.Printable(p.Resource.String()), string(p.Outcome), want}, fields[:3])
	}
}

var podInPicture = regexp.MustCompile(`(?m)^  (to_(\w+)_(\w+))\["([^"]*)"\]:::(\w+)$`)

// requirePicture: each pod that is drawn has the colour of its verdict, and clients from outside are drawn as refused only at pods whose
// every port requires mutual TLS. Clients that manifests name are drawn as refused where they are.
func requirePicture(t *testing.T, r report.Report, page string) {
	t.Helper()
	for _, caller := range []string{"API server", "kubelet", "scraper", "client outside of the mesh", "gateway of the mesh"} {
		refused, served := false, false
		for _, p := range r.Pods {
			for _, c := range p.ReachedBy {
				refused = refused || c.Caller == caller && c.Refused && p.Verdict != ""
				served = served || c.Caller == caller && !c.Refused && p.Verdict != ""
			}
		}
		node := "  by_" + strings.ReplaceAll(caller, " ", "_")
		require.Equal(t, refused, strings.Contains(page, node+" --x|refused by "), "%s refused", caller)
		require.Equal(t, served, strings.Contains(page, node+" -->|plain text to ") || strings.Contains(page, node+" -->|calls "), "%s served", caller)
	}
	for _, node := range podInPicture.FindAllStringSubmatch(page, -1) {
		id, verdict, labels := node[1], outcome.Verdict(node[5]), strings.Split(node[4], "<br/>")
		require.Equal(t, string(verdict), node[3])
		refuses := strings.Contains(page, "from_Bare --x|refused| "+id+"\n")
		safe := !strings.Contains(page, "from_Bare -->|plain text| "+id+"\n")
		for _, p := range r.Pods {
			if !slices.ContainsFunc(labels, func(label string) bool {
				return label == p.Resource.String() || strings.HasPrefix(label, p.Resource.String()+" (")
			}) || p.Verdict != verdict {
				continue
			}
			every := p.MutualTLS == "STRICT" && len(p.BypassedPorts) == 0
			for _, mode := range p.MutualTLSPorts {
				every = every && mode == "STRICT"
			}
			same := 0 // pods with this name, which the picture does not tell apart
			for _, other := range r.Pods {
				if other.Resource == p.Resource {
					same++
				}
			}
			require.False(t, refuses && same == 1 && !every, "%s is drawn as closed: %v %v %v", p.Resource, p.MutualTLS, p.MutualTLSPorts, p.BypassedPorts)
			require.False(t, refuses && !p.Verdict.InMesh())
			require.False(t, verdict == outcome.Bare && !strings.Contains(page, "from_Bare -->|plain text| "+id+"\n"), "%s is bare, and drawn as closed", p.Resource)
			require.False(t, slices.Contains(p.BypassedPorts, "*") && safe && p.Verdict.InMesh(), "%s is reached past its proxy", p.Resource)
			for _, f := range p.Findings {
				require.False(t, refuses && same == 1 && f.Reason == "StrictNotApplied", "%s is drawn as closed beside %s", p.Resource, f.Message)
			}
		}
	}
}

// requireEntries: there are as many entries as the pods have, and a pod with an identity from SPIRE has one.
func requireEntries(t *testing.T, r report.Report, entries string) {
	t.Helper()
	want := 0
	for _, p := range r.Pods {
		want += len(p.Entries)
		require.False(t, p.Verdict == outcome.SPIRE && len(p.Entries) == 0, "%s has no entry", p.Resource)
		for _, e := range p.Entries {
			require.Contains(t, entries, "SPIFFE ID        : "+e.SPIFFEID+"\n")
		}
	}
	require.Equal(t, want, strings.Count(entries, "SPIFFE ID        : "))
}
