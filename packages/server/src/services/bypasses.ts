import { createHash } from 'node:crypto';

import { canonical, type Entry, type JsonObject } from '@plumbline/core';

import type { Guard } from '../guard/guard.ts';
import type { Caller } from '../routes/caller.ts';
import { refused, served } from './served.ts';
import type { Served } from './services.ts';
import { makeTurns } from './turns.ts';
import type { WriteEntry } from './write-entry.ts';

/**
 * What went around the gateway: a server that runs without one, a call that nothing decided, a
 * credential that no permit was used with, a permit that was used twice, or a client whose
 * configuration was governed and is no longer.
 */
export const BYPASS_KINDS = ['process', 'call', 'credential', 'twice', 'unwired'] as const;

/** One of them. */
export type BypassKind = (typeof BYPASS_KINDS)[number];

/** A finding as it is reported; `evidence` says where it shows, never what it holds. */
export type Bypass = {
  readonly what: BypassKind;
  /** The agent that goes around, where it is known. */
  readonly agent: string | null;
  readonly client: string | null;
  readonly server: string | null;
  readonly tool: string | null;
  readonly evidence: string;
  /** When it happened, ms UTC, where that shows. */
  readonly seenAtMs: number | null;
};

/** A finding as the ledger holds it. `by` is the id of the key that reported it. */
export type BypassRow = Bypass & {
  readonly id: string;
  readonly at: number;
  readonly index: number;
  readonly by: string;
};

/** What became of a reported finding. */
export type TakenBypass = BypassRow & {
  /** Whether the ledger held it before. */
  readonly isRepeat: boolean;
  /** Whether the agent was halted for it, because its pact says so. */
  readonly isHalted: boolean;
};

/**
 * What was found to go around the enforcement points.
 *
 * Contract:
 * - What is answered is durable; the same finding reported again is answered with the first entry.
 * - An agent whose armed pact halts on `bypass` is halted for a call or a credential of its own.
 */
export type Bypasses = {
  readonly report: (
    found: readonly Bypass[],
    by: Caller,
  ) => Promise<Served<readonly TakenBypass[]>>;
  /** Newest first. */
  readonly list: () => readonly BypassRow[];
};

/** Findings that are remembered; older ones stand in the ledger alone. */
const MOST_REMEMBERED = 10_000;

/** The findings in the ledger, folded from it. */
export class BypassBook {
  readonly #rows = new Map<string, BypassRow>();

  /** Takes the next entry of the ledger; entries of other kinds say nothing here. */
  fold({ kind, agent, at, open, index }: Folded): void {
    if (kind !== 'bypass_found') return;
    // Only this service writes what is read here, and parsing checked its shape.
    const row = { ...(open as Omit<BypassRow, 'agent' | 'at' | 'index'>), agent, at, index };
    this.#rows.delete(row.id);
    this.#rows.set(row.id, row);
    const [oldest] = this.#rows.size > MOST_REMEMBERED ? this.#rows.keys() : [];
    if (oldest !== undefined) this.#rows.delete(oldest);
  }

  row(id: string): BypassRow | undefined {
    return this.#rows.get(id);
  }

  list(): readonly BypassRow[] {
    return [...this.#rows.values()].reverse();
  }
}

type Folded = Pick<Entry, 'kind' | 'agent' | 'at' | 'open'> & { readonly index: number };

/** What the service works with. */
export type BypassesNeeds = {
  readonly guard: Pick<Guard, 'status' | 'halt' | 'haltsOn'>;
  readonly book: BypassBook;
  readonly write: WriteEntry;
};

/** Returns the service of what went around. */
export function makeBypasses(needs: BypassesNeeds): Bypasses {
  const turn = makeTurns();
  return {
    list: () => needs.book.list(),
    // One report at a time, so that the same finding in two is one.
    report: (found, by) => turn('', () => report(needs, found, by)),
  };
}

async function report(
  needs: BypassesNeeds,
  found: readonly Bypass[],
  by: Caller,
): Promise<Served<readonly TakenBypass[]>> {
  const unknown = found.find(
    ({ agent }) => agent !== null && needs.guard.status(agent) === undefined,
  );
  if (unknown !== undefined) {
    return refused('unknown-agent', `there is no agent \`${unknown.agent ?? ''}\``);
  }
  const taken: TakenBypass[] = [];
  for (const bypass of found) {
    const one = await take(needs, bypass, by);
    if (!one.ok) return one;
    taken.push(one.value);
  }
  return served(taken);
}

async function take(
  needs: BypassesNeeds,
  { agent, ...bypass }: Bypass,
  by: Caller,
): Promise<Served<TakenBypass>> {
  const { seenAtMs: _, ...told } = bypass;
  const digest = createHash('sha256').update(canonical({ agent, ...told }), 'utf8');
  const id = `sha256:${digest.digest('hex')}`;
  const known = needs.book.row(id);
  if (known !== undefined) return served({ ...known, isRepeat: true, isHalted: false });
  const open: JsonObject = { id, ...bypass, by: by.id };
  const written = await needs.write({ kind: 'bypass_found', agent, open });
  if (!written.ok) return written;
  needs.book.fold({ kind: 'bypass_found', agent, open, ...written.value });
  const isHalted = await haltFor(needs, { agent, ...bypass });
  const row = { agent, ...bypass, id, by: by.id, ...written.value };
  return served({ ...row, isRepeat: false, isHalted });
}

/** A server that runs, or a changed file, shows no call of the agent's. */
async function haltFor({ guard }: BypassesNeeds, { agent, what }: Bypass): Promise<boolean> {
  const isOfCall = what === 'call' || what === 'credential' || what === 'twice';
  if (agent === null || !isOfCall || !guard.haltsOn(agent, 'bypass')) return false;
  const order = { agent, scope: 'agent', target: '', reason: 'bypass', by: 'kernel' } as const;
  const halted = await guard.halt(order);
  return halted.ok;
}
