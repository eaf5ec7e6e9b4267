import type { CompiledPact } from '@plumbline/core';

import { type Daemon, rowsOf } from '../daemon/connection.ts';
import { armedPact } from './armed-pact.ts';

/** When no daemon ran, ms UTC. */
type Window = { readonly from: number; readonly until: number };

/** Says of a call that ended whether a hook may have let it through while no daemon ran. */
export type IsAwayRead = (call: {
  readonly agent: string | null;
  readonly tools: readonly string[];
  readonly at: number;
}) => boolean;

// A clock may be off, and the daemon's last entry is older than its end.
const EDGE_MS = 30_000;

/**
 * Returns what tells reads apart that hooks let through without a daemon: they stand in the ledger
 * as what was read, and not as decisions. Source: spec/hooks.md, section "Away".
 */
export async function awayReads(daemon: Daemon, agents: readonly string[]): Promise<IsAwayRead> {
  const windows = await windowsOf(daemon);
  const readers = new Map<string, ReadonlySet<string>>();
  for (const agent of agents) {
    const pact = await armedPact(daemon, agent);
    if (pact?.whenAway === 'reads') readers.set(agent, readsOf(pact));
  }
  return ({ agent, tools, at }) => {
    const reads = agent === null ? undefined : readers.get(agent);
    const isRead = reads !== undefined && tools.some((tool) => reads.has(tool));
    return isRead && windows.some(({ from, until }) => at >= from && at <= until);
  };
}

/** From the last entry before each start to the start. */
async function windowsOf({ get }: Daemon): Promise<readonly Window[]> {
  const windows: Window[] = [];
  for (const { index, at } of rowsOf(await get('/api/v1/events?kind=boot&limit=1000'))) {
    if (typeof index !== 'number' || typeof at !== 'number' || index === 0) continue;
    const [before] = rowsOf(await get(`/api/v1/events?before=${index}&limit=1`));
    const from = before?.['at'];
    if (typeof from !== 'number') continue;
    windows.push({ from: from - EDGE_MS, until: at + EDGE_MS });
  }
  return windows;
}

function readsOf({ tools }: CompiledPact): ReadonlySet<string> {
  const reads = [...tools.values()].filter(({ effect }) => effect === 'read');
  return new Set(reads.map(({ name }) => name));
}
