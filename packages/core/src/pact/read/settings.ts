import type { PactDocument } from '../document.ts';
import {
  choice,
  decimalNumber,
  duration,
  integer,
  list,
  mismatch,
  open,
  openEntries,
  optional,
  percentage,
  required,
  text,
} from '../reader.ts';
import type { Findings, Reader } from '../reader.ts';
import type { SourceNode } from '../source.ts';
import { approvers, word } from './approval.ts';

/** Returns a reader that takes `off` for a value of its own. */
function orOff<T>(read: Reader<T>, off: T): Reader<T> {
  return (findings, node) =>
    node.kind === 'scalar' && node.value === 'off' ? off : read(findings, node);
}

/** Gates as they are without a word about them. */
export const GATES: PactDocument['gates'] = { isOn: true, widenAfter: 3, approvers: null };

const someGates: Reader<PactDocument['gates']> = (findings, node) => {
  const fields = open(findings, node, { what: '`gates`', keys: ['widen_after', 'approvers'] });
  return {
    isOn: true,
    widenAfter: optional(fields, 'widen_after', { read: integer(1, 10_000), or: 3 }),
    approvers: optional(fields, 'approvers', { read: approvers, or: null }),
  };
};

/** Reads `gates`. */
export const gates: Reader<PactDocument['gates']> = orOff(someGates, { ...GATES, isOn: false });

const someBulk: Reader<PactDocument['bulk']> = (findings, node) => {
  const keys = ['percentile', 'floor', 'cold_start'];
  const fields = open(findings, node, { what: '`bulk`', keys });
  return {
    percentile: optional(fields, 'percentile', { read: integer(50, 100), or: 99 }),
    floor: optional(fields, 'floor', { read: integer(1, 1_000_000), or: 200 }),
    coldStart: optional(fields, 'cold_start', { read: integer(0, 1_000_000_000), or: 20 }),
  };
};

/** Reads `bulk`. */
export const bulk: Reader<PactDocument['bulk']> = orOff(someBulk, null);

/** Persistence as it is without a word about it. */
export const PERSISTENCE: PactDocument['persistence'] = { warn: 2, pause: 5, halt: 10 };

const NEVER = Number.MAX_SAFE_INTEGER;

const somePersistence: Reader<PactDocument['persistence']> = (findings, node) => {
  const fields = open(findings, node, { what: '`persistence`', keys: ['warn', 'pause', 'halt'] });
  const count = integer(1, 1_000_000);
  const steps = {
    warn: optional(fields, 'warn', { read: orOff(count, NEVER), or: PERSISTENCE.warn }),
    pause: optional(fields, 'pause', { read: orOff(count, NEVER), or: PERSISTENCE.pause }),
    halt: optional(fields, 'halt', { read: orOff(count, NEVER), or: PERSISTENCE.halt }),
  };
  if (steps.warn > steps.pause || steps.pause > steps.halt) {
    const message =
      '`warn`, `pause` and `halt` must come in this order: make each at least the last';
    findings.error({ code: 'bad-value', place: node.place, message });
  }
  return steps;
};

/** Reads `persistence`; off means that refusals never escalate. */
export const persistence: Reader<PactDocument['persistence']> = orOff(somePersistence, {
  warn: NEVER,
  pause: NEVER,
  halt: NEVER,
});

const someDormant: Reader<number | null> = (findings, node) => {
  const fields = open(findings, node, { what: '`dormant`', keys: ['after'] });
  return required(fields, 'after', { read: duration, or: null });
};

/** Reads `dormant`. Returns milliseconds, or null for off. */
export const dormant: Reader<number | null> = orOff(someDormant, null);

/** How many people hold the right to halt where a pact says no number. */
const HOLDERS = 3;

/** Reads `drill`. */
export const drill: Reader<PactDocument['drill']> = (findings, node) => {
  const fields = open(findings, node, { what: '`drill`', keys: ['every', 'holders'] });
  const everyMs = required(fields, 'every', { read: duration, or: 0 });
  const holders = optional(fields, 'holders', { read: integer(1, 1000), or: HOLDERS });
  // Fewer than three are too few wherever somebody is ill and somebody else away.
  return { everyMs, holders: Math.max(HOLDERS, holders) };
};

/** The findings that can halt a session. */
const HALTING = [
  'canary',
  'bypass',
  'unlisted_tool',
  'role_claim',
  'limit_reached',
  'connection_refused',
  'escape_attempt',
] as const;

/** Reads the name of a finding in `halt_on`. */
export const haltingFinding: Reader<string> = choice(HALTING);

/** Checks the members the kernel does not read: they stay in the document for other rooms. */
export const KEPT: Readonly<Record<string, Reader<null>>> = {
  canaries: (findings, node) => {
    const fields = open(findings, node, { what: '`canaries`', keys: ['plant'] });
    required(fields, 'plant', { read: list(word), or: null });
    return null;
  },
  watch: (findings, node) => {
    for (const { key, value } of openEntries(findings, node, 'a mapping of signals')) {
      readWatch(findings, key, value);
    }
    return null;
  },
  persona: (findings, node) => {
    if (node.kind === 'scalar') return text(findings, node) === undefined ? undefined : null;
    const keys = ['tone', 'register', 'language', 'avoid'];
    const fields = open(findings, node, { what: '`persona`', keys });
    for (const key of ['tone', 'register', 'language']) {
      optional(fields, key, { read: text, or: null });
    }
    optional(fields, 'avoid', { read: list(text), or: null });
    return null;
  },
};

function readWatch(findings: Findings, name: string, node: SourceNode): void {
  const keys = ['above', 'below', 'per', 'over'];
  const fields = open(findings, node, { what: `watch \`${name}\``, keys });
  optional(fields, 'above', { read: threshold, or: null });
  optional(fields, 'below', { read: threshold, or: null });
  optional(fields, 'per', { read: word, or: null });
  optional(fields, 'over', { read: duration, or: null });
}

const threshold: Reader<number> = (findings, node) => {
  if (node.kind !== 'scalar') return mismatch(findings, node, 'a number or percentage');
  return typeof node.value === 'number'
    ? decimalNumber(findings, node)
    : percentage(findings, node);
};
