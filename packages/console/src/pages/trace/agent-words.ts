import type { TraceRow } from '../../data/traces.ts';
import { numberAt, textAt } from './open-part.ts';
import type { EntryWords, Saying } from './saying.ts';
import { gateWords } from './session-words.ts';

/** In words, what stands about a session in the chains of its agent. */
export const AGENT_WORDS: Readonly<Record<string, (saying: Saying) => EntryWords>> = {
  halt: ({ open }) => ({ title: `Halted: ${stopText(open)}`, more: reasonText(open) }),
  resume: ({ open }) => ({ title: `May go on: ${stopText(open)}`, more: reasonText(open) }),
  halt_effective: ({ open }) => ({
    title: 'The halt took effect everywhere',
    more: effectText(open),
  }),
  executor_started: ({ open }) => ({
    title: `Beside it, ${textAt(open, 'executor') ?? 'something'} was begun`,
    more: `by ${textAt(open, 'holder') ?? ''}`,
  }),
  lock: ({ open }) => ({ title: `Locked: ${lockText(open)}`, more: reasonText(open) }),
  unlock: ({ open }) => ({ title: `Unlocked: ${lockText(open)}`, more: reasonText(open) }),
  gate: ({ open }) => gateWords(open),
  armed: ({ open }) => ({
    title: 'Another pact was put in force',
    more: (textAt(open, 'pact') ?? '').slice(7, 17),
  }),
  staging_moved: ({ open }) => ({
    title: `Staged actions went from ${textAt(open, 'from') ?? ''} to ${textAt(open, 'to') ?? ''}`,
    more: reasonText(open),
  }),
  grant_given: ({ open }) => ({
    title: 'A person gave more authority for a time',
    more: reasonText(open),
  }),
  read: ({ open }) => ({
    title: 'What is sealed was read',
    more: `${readPart(open)}, by ${textAt(open, 'by') ?? ''}`,
  }),
  correction: ({ open }) => ({
    title: `A person said: ${LABELS[textAt(open, 'label') ?? ''] ?? 'it was wrong'}`,
    more: `by ${textAt(open, 'by') ?? ''}`,
  }),
  audit_judged: ({ open }) => ({
    title: open['resolved'] === true ? 'Audited: it was done' : 'Audited: it was not done',
    more: claimsText(open),
  }),
  drill_done: ({ open }) => ({
    title: `This was a drill of the halt: ${textAt(open, 'state') ?? ''}`,
    more: textAt(open, 'why') ?? '',
  }),
  undo_planned: ({ open }) => ({
    title: `To be taken back by ${textAt(open, 'tool') ?? 'a person'}`,
    more: '',
  }),
  undo_step: ({ open }) => ({
    title: UNDO_STEPS[textAt(open, 'state') ?? ''] ?? 'Taking it back went on',
    more: textAt(open, 'why') ?? '',
  }),
};

const LABELS: Readonly<Record<string, string>> = {
  'should-allow': 'it should have been allowed',
  'should-deny': 'it should have been refused',
  'should-ask': 'a person should have been asked',
  'wrong-arguments': 'its arguments were wrong',
  undone: 'its effect was taken back',
};

const UNDO_STEPS: Readonly<Record<string, string>> = {
  began: 'Taking it back was begun',
  done: 'It was taken back',
  failed: 'Taking it back failed',
  refused: 'Taking it back was refused',
  waiting: 'Taking it back waits for a person',
  unknown: 'Whether it was taken back is not known',
};

/** Returns what a halt or its end is about; the agent's own chain says no other. */
function stopText(open: TraceRow['open']): string {
  const target = textAt(open, 'target') ?? '';
  const scope = textAt(open, 'scope') ?? 'agent';
  if (scope === 'fleet' || scope === 'agent') return `the whole ${scope}`;
  return scope === 'session' ? 'this session' : `the ${scope} ${target}`;
}

function readPart(open: TraceRow['open']): string {
  if (textAt(open, 'audit') !== null) return 'for an audit';
  return textAt(open, 'decision') === null ? 'all of it' : 'one decision';
}

function reasonText(open: TraceRow['open']): string {
  const by = textAt(open, 'by');
  const reason = textAt(open, 'reason') ?? '';
  if (by === null) return reason;
  return reason === '' ? `by ${by}` : `${reason}, by ${by}`;
}

function effectText(open: TraceRow['open']): string {
  const ms = numberAt(open, 'effectiveMs');
  const running = numberAt(open, 'running') ?? 0;
  const after = ms === null ? '' : `after ${Math.round(ms).toLocaleString('en')} ms`;
  return running === 0 ? after : `${after}, ${running} calls were still under way`;
}

function lockText(open: TraceRow['open']): string {
  const field = textAt(open, 'field');
  const what = `${textAt(open, 'entity') ?? ''} ${textAt(open, 'id') ?? ''}`;
  return field === null ? what : `${field} of ${what}`;
}

function claimsText(open: TraceRow['open']): string {
  const counts = open['claims'];
  const of = (name: string): number => numberAt(counts, name) ?? 0;
  return `${of('right')} claims right, ${of('wrong')} wrong, ${of('unsure')} not sure`;
}
