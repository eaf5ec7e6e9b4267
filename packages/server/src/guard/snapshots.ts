import { type CompiledPact, kernelVersion, keyOfLock, type Lock, restore } from '@plumbline/core';
import { encodeBase64, leafHash } from '@plumbline/ledger';

import { primitives } from '../ledger/primitives.ts';
import { LedgerStopped } from '../ledger/sequencer.ts';
import type { SavedChains } from '../record/recorder.ts';
import type { Subject } from '../store/vault.ts';
import type { Desk } from './desk.ts';
import type { Folding } from './fold-entry.ts';
import type { LiveAgent } from './live-agent.ts';
import { restoreAgent, saveAgent, type SavedAgent, subjectsOf } from './saved-agent.ts';
import { readSnapshot, writeSnapshot } from './snapshot-file.ts';
import type { SavedTokens } from './token-table.ts';

/** Everything folded from the first `size` entries of the log whose last has this leaf hash. */
type Saved = {
  readonly version: 3;
  readonly kernel: string;
  readonly size: number;
  readonly leaf: string;
  readonly chains: SavedChains;
  readonly armed: readonly (readonly [string, string])[];
  readonly sources: readonly (readonly [string, string])[];
  readonly agents: readonly SavedAgent[];
  /** Missing in a snapshot from before there was any. */
  readonly locks?: readonly Lock[];
  readonly tokens?: SavedTokens;
};

// Longer ones would hold up everything else while they are printed; the log is then folded.
const MOST_CHARS = 268_435_456;

/** As `takeSnapshot`, after the one that is being written; what goes wrong is told and no more. */
export function queueSnapshot(desk: Desk, folding: Folding): Promise<unknown> {
  const taken = desk.snapshotting.then(() => takeSnapshot(desk, folding));
  desk.snapshotting = taken.catch((cause: unknown) => desk.parts.snapshots?.failed(cause));
  return desk.snapshotting;
}

/**
 * Writes down what is folded so far. Everything is taken in one turn, and written once the last
 * entry it is made of is durable. Does nothing while a halt is owed to the log.
 */
async function takeSnapshot(desk: Desk, { sources }: Folding): Promise<void> {
  const { sequencer, snapshots } = desk.parts;
  if (snapshots === undefined || desk.forgotten.size > 0) return;
  if ([...desk.agents.values()].some(({ owed }) => owed.length > 0)) return;
  const size = sequencer.status().nextIndex;
  const text = printed(desk, sources, size);
  if (text === null || !(await isDurable(desk, size))) return;
  const leaf = await leafAt(desk, size - 1);
  // A subject that was forgotten meanwhile stands in what was taken.
  if (leaf === undefined || desk.forgotten.size > 0) return;
  await writeSnapshot(snapshots, `{"leaf":${JSON.stringify(leaf)},${text}`);
}

function printed(desk: Desk, sources: Folding['sources'], size: number): string | null {
  const agents: string[] = [];
  let chars = 0;
  for (const live of desk.agents.values()) {
    const text = JSON.stringify(saveAgent(live));
    chars += text.length;
    if (chars > MOST_CHARS) return null;
    agents.push(text);
  }
  const head = JSON.stringify({
    version: 3,
    kernel: kernelVersion,
    size,
    chains: desk.parts.recorder.save(),
    armed: [...desk.agents.values()].flatMap(({ agent, state }) => {
      return state.pact === null ? [] : [[agent, state.pact]];
    }),
    sources: [...sources],
    locks: [...desk.locks.values()],
    tokens: desk.tokens.save(),
  });
  return `"agents":[${agents.join(',')}],${head.slice(1)}`;
}

async function isDurable({ parts }: Desk, size: number): Promise<boolean> {
  try {
    await parts.recorder.durable;
  } catch (error) {
    if (error instanceof LedgerStopped) return false;
    throw error;
  }
  return size > 0 && parts.sequencer.status().durableSize >= size;
}

async function leafAt({ parts }: Desk, index: number): Promise<string | undefined> {
  const [bytes] = await parts.sequencer.read(index, 1);
  return bytes === undefined ? undefined : encodeBase64(leafHash(primitives.sha256, bytes));
}

/**
 * Takes up the snapshot where there is one that fits the log, and returns from which entry on the
 * log is to be folded: 0 without.
 */
export async function resumeSnapshot(desk: Desk, folding: Folding): Promise<number> {
  const saved = await fittingSnapshot(desk);
  if (saved === undefined) return 0;
  const pacts = await pactsOf(desk, saved);
  const subjects = await subjectsIn(desk, saved);
  if (pacts === undefined || subjects === undefined) return 0;
  for (const agent of saved.agents) {
    const live = restoreAgent(agent, subjects, desk.parts.clocks);
    takeShadow(live, agent, pacts);
    desk.agents.set(agent.agent, live);
  }
  for (const [agent, digest] of saved.armed) {
    const pact = pacts.get(digest);
    if (pact !== undefined) folding.armed.set(agent, pact);
  }
  for (const [digest, sources] of saved.sources) folding.sources.set(digest, sources);
  for (const lock of saved.locks ?? []) desk.locks.set(keyOfLock(lock), lock);
  desk.tokens.restore(saved.tokens ?? []);
  desk.parts.recorder.resume(saved.chains);
  return saved.size;
}

async function fittingSnapshot(desk: Desk): Promise<Saved | undefined> {
  const { snapshots } = desk.parts;
  const text = snapshots === undefined ? undefined : await readSnapshot(snapshots);
  if (text === undefined) return undefined;
  // It opened under a key that only `takeSnapshot` writes with.
  const saved = JSON.parse(text) as Saved;
  if (saved.version !== 3 || saved.kernel !== kernelVersion) return undefined;
  return (await leafAt(desk, saved.size - 1)) === saved.leaf ? saved : undefined;
}

async function pactsOf(
  { parts }: Desk,
  { armed, sources, agents }: Saved,
): Promise<ReadonlyMap<string, CompiledPact> | undefined> {
  const known = new Map(sources);
  const pacts = new Map<string, CompiledPact>();
  const shadows = agents.flatMap(({ shadow }) => (shadow === null ? [] : [shadow.pact]));
  const inForce = armed.map(([, pact]) => pact);
  for (const digest of [...inForce, ...shadows]) {
    const pact = await parts.pactOf(digest, known.get(digest) ?? null);
    if (pact?.digest !== digest) return undefined;
    pacts.set(digest, pact);
  }
  return pacts;
}

async function subjectsIn(
  { parts }: Desk,
  { agents }: Saved,
): Promise<ReadonlyMap<string, Subject> | undefined> {
  const subjects = new Map<string, Subject>();
  for (const id of new Set(agents.flatMap(subjectsOf))) {
    const subject = await parts.subjects.byId(id);
    if (subject === undefined) return undefined;
    subjects.set(id, subject);
  }
  return subjects;
}

function takeShadow(
  live: LiveAgent,
  { shadow }: SavedAgent,
  pacts: ReadonlyMap<string, CompiledPact>,
): void {
  const pact = pacts.get(shadow?.pact ?? '');
  if (shadow !== null && pact !== undefined) live.shadow = { pact, state: restore(shadow.state) };
}
