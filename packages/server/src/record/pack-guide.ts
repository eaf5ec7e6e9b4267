import type { PackManifest } from './pack-files.ts';

/** Returns the first page of a pack: what it shows, what it does not, and how to check it. */
export function packGuide({ origin, size, entries, verifierKey, files }: PackManifest): string {
  const openings = Object.keys(files).filter((path) => path.endsWith('.opening')).length;
  return `# Evidence pack of \`${origin}\`

${entries.length} entries of a log of ${size}, ${openings} of them opened. The log's verifier key is

    ${verifierKey}

## What this shows

- Every entry in \`entries/\` stands in the log at the index that is its name, byte for byte,
  under the root that \`checkpoint\` states.
- Whoever holds the log's key signed that checkpoint.
- An opened payload is the one that was committed to when the entry was written.

## What it does not show

- That the log holds nothing else about the same matter: entries that were not selected are not
  here.
- That the log was not rewritten before the checkpoint. Compare the checkpoint with one kept
  elsewhere, or with a witness.
- That the key is the right one. It stands in this pack for convenience; get it from someone you
  trust and compare.
- That what was written down is what happened in the world.

## Check it with common tools

The files are those of the list:

    sha256sum --quiet -c SHA256SUMS

The checkpoint is signed by the key in \`key.pem\`, and that key is the one above:

    scratch=$(mktemp -d)
    sed '/^$/,$d' checkpoint > "$scratch/text"
    signature=$(grep '^— ${origin} ' checkpoint | head -n 1 | sed 's/.* //')
    echo "$signature" | base64 -d | tail -c 64 > "$scratch/sig"
    openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in "$scratch/text" -sigfile "$scratch/sig"
    openssl pkey -pubin -in key.pem -outform DER | tail -c 32 | base64

The last line printed is what the verifier key holds after its first byte:

    echo '${verifierKey.split('+').slice(2).join('+')}' | base64 -d | tail -c 32 | base64

Every entry stands in the tree, every opened payload is the one committed to, and every chain goes
on:

    python3 verify.py

\`verify.py\` needs Python's standard library alone. It does not check that the sealed text decrypts
to the opened payload, for which no common tool has AES-GCM (the keyed commitment binds the payload
without it), and it does not make decisions again. \`plumb verify\` on this folder does both.
`;
}

/** The checker that comes with every pack: Python's standard library alone. */
export const PACK_CHECKER = `#!/usr/bin/env python3
"""Checks the entries of an evidence pack: inclusion, commitments, chains. No third-party code."""
import base64, glob, hashlib, hmac, json, os, sys

here = os.path.dirname(os.path.abspath(__file__))


def read(path):
    with open(os.path.join(here, path), "rb") as file:
        return file.read()


def sha(data):
    return hashlib.sha256(data).digest()


def root_of(leaf, index, size, proof):
    """RFC 9162, section 2.1.3.2."""
    if index >= size:
        return None
    fn, sn, result = index, size - 1, leaf
    for sibling in proof:
        if sn == 0:
            return None
        if fn % 2 == 1 or fn == sn:
            result = sha(b"\\x01" + sibling + result)
            while fn % 2 == 0 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            result = sha(b"\\x01" + result + sibling)
        fn, sn = fn >> 1, sn >> 1
    return result if sn == 0 else None


def fail(path, why):
    print(f"{path}: {why}")
    sys.exit(1)


checkpoint = read("checkpoint")
origin, size, root = checkpoint.decode().split("\\n")[:3]
size, root = int(size), base64.b64decode(root)
heads, opened = {}, 0
paths = sorted(glob.glob(os.path.join(here, "entries", "*.json")))
paths = [path for path in paths if not path.endswith(".plain.json")]
for path in paths:
    name = path[: -len(".json")]
    index = int(os.path.basename(name))
    entry = read(path)
    leaf = sha(b"\\x00" + entry)
    head, signed = read(name + ".tlog-proof").split(b"\\n\\n", 1)
    lines = head.decode().split("\\n")
    if lines[0] != "c2sp.org/tlog-proof@v1" or lines[1] != f"index {index}":
        fail(path, "its proof is not of this index")
    if signed != checkpoint:
        fail(path, "its proof is of another checkpoint")
    if root_of(leaf, index, size, [base64.b64decode(line) for line in lines[2:]]) != root:
        fail(path, "does not stand in the log at this index")
    if not entry.startswith(b"{"):
        continue
    value = json.loads(entry)
    chain = (value["agent"], value["session"])
    if chain in heads:
        place, before = heads[chain]
        # Of the node's chain, only the erasures that concern the sessions are here.
        skips = chain == (None, None) and value["n"] > place + 1
        if not skips and (value["n"] != place + 1 or value["prev"] != before):
            fail(path, "does not continue its chain")
    heads[chain] = (value["n"], base64.b64encode(leaf).decode())
    if os.path.exists(name + ".opening"):
        keys = bytes.fromhex(read(name + ".opening").decode().strip())
        mac = hmac.new(keys[32:], read(name + ".plain.json"), hashlib.sha256).digest()
        if base64.b64encode(mac).decode() != value["sealed"]["mac"]:
            fail(path, "the opened payload is not the one committed to")
        opened += 1
print(f"{len(paths)} entries stand in {origin} of size {size}")
print(f"{opened} payloads are those committed to")
`;
