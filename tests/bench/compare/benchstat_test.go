package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Only what takes significantly more time is slower: not what benchstat is not sure of, what one side has not, or what takes more memory.
func TestSlower(t *testing.T) {
	found, err := slower([]byte(`goos: linux
pkg: enmesh.dev/enmesh/fn/stream
,main,,now,,,
,sec/op,CI,sec/op,CI,vs base,P
Documents/stream-2,0.0044,31%,0.0054,1398%,~,p=0.093 n=6
Documents/list-2,0.0057,34%,0.0086,17%,+49.36%,p=0.002 n=6
Sniff-2,0.00012,105%
Split-2,,,0.0001,2%
geomean,0.0014,,0.0068,,+35.37%,

,main,,now,,,
,B/s,CI,B/s,CI,vs base,P
Documents/list-2,3.1e+08,46%,2.4e+08,7%,-24.21%,p=0.009 n=6

,main,,now,,,
,B/op,CI,B/op,CI,vs base,P
Documents/list-2,1000,46%,2000,7%,+100.00%,p=0.002 n=6

pkg: enmesh.dev/enmesh/fn
,main,,now,,,
,sec/op,CI,sec/op,CI,vs base,P
Transform/corpus-2,0.1,1%,0.05,1%,-50.00%,p=0.002 n=6
Transform/pods-2,0.1,1%,0.103,1%,+3.00%,p=0.002 n=6
`))
	require.NoError(t, err)
	require.Equal(t, []slowdown{
		{"enmesh.dev/enmesh/fn/stream", "Documents/list-2", 49.36},
		{"enmesh.dev/enmesh/fn", "Transform/pods-2", 3},
	}, found)
}
