package enroll

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"enmesh.dev/enmesh/fn/config"
	"enmesh.dev/enmesh/fn/installer"
	"enmesh.dev/enmesh/fn/keys"
	"enmesh.dev/enmesh/fn/yamledit"
)

// socketFileSetting is the setting of the mesh configuration with the name of the socket file.
var socketFileSetting = []string{"defaultConfig", "proxyMetadata", keys.SocketFileEnv}

// patchInstaller adds to the values of istiod's chart what PatchIstiod adds to what the chart renders, and the name of the socket file,
// which the pods of gateways get in no other way where istiod makes them. In the mode Unenroll it removes that again, but the trust domain:
// the mesh has it now, whoever set it.
func (e *Enroller) patchInstaller(i installer.Installer) ([]string, error) {
	if e.Spec.Mode == config.Unenroll {
		return e.restoreInstaller(i)
	}
	patch := yamledit.Map()
	var changes []string
	want := func(path []string, value *yaml.Node) {
		yamledit.Combine(patch, yamledit.Nested(value, path...))
		changes = append(changes, strings.Join(path, "."))
	}
	if e.replacesTrustDomain(i.Setting("trustDomain")) {
		want(i.SettingPath("trustDomain"), yamledit.Plain(e.Spec.TrustDomain))
	}
	if file := e.Spec.WorkloadSocket.File; file != "" && yamledit.Text(i.Setting(socketFileSetting...)) == "" {
		want(i.SettingPath(socketFileSetting...), yamledit.Plain(file))
	}
	if e.Spec.WorkloadSocket.Provider == config.TemplateSocket {
		for _, entry := range e.socketTemplates() {
			if yamledit.IsNull(yamledit.Lookup(i.Templates(), entry.Key)) {
				want(append(slices.Clone(installer.TemplatesPath), entry.Key), entry.Value)
			}
		}
	}
	if len(changes) == 0 {
		return nil, nil
	}
	return changes, i.Doc.Merge(i.Node, patch)
}

func (e *Enroller) restoreInstaller(i installer.Installer) (changes []string, err error) {
	remove := func(path []string, value string) {
		last := len(path) - 1
		mapping := yamledit.Lookup(i.Node, path[:last]...)
		if existing := yamledit.Lookup(mapping, path[last]); err != nil || existing == nil || yamledit.Text(existing) != value {
			return
		}
		changes = append(changes, strings.Join(path, "."))
		err = i.Doc.Remove(mapping, path[last])
	}
	if file := e.Spec.WorkloadSocket.File; file != "" {
		remove(i.SettingPath(socketFileSetting...), file)
	}
	if e.Spec.WorkloadSocket.Provider == config.TemplateSocket {
		for _, entry := range e.socketTemplates() {
			remove(append(slices.Clone(installer.TemplatesPath), entry.Key), entry.Value.Value)
		}
	}
	return changes, err
}
