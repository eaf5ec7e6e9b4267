import {
  type Anchor,
  encodeUtf8,
  keyInForce,
  type KnownLog,
  openCheckpoint,
  parsePolicy,
  proveConsistency,
  readCheckpoint,
  type Tree,
  verifyConsistency,
} from '@plumbline/ledger';
import type { Disk } from '../disk/disk.ts';
import { diskSource } from './disk-source.ts';
import { LOG_FOLDER, logNumber, rolledFolder } from './layout.ts';
import {
  type LogRefusal,
  type Opened,
  opened,
  refuse,
  RESTORE_FILE,
  RESTORE_NEWEST,
} from './log-refused.ts';
import type { LogState } from './log-state.ts';
import { primitives } from './primitives.ts';
import type { AskedWitness, Contradiction } from './witnesses.ts';

const CHECKPOINT = `${LOG_FOLDER}/checkpoint`;

/**
 * Returns the published checkpoint, empty when there is none: it is signed by the key in force at
 * its size, not ahead of the state, and the state extends it.
 */
export async function checkPublished(
  disk: Disk,
  state: LogState,
  tree: Tree,
): Promise<Opened<string>> {
  const bytes = await disk.read(CHECKPOINT);
  if (bytes === undefined) return opened('');
  const found = await openByAnyPeriod(bytes, state);
  if (!found.ok) return found;
  const { checkpoint } = found.value;
  if (checkpoint.size > state.size) {
    const happened = `the checkpoint has ${checkpoint.size} entries, \`log-state\` ${state.size}`;
    return refuse('rolled-back', happened, RESTORE_NEWEST);
  }
  const extended = await checkExtends(tree, state, checkpoint);
  if (extended === undefined) return opened(Buffer.from(bytes).toString('utf8'));
  const happened = `\`${CHECKPOINT}\` and the log differ within ${checkpoint.size} entries`;
  return refuse(extended, happened, RESTORE_NEWEST);
}

async function openByAnyPeriod(
  bytes: Uint8Array,
  state: LogState,
): Promise<Opened<{ readonly checkpoint: Anchor }>> {
  let said = 'no key';
  for (const { key } of state.keys) {
    const result = await openCheckpoint(primitives, bytes, key);
    if (!result.ok) {
      said = result.error.message;
      continue;
    }
    const { checkpoint } = result.value;
    if (keyInForce(state.keys, checkpoint.size) === key) return opened({ checkpoint });
    said = `it is signed by a key that was not in force at size ${checkpoint.size}`;
  }
  return refuse('tampered', `\`${CHECKPOINT}\` cannot be trusted: ${said}`, RESTORE_FILE);
}

/** Refuses a log that is shorter than what the operator holds elsewhere, or differs from it. */
export async function checkAnchor(
  tree: Tree,
  state: Pick<LogState, 'size' | 'root'>,
  anchor: Anchor | null,
): Promise<LogRefusal | undefined> {
  if (anchor === null) return undefined;
  if (anchor.size > state.size) {
    const happened = `the log has ${state.size} entries and was known with ${anchor.size}`;
    return refuse('rolled-back', happened, RESTORE_NEWEST).error;
  }
  const code = await checkExtends(tree, state, anchor);
  if (code === undefined) return undefined;
  const happened = `the first ${anchor.size} entries are not those known elsewhere`;
  return refuse(code, happened, RESTORE_NEWEST).error;
}

/**
 * Holds the log, and those it continues, to what is known of them elsewhere. A later log that is
 * known says that this one was put back from before it was rolled over.
 *
 * base: the name of the first log.
 */
export async function checkKnown(
  disk: Disk,
  { state, tree }: { readonly state: LogState; readonly tree: Tree },
  { base, known }: { readonly base: string; readonly known: readonly KnownLog[] },
): Promise<LogRefusal | undefined> {
  const own = logNumber(base, state.origin) ?? 0;
  for (const each of known) {
    const number = logNumber(base, each.key.name);
    if (number === undefined) continue;
    if (number > own) {
      const happened = `\`${each.key.name}\` is known, which follows \`${state.origin}\``;
      return refuse('rolled-back', happened, RESTORE_NEWEST).error;
    }
    const refused =
      number === own
        ? await checkAnchor(tree, state, each)
        : await checkRolled(disk, rolledFolder(number), each);
    if (refused !== undefined) return refused;
  }
  return undefined;
}

async function checkRolled(
  disk: Disk,
  folder: string,
  known: KnownLog,
): Promise<LogRefusal | undefined> {
  const bytes = await disk.read(`${folder}/checkpoint`);
  const read = bytes === undefined ? undefined : readCheckpoint(bytes);
  if (read?.ok !== true) {
    return refuse('truncated', `\`${folder}/checkpoint\` cannot be read`, RESTORE_FILE).error;
  }
  const { size, root } = read.value.checkpoint;
  const tree = { sha256: primitives.sha256, source: diskSource(disk, folder), size };
  return checkAnchor(tree, { size, root }, known);
}

async function checkExtends(
  tree: Tree,
  state: Pick<LogState, 'size' | 'root'>,
  earlier: Anchor,
): Promise<'truncated' | 'forked' | undefined> {
  const proof = await proveConsistency(tree, earlier.size);
  if (!proof.ok) return 'truncated';
  const claim = { earlierSize: earlier.size, earlierRoot: earlier.root, proof: proof.value };
  const { size, root } = state;
  return verifyConsistency(primitives.sha256, { ...claim, size, root }) ? undefined : 'forked';
}

/** Says why a log is refused that a witness knows better. */
export function refuseContradiction({ kind, witness, size }: Contradiction): LogRefusal {
  const happened =
    kind === 'ahead'
      ? `witness \`${witness}\` cosigned ${size} entries, more than this log has`
      : `witness \`${witness}\` cosigned a log that this one does not extend`;
  return refuse(kind === 'ahead' ? 'rolled-back' : 'forked', happened, RESTORE_NEWEST).error;
}

/** Returns the witnesses of a policy that have an address. */
export function witnessesOf(policy: string | null): Opened<readonly AskedWitness[]> {
  if (policy === null) return opened([]);
  const parsed = parsePolicy(primitives.sha256, encodeUtf8(policy));
  if (!parsed.ok) {
    return refuse('configuration', `the witness policy cannot be read`, parsed.error.message);
  }
  return opened(
    parsed.value.witnesses.flatMap((each) =>
      each.url === undefined ? [] : [{ ...each, url: each.url }],
    ),
  );
}
