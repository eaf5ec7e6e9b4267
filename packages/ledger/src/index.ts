export {
  assessCheckpoint,
  type Assessment,
  type Cosigned,
  requireAccepted,
} from './trust/assess.ts';
export { encodeBundle, MAX_ENTRY_BYTES, parseBundle } from './tree/bundle.ts';
export {
  decodeBase64,
  decodeUtf8,
  encodeBase64,
  encodeHex,
  encodeUtf8,
  equalBytes,
} from './bytes.ts';
export {
  type Checkpoint,
  formatCheckpoint,
  openCheckpoint,
  type OpenedCheckpoint,
  parseCheckpoint,
  readCheckpoint,
  signCheckpoint,
} from './note/checkpoint.ts';
export { Frontier, type TakeFullTile, type TileBytes } from './tree/frontier.ts';
export {
  isHandover,
  keyInForce,
  type KeyPeriod,
  type PlacedEntry,
  signHandover,
  traceKeys,
} from './trust/handover.ts';
export { emptyRoot, HASH_BYTES, leafHash, nodeHash, rootOf } from './tree/hash.ts';
export {
  formatKnownLogs,
  type KnownLog,
  parseKnownLogs,
  rememberCheckpoint,
} from './trust/known-logs.ts';
export { type Rung, RUNGS, type Shown, standing, type Standing } from './trust/ladder.ts';
export {
  formatNote,
  formatSignature,
  type Note,
  type NoteSignature,
  parseNote,
  parseSignatures,
} from './note/note.ts';
export {
  meetsQuorum,
  parsePolicy,
  type Policy,
  type PolicyGroup,
  type PolicyLog,
  type PolicyWitness,
} from './trust/policy.ts';
export type { Primitives, Sha256, SignEd25519, VerifyEd25519 } from './primitives.ts';
export { proveConsistency, proveInclusion, type Tree } from './tree/prove.ts';
export { type Fault, type FaultCode, type Result } from './result.ts';
export { formatSigningKey, parseSigningKey, type SigningKeyFile } from './note/signing-key.ts';
export { cosignText, findSignature, type Signed, type Signer, signText } from './note/signature.ts';
export { type LogSource, type Place, readBundle, readTile } from './tree/source.ts';
export {
  parseTilePath,
  partialTiles,
  type Tile,
  TILE_WIDTH,
  tilePath,
  tileWidth,
} from './tree/tile.ts';
export {
  formatTlogProof,
  parseTlogProof,
  type TlogProof,
  verifyTlogProof,
} from './trust/tlog-proof.ts';
export {
  formatVerifierKey,
  type KeyType,
  parseVerifierKey,
  sameKey,
  verifierKey,
  type VerifierKey,
} from './note/verifier-key.ts';
export { type Anchor, type LogClaim, type LogReport, verifyLog } from './tree/verify-log.ts';
export {
  type ConsistencyClaim,
  type InclusionClaim,
  MAX_PROOF_HASHES,
  verifyConsistency,
  verifyInclusion,
} from './tree/verify-proof.ts';
export {
  addCosignature,
  type AddCheckpoint,
  formatAddCheckpoint,
  parseAddCheckpoint,
  parseWitnessAnswer,
  type Refusal,
  type WitnessAnswer,
} from './trust/witness.ts';
