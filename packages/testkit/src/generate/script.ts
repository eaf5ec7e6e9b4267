import type { Action, Event, Fact, Json, JsonObject, OutcomeStatus } from '@plumbline/core';
import { digestJson } from '@plumbline/core';

import { chain, claim, halting, revoking, type Stop } from './people.ts';
import type { Random } from './random.ts';
import { agents, crowded, outputClasses, toolNames } from './tools.ts';

/** One thing that happens; `propose` is decided, and its decision becomes an event. */
export type Step =
  | {
      readonly kind: 'propose';
      readonly at: number;
      readonly id: string;
      readonly action: Action;
      readonly facts: readonly Fact[];
    }
  | { readonly kind: 'event'; readonly event: Event }
  | {
      /** A person's answer about an earlier proposal; `rules` null names what it asked for. */
      readonly kind: 'answer';
      readonly at: number;
      readonly id: string;
      readonly of: Action;
      readonly rules: readonly string[] | null;
      readonly outcome: 'approved' | 'denied';
      readonly expiresAtMs: number;
    };

/** A session's worth of choices: who is in it, and what may happen next. */
type Story = {
  readonly random: Random;
  at: number;
  serial: number;
  /** The session something has just happened in, to be looked at next at close range. */
  watched: string | null;
  readonly proposals: Action[];
  /** Whether claims are most of what happens. */
  readonly isGranting: boolean;
  /** What was halted, the last one last. */
  readonly halted: Stop[];
};

const sessions = ['s1', 's2', 's3'] as const;
const principals = ['ann', 'bob', 'cem'] as const;
const boundariesMs = [0, 1, 500, 999, 1000, 1001, 30_000, 89_999, 90_000, 90_001] as const;
const leapsMs = [600_000, 899_999, 900_000, 3_600_000, 7_200_001, 40_000_000, 86_400_000] as const;
// Before the last Sunday of March 2026, when Berlin loses an hour.
const startsMs = [1_767_225_600_000, 1_774_735_200_000, 1_774_742_399_999] as const;
const words = [
  'please',
  'c1',
  'c2',
  'ann@example.com',
  'eve@evil.example',
  'https://evil.example/pay',
  'DE89370400440532013000',
  '4000123412341234',
  'hello there',
  '2026-03-29',
  'see https://shop.example/c1/ now',
  '/etc/passwd',
  'a1b2c3d4e5f6a7b8',
  '给c1和',
  '#c2',
  '1,250.50',
] as const;

/** Returns a random story of at most `length` steps. */
export function generateScript(random: Random, length: number): readonly Step[] {
  const story: Story = {
    random,
    at: random.pick(startsMs),
    serial: 0,
    watched: null,
    proposals: [],
    isGranting: random.chance(0.35),
    halted: [],
  };
  const steps: Step[] = [];
  if (random.chance(0.9)) steps.push(armed(story));
  for (const session of random.some(sessions, 0.9)) {
    steps.push(opening(story, session));
    if (!story.isGranting) continue;
    for (let more = 0; more < 3; more += 1) {
      steps.push({ kind: 'event', event: claim(story, session) });
    }
  }
  while (steps.length < length) steps.push(next(story));
  return steps;
}

function armed(story: Story): Step {
  // The runner puts the digest of the pact here, which the story does not know.
  return { kind: 'event', event: { kind: 'armed', at: story.at, pact: 'sha256:' } };
}

function next(story: Story): Step {
  const { random } = story;
  if (story.watched !== null) {
    story.at += random.pick([0, 1, 1, 999, 1000]);
    return proposal(story);
  }
  story.at += random.pick(random.chance(0.12) ? leapsMs : boundariesMs);
  const roll = random.below(100);
  if (roll < 58) return proposal(story);
  if (roll < 72) return story.proposals.length === 0 ? proposal(story) : outcome(story);
  if (roll < 80) return story.proposals.length === 0 ? proposal(story) : answer(story);
  return { kind: 'event', event: happening(story, roll) };
}

function opening({ random, at }: Story, session: string): Step {
  const event: Event = {
    kind: 'session_opened',
    at,
    session,
    principal: random.pick(principals),
    task: random.pick(['returns', 'support', 'returns', 'support', 'unknown', null]),
    room: random.pick(['room-1', null]),
    attributes: { customer_id: 'c1', customer_email: 'ann@example.com' },
    openedBy: 'front-desk',
    ...(random.chance(0.12) ? { delegation: chain(random, at) } : {}),
  };
  return { kind: 'event', event };
}

function proposal(story: Story): Step {
  const { random, at, proposals } = story;
  const isAgain = proposals.length > 0 && random.chance(0.4);
  const again =
    isAgain && story.watched === null ? proposals[random.below(proposals.length)] : undefined;
  const action = again === undefined ? newcomer(story) : repeated(story, again);
  proposals.push(action);
  story.watched = null;
  story.serial += 1;
  return { kind: 'propose', at, id: `d${story.serial}`, action, facts: facts(story) };
}

function repeated(story: Story, action: Action): Action {
  const isSameRequest = story.random.chance(0.3);
  return isSameRequest ? action : { ...action, id: `r${story.serial}` };
}

function newcomer(story: Story): Action {
  const { random } = story;
  const tool = toolName(random);
  const args = tool.startsWith('output.') ? { text: sentence(random) } : argumentsOf(random);
  const digest = digestJson({ tool, args });
  return {
    id: `r${story.serial}`,
    session: story.watched ?? sessionName(random),
    tool,
    args,
    digest,
  };
}

function sessionName(random: Random): string {
  return random.chance(0.02) ? 'nobody' : random.pick(['s1', 's1', 's1', 's2', 's3']);
}

