package outcome

import (
	"strings"

	"enmesh.dev/enmesh/fn/config"
)

// Preset is the preset that the configuration names, and what it set there.
type Preset struct {
	// Name of the preset.
	Name string `json:"name"`
	// Filled lists the fields that it set, because the configuration did not.
	Filled []config.Filled `json:"filled"`
}

// NewPreset returns the preset of a configuration that has no defaults yet, or nil if it names none.
func NewPreset(spec config.MeshEnrollmentSpec) *Preset {
	if spec.Preset == "" {
		return nil
	}
	return &Preset{spec.Preset, append([]config.Filled{}, spec.FilledByPreset()...)}
}

// Sentence says what the preset set.
func (p *Preset) Sentence() string {
	if len(p.Filled) == 0 {
		return "preset " + p.Name + " sets nothing that the configuration leaves open"
	}
	var fields []string
	for _, f := range p.Filled {
		fields = append(fields, f.String())
	}
	return "preset " + p.Name + " sets " + strings.Join(fields, ", ")
}
