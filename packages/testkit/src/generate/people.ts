import type { Claim, Delegation, Digest, Event, Halt, HaltScope } from '@plumbline/core';
import { digestJson } from '@plumbline/core';

import type { Random } from './random.ts';
import { crowded, toolNames } from './tools.ts';

/** When something happens, and by what chance. */
type Moment = { readonly random: Random; readonly at: number };

/** Stands for the objective of the pact, which a story does not know. */
export const OWN_OBJECTIVE: Digest = 'sha256:';

// Of no generated pact.
const otherObjective = digestJson('another objective');

/** Returns who hands a session down: mostly wide links, so that not every action is refused. */
export function chain(random: Random, at: number): readonly Delegation[] {
  const count = random.chance(0.05) ? 9 : 1 + random.below(3);
  return Array.from({ length: count }, (_, index) => ({
    agent: `agent-${index}`,
    session: `s-${index}`,
    tools: random.pick([
      null,
      null,
      ['*.*'],
      ['output.*', 'handoff.*', ...crowded],
      random.some(toolNames, 0.8),
    ]),
    effects: random.pick([null, null, ['read', 'write', 'send'], ['read', 'send'], ['read']]),
    untilMs: random.pick([null, null, null, at, at + 1000, at + 900_000]),
  }));
}

const claimIds = ['k1', 'k2', 'k3', 'k4', 'k5', 'k6', 'k7', 'k8'] as const;

/** A claim that some tier may ask for; most are of single use. */
export function claim({ random, at }: Moment, session: string): Event {
  const proved = {
    session,
    name: random.pick(['roles', 'roles', 'other']),
    values: [...random.some(['staff', 'exporter'], 0.8)],
    mechanism: 'oidc',
    verifiedAtMs: at - random.pick([0, 0, 0, 1000, 89_999, 90_000, 90_001]),
    expiresAtMs: at + random.pick([1, 90_000, 90_000, 900_000, 900_000, 900_001]),
  } as const;
  return { kind: 'claim', at, claim: { ...proved, ...granted(random) } };
}

type Actions = readonly string[] | null;

const classes: readonly [Actions, ...Actions[]] = [
  null,
  ['crm.export'],
  ['category:money', 'category:mail'],
  crowded,
  [],
];

function granted(random: Random): Partial<Claim> {
  if (random.chance(0.1)) return {};
  return {
    ...(random.chance(0.95) ? { id: random.pick(claimIds) } : {}),
    once: random.chance(0.93),
    ...(random.chance(0.3) ? { actions: random.pick(classes) } : {}),
  };
}

/** The end of a claim that may be known. */
export function revoking({ random, at }: Moment, session: string): Event {
  return { kind: 'claim_revoked', at, session, id: random.pick(claimIds), by: 'ann' };
}

/** A scope, and what of it. */
export type Stop = readonly [HaltScope, string];

const stops: readonly [Stop, ...Stop[]] = [
  ['fleet', ''],
  ['agent', ''],
  ['session', 's1'],
  ['session', 's2'],
  ['room', 'room-1'],
  ['tool', 'everything.patch'],
  ['tool', 'mail.send'],
  ['task', 'returns'],
];

/** A halt or, more often, a resume: of what was halted last where that is known. */
export function halting({ random, at, halted }: Moment & { readonly halted: Stop[] }): Event {
  const last = random.chance(0.7) ? halted.at(-1) : undefined;
  const [scope, target] = last ?? random.pick(stops);
  const about = { scope, target, reason: 'to be sure', by: 'ann' };
  if (random.chance(last === undefined ? 0.35 : 0.25)) {
    halted.push([scope, target]);
    return { kind: 'halt', at, halt: { ...about, epoch: 1, ...incident(random) } };
  }
  return { kind: 'resume', at, resume: about };
}

function incident(random: Random): Partial<Halt> {
  if (random.chance(0.6)) return {};
  const objective = random.pick([null, OWN_OBJECTIVE, otherObjective, otherObjective]);
  return { id: 'h1', incident: random.pick(['optimisation', 'optimisation', null]), objective };
}
