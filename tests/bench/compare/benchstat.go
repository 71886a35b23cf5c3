package main

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"strings"
)

// slowdown is a benchmark that takes more time than before.
type slowdown struct {
	pkg, name string
	percent   float64
}

// slower reads benchstat's CSV for the benchmarks that it is sure are slower. A row of it is
//
//	NAME,OLD,CI,NEW,CI,CHANGE,P
//
// where the change is ~ if it may be chance. A benchmark that one side has not ends earlier.
func slower(table []byte) (found []slowdown, err error) {
	reader := csv.NewReader(bytes.NewReader(table))
	reader.FieldsPerRecord = -1
	pkg, isTime := "", false
	for {
		row, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return found, nil
		}
		if err != nil {
			return nil, err
		}
		if name, ok := strings.CutPrefix(row[0], "pkg: "); ok {
			pkg = name
		}
		if len(row) < 7 || row[0] == "geomean" {
			continue
		}
		if row[0] == "" {
			isTime = row[1] == "sec/op" // not so in the row above it, which has the names of the two
			continue
		}
		change, ok := strings.CutPrefix(row[5], "+")
		if !isTime || !ok {
			continue
		}
		percent, err := strconv.ParseFloat(strings.TrimSuffix(change, "%"), 64)
		if err != nil {
			return nil, err
		}
		found = append(found, slowdown{pkg, row[0], percent})
	}
}
