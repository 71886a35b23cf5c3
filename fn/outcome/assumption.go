package outcome

// Assumption is something that a verdict takes for granted, because no manifest at hand shows it.
type Assumption struct {
	// Name is stable and CamelCase. Programs may match on it.
	Name string `json:"name"`
	// Message goes on after "assumes that": istiod has the template spire.
	Message string `json:"message"`
}

// Assumed lists the assumptions of all verdicts, each once, in the order in which they come first, and how many pods each is about.
func Assumed(pods []Pod) (all []Assumption, count map[Assumption]int) {
	count = map[Assumption]int{}
	for _, p := range pods {
		for _, a := range p.Assumptions {
			if count[a]++; count[a] == 1 {
				all = append(all, a)
			}
		}
	}
	return all, count
}
