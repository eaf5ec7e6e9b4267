import { type Entry, type EntryKind, parseEntry } from '@plumbline/core';
import { isHandover } from '@plumbline/ledger';

import { DRILL_KINDS, DrillBook } from '../drills/drill-book.ts';
import { OpenExecutions } from '../executors/open-executions.ts';
import { foldWide } from '../guard/halts/fold-wide.ts';
import type { WideHalt } from '../guard/halts/order.ts';
import type { Sequencer } from '../ledger/sequencer.ts';
import { BypassBook } from '../services/bypasses.ts';
import { BREAK_GLASS_KINDS, BreakGlassBook } from '../services/break-glass-book.ts';
import { PACT_KINDS, PactRegistry } from '../services/pact-registry.ts';
import { TOOL_KINDS, ToolRegistry } from '../services/tool-registry.ts';
import { UNDO_KINDS, UndoBook } from '../services/undo/undo-book.ts';
import { foldSignIn, type OpenSignIn } from '../services/sign-ins/open-sign-in.ts';
import type { Credential, Vault } from '../store/vault.ts';
import { StartRefused } from './places.ts';

/** The last version of a credential's secret, and when it was revoked. */
type PastCredential = { readonly version: number; readonly revokedAt: number | null };

/** What an earlier run wrote down that counts before anything is served. */
export type Past = {
  readonly registry: PactRegistry;
  readonly tools: ToolRegistry;
  readonly bypasses: BypassBook;
  /** Subjects whose data was erased. */
  readonly erased: ReadonlySet<string>;
  /** When keys were revoked, by id. */
  readonly revoked: ReadonlyMap<string, number>;
  /** How credentials that were changed ended up, by id. */
  readonly credentials: ReadonlyMap<string, PastCredential>;
  /** The halts of every agent that are in force. */
  readonly wide: ReadonlyMap<string, WideHalt>;
  /** Ids of second factors that were removed. */
  readonly removedFactors: ReadonlySet<string>;
  readonly glass: BreakGlassBook;
  readonly undos: UndoBook;
  /** Seats in approvals that were given and returned, in order. */
  readonly seats: readonly Entry[];
  /** Sign-ins at the console of which the log does not say that they ended, by id. */
  readonly signIns: ReadonlyMap<string, OpenSignIn>;
  /** What was begun because of halts and is not known to have ended. */
  readonly executions: OpenExecutions;
  readonly drills: DrillBook;
  /** The first entry that says anything of audits; null: none does. */
  firstAudit: number | null;
};

const SEATS = ['seat_given', 'seat_returned'] as const;
const WANTED: ReadonlySet<EntryKind> = new Set([
  ...PACT_KINDS,
  ...TOOL_KINDS,
  'bypass_found',
  'erasure',
  'key_revoked',
  ...SEATS,
  'signed_in',
  'signed_out',
  'credential_rotated',
  'credential_revoked',
  'fleet_halted',
  'fleet_resumed',
  'factor_removed',
  ...UNDO_KINDS,
  'audit_begun',
  'executor_started',
  'executor_ended',
  ...BREAK_GLASS_KINDS,
  ...DRILL_KINDS,
]);
const BATCH = 1_024;
// Before `kind` stand the agent's id and the time alone, so it is found within these bytes.
const HEAD_BYTES = 256;

/** Reads the log once and returns what of it the vault and the registry have to agree with. */
export async function readPast(sequencer: Pick<Sequencer, 'read'>): Promise<Past> {
  const past: Taken = {
    registry: new PactRegistry(),
    tools: new ToolRegistry(),
    bypasses: new BypassBook(),
    erased: new Set<string>(),
    revoked: new Map<string, number>(),
    credentials: new Map<string, PastCredential>(),
    wide: new Map<string, WideHalt>(),
    removedFactors: new Set<string>(),
    glass: new BreakGlassBook(),
    undos: new UndoBook(),
    seats: new Array<Entry>(),
    signIns: new Map<string, OpenSignIn>(),
    executions: new OpenExecutions(),
    drills: new DrillBook(),
    firstAudit: null,
  };
  let index = 0;
  for (;;) {
    const batch = await sequencer.read(index, BATCH);
    if (batch.length === 0) return past;
    for (const bytes of batch) {
      if (isWanted(bytes)) take(past, bytes, index);
      index += 1;
    }
  }
}

/** Most entries are decisions, which are not worth parsing here. */
function isWanted(bytes: Uint8Array): boolean {
  if (isHandover(bytes)) return false;
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(HEAD_BYTES, bytes.length));
  const kind = /"kind":"([a-z_]+)"/.exec(head.toString('latin1'))?.[1];
  return kind === undefined || [...WANTED].some((wanted) => wanted === kind);
}

type Taken = Past & {
  readonly erased: Set<string>;
  readonly revoked: Map<string, number>;
  readonly seats: Entry[];
  readonly signIns: Map<string, OpenSignIn>;
  readonly credentials: Map<string, PastCredential>;
  readonly wide: Map<string, WideHalt>;
  readonly removedFactors: Set<string>;
};

function take(past: Taken, bytes: Uint8Array, index: number): void {
  const read = parseEntry(bytes);
  if (!read.ok)
    throw new StartRefused(`entry ${index} of the log ${read.error}; run \`plumb verify\``);
  const entry = read.value;
  const { subject, key, credential, version, factor } = entry.open;
  if (entry.kind === 'erasure' && typeof subject === 'string') past.erased.add(subject);
  if (entry.kind === 'key_revoked' && typeof key === 'string') past.revoked.set(key, entry.at);
  if (typeof credential === 'string') {
    const revokedAt = entry.kind === 'credential_revoked' ? entry.at : null;
    past.credentials.set(credential, { version: Number(version), revokedAt });
  }
  foldWide(past.wide, entry);
  if (entry.kind === 'factor_removed' && typeof factor === 'string') {
    past.removedFactors.add(factor);
  }
  if (entry.kind === 'audit_begun') past.firstAudit ??= index;
  foldSignIn(past.signIns, entry);
  past.glass.fold({ ...entry, index });
  past.executions.fold(entry);
  past.undos.fold({ ...entry, index });
  past.drills.fold({ ...entry, index });
  if (SEATS.some((kind) => kind === entry.kind)) past.seats.push(entry);
  past.registry.fold({ ...entry, index });
  past.tools.fold({ ...entry, index });
  past.bypasses.fold({ ...entry, index });
}

/**
 * Does to the vault again what the ledger says was done to it: a vault that was put back from a
 * backup may be older.
 */
export async function replayOnVault(
  vault: Pick<Vault, 'subjectKey' | 'eraseSubject' | 'revokeKey' | 'credentials' | 'putCredential'>,
  { erased, revoked, credentials }: Pick<Past, 'erased' | 'revoked' | 'credentials'>,
): Promise<void> {
  for (const subject of erased) {
    if ((await vault.subjectKey(subject)) !== undefined) await vault.eraseSubject(subject);
  }
  for (const [key, at] of revoked) await vault.revokeKey(key, at);
  for (const credential of await vault.credentials()) {
    const last = credentials.get(credential.id);
    if (last === undefined || !isBehind(credential, last)) continue;
    // An older secret may have been rotated because somebody else knows it.
    await vault.putCredential({ ...credential, ...last }, null);
  }
}

function isBehind({ version, revokedAt }: Credential, last: PastCredential): boolean {
  return version < last.version || (revokedAt === null && last.revokedAt !== null);
}
