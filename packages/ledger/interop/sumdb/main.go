// Checks a log folder with the Go team's and the TrustFabric team's libraries alone:
//
//	sumdb check <folder>    verifies <folder>, with what <folder>/claims.json says about it
//	sumdb vectors           prints the proofs and signatures that these libraries make
//
// No line here knows how the folder was written.
package main

import (
	"encoding/json"
	"fmt"
	"os"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 2 && args[0] == "check":
		report, err := check(args[1])
		if err != nil {
			return err
		}
		return json.NewEncoder(os.Stdout).Encode(report)
	case len(args) == 1 && args[0] == "vectors":
		made, err := makeVectors()
		if err != nil {
			return err
		}
		encoder := json.NewEncoder(os.Stdout)
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false)
		return encoder.Encode(made)
	default:
		return fmt.Errorf("usage: sumdb check <folder> | sumdb vectors")
	}
}
