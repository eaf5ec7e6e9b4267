import type { JsonObject } from '@plumbline/core';

import type { ControlGroup } from '../groups/control-group.ts';
import type { Limits } from '../sandbox/plan.ts';
import { judgeUse, type LimitName, unused, type Use } from './judge-use.ts';
import { commandOf, type PidSeen, readTree } from './tree.ts';

/** What a watch works with. Its listeners must not throw. */
export type WatchParts = {
  readonly init: number;
  readonly limits: Limits;
  readonly group: Pick<ControlGroup, 'use'> | null;
  /** Monotonic: when something was last asked for. */
  readonly lastActionMs: () => number;
  readonly seen: (processes: readonly JsonObject[]) => void;
  readonly reached: (limit: LimitName, use: Use) => void;
};

const LOOK_MS = 100;

/** Looks at the processes of a sandbox ten times a second. Returns what ends the watch. */
export function watchTree(parts: WatchParts): () => void {
  const known = new Set<string>();
  let soFar = unused(performance.now());
  const look = (): void => {
    const tree = readTree(parts.init);
    if (tree === null) return;
    const fresh = tree.processes.filter((seen) => !known.has(keyOf(seen)));
    // What has ended is forgotten: a pid may come again.
    const now = new Set(tree.processes.map(keyOf));
    for (const key of known) if (!now.has(key)) known.delete(key);
    for (const key of now) known.add(key);
    if (fresh.length > 0) parts.seen(fresh.map(eventOf));
    const { ownBytes, processes } = tree;
    const group = parts.group?.use() ?? { cpuMs: null, reached: null };
    // A group counts what ended unseen as well.
    const cpuMs = group.cpuMs ?? tree.cpuMs;
    const used = { cpuMs, ownBytes, processes: processes.length };
    const use = { atMs: performance.now(), ...used, lastActionMs: parts.lastActionMs() };
    const { reached, next } = judgeUse(parts.limits, soFar, use);
    soFar = next;
    const limit = reached ?? group.reached;
    if (limit !== null) parts.reached(limit, use);
  };
  const timer = setInterval(look, LOOK_MS);
  return () => clearInterval(timer);
}

function keyOf({ pid, startTicks, name }: PidSeen): string {
  return `${pid}:${startTicks}:${name}`;
}

function eventOf({ pid, parent, name }: PidSeen): JsonObject {
  return { pid, parent, name, command: [...commandOf(pid)] };
}