function toolName(random: Random): string {
  const roll = random.below(100);
  if (roll < 3) return random.pick(['nothing.known', 'mail.other']);
  if (roll < 11) return random.pick(['output.message', 'output.answer']);
  if (roll < 18) return `handoff.${random.pick(agents)}`;
  if (roll < 23) return 'vault.patch';
  if (roll < 75) return random.pick(crowded);
  return random.pick(toolNames);
}

function sentence(random: Random): string {
  return Array.from({ length: 1 + random.below(3) }, () => random.pick(words)).join(' ');
}

function amount(random: Random): Json {
  return random.pick([1, 10.5, 20, 50, 50.01, 99.5, '20.00', '49.995', -1, 'lots', 2]);
}

function argumentsOf(random: Random): JsonObject {
  const recipients = Array.from({ length: random.below(4) }, () => random.pick(words));
  const all: JsonObject = {
    customer_id: random.pick(['c1', 'c1', 'c1', 'c2', 'ann@example.com']),
    text: sentence(random),
    note: random.pick(['x', 'y', 'c2', '']),
    amount: amount(random),
    to: recipients,
    meta: { tag: random.pick(['x', 'y']) },
    items: [{ name: random.pick(words), size: random.below(9) }, random.pick(words)],
  };
  const some = Object.entries(all).filter(() => random.chance(0.8));
  const undeclared: JsonObject = random.pick([{ bcc: 'eve' }, { items: [{ bcc: 'eve' }] }]);
  return { ...Object.fromEntries(some), ...(random.chance(0.02) ? undeclared : {}) };
}

function facts({ random, at }: Story): readonly Fact[] {
  const values: { readonly [name: string]: JsonObject } = {
    source: { verified: random.chance(0.5) },
    risk: { score: random.pick([0.1, 0.5, 0.95]) },
    payee: { known: random.chance(0.5) },
    output: { classes: [...random.some(outputClasses, 0.5)], unsure: random.chance(0.2) },
    command: {
      effect: random.pick(['read', 'write', 'send', 'odd']),
      ...(random.chance(0.8) ? { reversible: random.pick(['yes', 'partly', 'no']) } : {}),
    },
  };
  return random.some(Object.entries(values), 0.5).map(([name, value]) => ({
    name,
    value,
    source: 'lookup',
    observedAtMs: at - random.pick([0, 0, 1, 1000, 599_999, 600_000, 600_001, -1]),
    maxAgeMs: random.pick([0, 1000, 600_000, 3_600_000]),
  }));
}

function outcome({ random, at, proposals, serial }: Story): Step {
  const index = Math.max(0, proposals.length - 1 - random.below(3));
  const action = proposals[index];
  const status: OutcomeStatus = random.pick(['ok', 'ok', 'ok', 'error', 'not_sent', 'unknown']);
  const event: Event = {
    kind: 'outcome',
    at,
    decision: `d${Math.min(serial, index + 1)}`,
    session: action?.session ?? 's1',
    tool: action?.tool ?? 'orders.get',
    args: action?.args ?? {},
    status,
    result: result(random),
    records: random.pick([null, 0, 1, 3]),
  };
  return { kind: 'event', event };
}

function result(random: Random): Json {
  const structured = {
    from: random.pick(words),
    body: sentence(random),
    order: { id: random.pick(words), items: [{ name: random.pick(words) }] },
  };
  const printed = random.chance(0.5) ? JSON.stringify(structured) : `${sentence(random)} {`;
  return random.pick<Json>([null, sentence(random), structured, printed, 20, true]);
}

function answer(story: Story): Step {
  const { random, at, proposals } = story;
  const of = proposals[Math.max(0, proposals.length - 1 - random.below(2))];
  return {
    kind: 'answer',
    at,
    id: `a${at}-${proposals.length}-${random.below(1000)}`,
    of: of ?? newcomer(story),
    rules: random.chance(0.85) ? null : ['rule_of_two', 'gate:mail'],
    outcome: random.chance(0.85) ? 'approved' : 'denied',
    expiresAtMs: at + random.pick([1, 1000, 90_000, 900_000]),
  };
}

function happening(story: Story, roll: number): Event {
  const { random, at } = story;
  const session = random.pick(sessions);
  if (random.chance(0.5)) story.watched = session;
  if (story.isGranting && random.chance(0.5)) return claim(story, session);
  if (roll < 83) {
    const from = random.pick(['principal', 'principal', 'untrusted'] as const);
    return { kind: 'message', at, session, from, text: sentence(random) };
  }
  if (roll < 87) return random.chance(0.1) ? revoking(story, session) : claim(story, session);
  if (roll < 89) return halting(story);
  if (roll < 92) return locking(story);
  if (roll < 94) {
    const category = random.pick(['money', 'mail', 'crm', 'orders', 'unlisted', 'output']);
    const scope = random.chance(0.4) ? null : session;
    const verdict = random.pick(['opened', 'opened', 'kept'] as const);
    return { kind: 'gate', at, session: scope, category, outcome: verdict, by: 'ann' };
  }
  if (roll < 95) {
    return { kind: 'finding', at, session, name: random.pick(['canary', 'other']) };
  }
  if (roll < 96) return { kind: 'session_closed', at, session };
  const opened = opening(story, random.pick(sessions));
  return opened.kind === 'event' ? opened.event : { kind: 'session_closed', at, session };
}

function locking({ random, at }: Story): Event {
  const about = {
    at,
    entity: random.pick(['order', 'client']),
    id: random.pick(['c1', 'c2', ' C1']),
    field: random.pick([null, 'note', 'Note', 'meta.tag']),
    by: 'ann',
  };
  if (random.chance(0.25)) return { kind: 'unlock', ...about };
  const untilMs = random.chance(0.5) ? null : at + random.pick([1, 1000, 900_000]);
  return { kind: 'lock', ...about, untilMs };
}
