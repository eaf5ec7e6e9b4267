// Runs the transparency-dev witness on a free port of the loopback for one log, until its standard
// input ends. Prints the address and the witness's verifier key, a line each.
package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"

	fnote "github.com/transparency-dev/formats/note"
	"github.com/transparency-dev/witness/omniwitness"
	"github.com/transparency-dev/witness/persistence/inmemory"
	"golang.org/x/mod/sumdb/note"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: witness <verifier key of the log>")
	}
	logs, err := omniwitness.NewStaticLogConfig([]byte(oneLog(os.Args[1])))
	check(err)
	secret, plain, err := note.GenerateKey(rand.Reader, "witness.example/real")
	check(err)
	signer, err := fnote.NewSignerForCosignatureV1(secret)
	check(err)
	vkey, err := fnote.VKeyToCosignatureV1(plain)
	check(err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	fmt.Printf("http://%s\n%s\n", listener.Addr(), vkey)
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	config := omniwitness.OperatorConfig{
		WitnessKeys:     []note.Signer{signer},
		WitnessVerifier: signer.Verifier(),
		Logs:            logs,
	}
	_ = omniwitness.Main(ctx, config, inmemory.New(), listener, http.DefaultClient)
}

func oneLog(vkey string) string {
	return fmt.Sprintf("Logs:\n  - PublicKey: %q\n    Origin: %q\n", vkey, originOf(vkey))
}

func originOf(vkey string) string {
	verifier, err := note.NewVerifier(vkey)
	check(err)
	return verifier.Name()
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
