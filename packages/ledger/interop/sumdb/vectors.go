package main

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"fmt"

	f_note "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// The leaves of the tree that Certificate Transparency's own tests use.
var leaves = []string{
	"", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
}

type proofVector struct {
	From   int64    `json:"from"`
	Size   int64    `json:"size"`
	Hashes []string `json:"hashes"`
}

type vectors struct {
	Leaves      []string      `json:"leaves"`
	Roots       []string      `json:"roots"`
	Inclusion   []proofVector `json:"inclusion"`
	Consistency []proofVector `json:"consistency"`
	LogKey      string        `json:"logKey"`
	WitnessKey  string        `json:"witnessKey"`
	Checkpoint  string        `json:"checkpoint"`
}

func makeVectors() (*vectors, error) {
	made := &vectors{Leaves: leaves}
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		found := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			found[i] = stored[index]
		}
		return found, nil
	})
	var root tlog.Hash
	for size := int64(0); size <= int64(len(leaves)); size++ {
		var err error
		if root, err = tlog.TreeHash(size, reader); err != nil {
			return nil, err
		}
		made.Roots = append(made.Roots, hex.EncodeToString(root[:]))
		for from := int64(0); from < size; from++ {
			inclusion, err := tlog.ProveRecord(size, from, reader)
			if err != nil {
				return nil, err
			}
			made.Inclusion = append(made.Inclusion, proofVector{from, size, hexes(inclusion)})
			consistency, err := tlog.ProveTree(size, from+1, reader)
			if err != nil {
				return nil, err
			}
			made.Consistency = append(made.Consistency, proofVector{from + 1, size, hexes(consistency)})
		}
		if size == int64(len(leaves)) {
			break
		}
		leaf, err := hex.DecodeString(leaves[size])
		if err != nil {
			return nil, err
		}
		added, err := tlog.StoredHashes(size, leaf, reader)
		if err != nil {
			return nil, err
		}
		stored = append(stored, added...)
	}
	return made, sign(made, root)
}

func sign(made *vectors, root tlog.Hash) error {
	logSigner, logKey, err := seededKey("ledger.example/agents/prod", 1)
	if err != nil {
		return err
	}
	witnessSecret, witnessKey, err := seededKey("witness.example/w1", 2)
	if err != nil {
		return err
	}
	signer, err := note.NewSigner(logSigner)
	if err != nil {
		return err
	}
	witness, err := f_note.NewSignerForCosignatureV1(witnessSecret)
	if err != nil {
		return err
	}
	text := fmt.Sprintf("%s\n%d\n%s\n", signer.Name(), len(leaves), root)
	signed, err := note.Sign(&note.Note{Text: text}, signer, witness)
	if err != nil {
		return err
	}
	made.Checkpoint = string(signed)
	made.LogKey = logKey
	made.WitnessKey, err = f_note.VKeyToCosignatureV1(witnessKey)
	return err
}

// seededKey makes a key from one repeated byte: the name of a key that must never be trusted.
func seededKey(name string, seed byte) (secret, public string, err error) {
	bytes := make([]byte, ed25519.SeedSize)
	for i := range bytes {
		bytes[i] = seed
	}
	key := ed25519.NewKeyFromSeed(bytes).Public().(ed25519.PublicKey)
	if public, err = note.NewEd25519VerifierKey(name, key); err != nil {
		return "", "", err
	}
	id := public[len(name)+1 : len(name)+9]
	encoded := base64.StdEncoding.EncodeToString(append([]byte{1}, bytes...))
	return fmt.Sprintf("PRIVATE+KEY+%s+%s+%s", name, id, encoded), public, nil
}

func hexes(hashes []tlog.Hash) []string {
	texts := make([]string, len(hashes))
	for i, hash := range hashes {
		texts[i] = hex.EncodeToString(hash[:])
	}
	return texts
}
