package export

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"enmesh.dev/enmesh/fn/config"
)

// csi returns the source of the volume in a patch.
func csi(source *config.CSIVolumeSource) string {
	const object = "Object.spec.volumes.csi"
	fields := []string{"driver: " + quote(source.Driver)}
	if source.ReadOnly != nil {
		fields = append(fields, fmt.Sprintf("readOnly: %t", *source.ReadOnly))
	}
	if source.FSType != nil {
		fields = append(fields, "fsType: "+quote(*source.FSType))
	}
	if len(source.VolumeAttributes) > 0 {
		var entries []string
		for _, name := range slices.Sorted(maps.Keys(source.VolumeAttributes)) {
			entries = append(entries, quote(name)+": "+quote(source.VolumeAttributes[name]))
		}
		fields = append(fields, "volumeAttributes: {"+strings.Join(entries, ", ")+"}")
	}
	if secret := source.NodePublishSecretRef; secret != nil {
		fields = append(fields, "nodePublishSecretRef: "+object+".nodePublishSecretRef{name: "+quote(secret.Name)+"}")
	}
	return object + "{" + strings.Join(fields, ", ") + "}"
}
