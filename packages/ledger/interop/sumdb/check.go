package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/transparency-dev/formats/log"
	f_note "github.com/transparency-dev/formats/note"
	"github.com/transparency-dev/formats/proof"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type claims struct {
	LogKey     string `json:"logKey"`
	WitnessKey string `json:"witnessKey"`
	// Every entry is read; one in so many is proved.
	Stride      int64 `json:"stride"`
	Consistency []struct {
		Size   int64    `json:"size"`
		Root   string   `json:"root"`
		Hashes []string `json:"hashes"`
	} `json:"consistency"`
	// Paths of .tlog-proof files within the folder, each beside a file `<path>.entry`.
	Proofs []string `json:"proofs"`
}

type report struct {
	Size        int64 `json:"size"`
	Cosigned    bool  `json:"cosigned"`
	Entries     int   `json:"entries"`
	Consistency int   `json:"consistency"`
	Proofs      int   `json:"proofs"`
}

func check(folder string) (*report, error) {
	text, err := os.ReadFile(filepath.Join(folder, "claims.json"))
	if err != nil {
		return nil, err
	}
	var said claims
	if err := json.Unmarshal(text, &said); err != nil {
		return nil, err
	}
	logKey, err := note.NewVerifier(said.LogKey)
	if err != nil {
		return nil, fmt.Errorf("log key: %w", err)
	}
	signed, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
	if err != nil {
		return nil, err
	}
	head, cosigned, err := openCheckpoint(signed, logKey, said.WitnessKey)
	if err != nil {
		return nil, err
	}
	tree := tlog.Tree{N: int64(head.Size)}
	copy(tree.Hash[:], head.Hash)
	// The reader authenticates every tile against the root before it is used.
	reader := tlog.TileHashReader(tree, &tiles{folder})
	done := &report{Size: tree.N, Cosigned: cosigned}
	if done.Entries, err = checkEntries(folder, tree, reader, max(1, said.Stride)); err != nil {
		return nil, err
	}
	if done.Consistency, err = checkConsistency(said, tree, reader); err != nil {
		return nil, err
	}
	if done.Proofs, err = checkProofs(folder, said, logKey); err != nil {
		return nil, err
	}
	return done, nil
}

func openCheckpoint(signed []byte, logKey note.Verifier, witnessKey string) (*log.Checkpoint, bool, error) {
	verifiers := []note.Verifier{}
	if witnessKey != "" {
		witness, err := f_note.NewVerifierForCosignatureV1(witnessKey)
		if err != nil {
			return nil, false, fmt.Errorf("witness key: %w", err)
		}
		verifiers = append(verifiers, witness)
	}
	head, rest, opened, err := log.ParseCheckpoint(signed, logKey.Name(), logKey, verifiers...)
	if err != nil {
		return nil, false, fmt.Errorf("checkpoint: %w", err)
	}
	if len(rest) > 0 {
		return nil, false, fmt.Errorf("checkpoint has extension lines")
	}
	return head, len(opened.Sigs) > 1, nil
}

// checkEntries reads every bundle, and proves entries with the library's own prover.
func checkEntries(folder string, tree tlog.Tree, reader tlog.HashReader, stride int64) (int, error) {
	checked := 0
	for start := int64(0); start < tree.N; start += 256 {
		width := min(256, tree.N-start)
		bundle, err := os.ReadFile(filepath.Join(folder, tilePath("entries", start/256, int(width))))
		if err != nil {
			return 0, err
		}
		for n := start; n < start+width; n++ {
			if len(bundle) < 2 {
				return 0, fmt.Errorf("bundle ends before entry %d", n)
			}
			length := int(bundle[0])<<8 | int(bundle[1])
			if len(bundle) < 2+length {
				return 0, fmt.Errorf("bundle ends inside entry %d", n)
			}
			hash := tlog.RecordHash(bundle[2 : 2+length])
			bundle = bundle[2+length:]
			if n%stride != 0 && n != tree.N-1 {
				continue
			}
			made, err := tlog.ProveRecord(tree.N, n, reader)
			if err != nil {
				return 0, fmt.Errorf("entry %d: %w", n, err)
			}
			if err := tlog.CheckRecord(made, tree.N, tree.Hash, n, hash); err != nil {
				return 0, fmt.Errorf("entry %d: %w", n, err)
			}
			checked++
		}
		if len(bundle) > 0 {
			return 0, fmt.Errorf("bundle at %d has %d bytes left", start, len(bundle))
		}
	}
	return checked, nil
}

// checkConsistency compares the folder's proofs with the library's own, and verifies them.
func checkConsistency(said claims, tree tlog.Tree, reader tlog.HashReader) (int, error) {
	for _, claim := range said.Consistency {
		made, err := tlog.ProveTree(tree.N, claim.Size, reader)
		if err != nil {
			return 0, fmt.Errorf("consistency from %d: %w", claim.Size, err)
		}
		given, err := parseHashes(claim.Hashes)
		if err != nil {
			return 0, err
		}
		if fmt.Sprint(given) != fmt.Sprint([]tlog.Hash(made)) {
			return 0, fmt.Errorf("consistency from %d: proofs differ", claim.Size)
		}
		root, err := tlog.ParseHash(claim.Root)
		if err != nil {
			return 0, err
		}
		if err := tlog.CheckTree(given, tree.N, tree.Hash, claim.Size, root); err != nil {
			return 0, fmt.Errorf("consistency from %d: %w", claim.Size, err)
		}
	}
	return len(said.Consistency), nil
}

func checkProofs(folder string, said claims, logKey note.Verifier) (int, error) {
	for _, path := range said.Proofs {
		text, err := os.ReadFile(filepath.Join(folder, path))
		if err != nil {
			return 0, err
		}
		entry, err := os.ReadFile(filepath.Join(folder, path+".entry"))
		if err != nil {
			return 0, err
		}
		var read proof.TLogProof
		if err := read.Unmarshal(text); err != nil {
			return 0, fmt.Errorf("%s: %w", path, err)
		}
		head, _, err := openCheckpoint(read.Checkpoint, logKey, said.WitnessKey)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", path, err)
		}
		var root tlog.Hash
		copy(root[:], head.Hash)
		hashes := make([]tlog.Hash, len(read.Hashes))
		for i, hash := range read.Hashes {
			hashes[i] = hash
		}
		leaf := tlog.RecordHash(entry)
		if err := tlog.CheckRecord(hashes, int64(head.Size), root, int64(read.Index), leaf); err != nil {
			return 0, fmt.Errorf("%s: %w", path, err)
		}
	}
	return len(said.Proofs), nil
}

func parseHashes(texts []string) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(texts))
	for i, text := range texts {
		bytes, err := base64.StdEncoding.DecodeString(text)
		if err != nil || len(bytes) != len(hashes[i]) {
			return nil, fmt.Errorf("not a hash: %q", text)
		}
		copy(hashes[i][:], bytes)
	}
	return hashes, nil
}

// tiles reads tiles for the library, whose own paths name the height of a tile first.
type tiles struct{ folder string }

func (t *tiles) Height() int { return 8 }

func (t *tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func (t *tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	found := make([][]byte, len(wanted))
	for i, tile := range wanted {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		bytes, err := os.ReadFile(filepath.Join(t.folder, path))
		if err != nil {
			return nil, err
		}
		found[i] = bytes
	}
	return found, nil
}

func tilePath(level string, n int64, width int) string {
	path := tlog.Tile{H: 8, L: -1, N: n, W: width}.Path()
	return strings.Replace(path, "tile/8/data/", "tile/"+level+"/", 1)
}
