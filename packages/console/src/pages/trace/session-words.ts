import type { TraceRow } from '../../data/traces.ts';
import { listAt, memberAt, numberAt, textAt, textsAt } from './open-part.ts';
import type { EntryWords, Saying } from './saying.ts';

/** In words, every kind that stands in the chain of a session. */
export const SESSION_WORDS: Readonly<Record<string, (saying: Saying) => EntryWords>> = {
  session_opened: ({ open }) => ({
    title: `Opened by ${textAt(open, 'openedBy') ?? ''}`,
    more: taskText(textAt(open, 'task')) + handedText(open),
  }),
  session_closed: ({ open }) => ({
    title: 'Closed',
    more: CLOSINGS[textAt(open, 'reason') ?? ''] ?? '',
  }),
  reported: ({ open, secret }) => ({
    title: open['resolved'] === true ? 'Reported as done' : 'Reported as not done',
    more: textAt(secret, 'note') ?? 'by the agent itself',
  }),
  message: ({ secret, source }) => ({
    title: source?.from === 'principal' ? 'The principal said' : 'Content from elsewhere',
    more: textAt(secret, 'text') ?? '',
  }),
  decided: ({ open, secret }) => ({
    title: textAt(memberAt(secret, 'action'), 'tool') ?? toolText(textAt(open, 'tool')),
    more: rulesText(open),
  }),
  outcome: ({ open, secret, toolOf }) => ({
    title: `${toolOf(textAt(open, 'decision') ?? '') ?? 'The call'} answered`,
    more: resultText(secret, textAt(open, 'status') ?? ''),
  }),
  approval: ({ open, secret }) => ({
    title: approvalTitle(open, secret),
    more: ruleList(open, 'asked by'),
  }),
  vote: ({ open, secret }) => ({
    title: `${textAt(secret, 'person') ?? 'A person'} ${votedText(open)}`,
    more: textAt(secret, 'reason') ?? ruleList(open, 'asked by'),
  }),
  approval_link: ({ secret }) => ({
    title: `A link was made for ${textAt(secret, 'person') ?? 'a person'} to vote by`,
    more: '',
  }),
  claim: ({ open, secret }) => ({
    title: `Proved: ${textAt(secret, 'name') ?? 'something of who it is for'}`,
    more: mechanismText(textAt(open, 'mechanism')),
  }),
  claim_revoked: ({ open }) => ({
    title: 'What was proved counts no more',
    more: `by ${textAt(open, 'by') ?? ''}`,
  }),
  delegated: ({ open }) => ({
    title: `Handed down to ${textAt(open, 'toAgent') ?? ''}`,
    more: textAt(open, 'toSession') ?? '',
  }),
  escalated: ({ open }) => ({
    title: 'The agent was told whom to ask for more authority',
    more: `by ${textAt(open, 'rule') ?? ''}, time ${numberAt(open, 'count') ?? 1}`,
  }),
  finding: ({ open }) => ({
    title: `Found: ${FINDINGS[textAt(open, 'name') ?? ''] ?? spaced(textAt(open, 'name') ?? '')}`,
    more: '',
  }),
  gate: ({ open }) => gateWords(open),
  observed: ({ open }) => ({
    title: `Seen by the supervisor: ${OBSERVED[textAt(open, 'what') ?? ''] ?? 'something'}`,
    more: countText(open),
  }),
  alert: ({ open }) => ({
    title: 'Refused after a claim of authority in what was read',
    more: `by ${textAt(open, 'rule') ?? ''}`,
  }),
  conflict: () => ({
    title: 'A request came again, and said something else',
    more: 'nothing was decided',
  }),
  shadowed: ({ open }) => ({
    title: `The shadow pact would have said: ${VERDICT_WORDS[textAt(open, 'verdict') ?? ''] ?? ''}`,
    more: rulesText(open),
  }),
  tool_refused: ({ open }) => ({
    title: `${textAt(open, 'tool') ?? 'A tool that the pact does not declare'} was not called`,
    more: `its definition is quarantined: ${spaced(textAt(open, 'why') ?? '')}`,
  }),
};

/** How people call the verdicts. */
export const VERDICT_WORDS: Readonly<Record<string, string>> = {
  allow: 'allowed',
  modify: 'rewritten',
  step_up: 'a person is asked',
  defer: 'deferred',
  deny: 'refused',
};

/** Returns what a gate was made to do, and why. */
export function gateWords(open: TraceRow['open']): EntryWords {
  const isOpened = textAt(open, 'outcome') === 'opened';
  const by = `by ${textAt(open, 'by') ?? ''}`;
  const reason = textAt(open, 'reason');
  return {
    title: `Gate ${textAt(open, 'category') ?? ''} ${isOpened ? 'was opened' : 'was kept shut'}`,
    more: reason === null ? by : `${by}: ${reason}`,
  };
}

const CLOSINGS: Readonly<Record<string, string>> = {
  closed: 'by whoever opened it, or with the session that handed it down',
  idle: 'nothing happened in it for too long',
  erased: 'whose data it was had it erased',
  evicted: 'it had been idle longest when there were too many',
};

const VOTES: Readonly<Record<string, string>> = { approve: 'approved', deny: 'denied' };

function votedText(open: TraceRow['open']): string {
  return VOTES[textAt(open, 'outcome') ?? ''] ?? 'voted';
}

const FINDINGS: Readonly<Record<string, string>> = {
  bypass: 'the effect came about without its permit',
  role_claim: 'what was read claims a role or authority',
  limit_reached: 'it reached a limit of its sandbox',
  connection_refused: 'it tried to connect where it may not',
  escape_attempt: 'it tried to get out of its sandbox',
};

const OBSERVED: Readonly<Record<string, string>> = {
  started: 'it was started',
  processes: 'programs were started',
  connections: 'connections were made',
  files: 'files were touched',
  limit: 'a limit was reached',
  ended: 'it ended',
};

function approvalTitle(open: TraceRow['open'], secret: TraceRow['secret']): string {
  const by = textsAt(secret, 'by');
  const isDenied = textAt(open, 'outcome') === 'denied';
  if (secret !== null && isDenied && by.length === 0) return 'Nobody approved it in time';
  const who = by.length === 0 ? 'people' : by.join(', ');
  return isDenied ? `Denied by ${who}` : `Approved by ${who}`;
}

function ruleList(open: TraceRow['open'], lead: string): string {
  const rules = textsAt(open, 'rules');
  return rules.length === 0 ? '' : `${lead} ${rules.join(', ')}`;
}

/** Returns by what somebody proved what they said. */
export function mechanismText(mechanism: string | null): string {
  return mechanism === null ? '' : `by ${spaced(mechanism)}`;
}

function taskText(task: string | null): string {
  return task === null ? 'without a task that stands openly' : `for the task ${task}`;
}

function handedText(open: TraceRow['open']): string {
  const above = textAt(listAt(open, 'delegation').at(-1), 'agent');
  return above === null ? '' : `, handed down by ${above}`;
}

function toolText(tool: string | null): string {
  return tool ?? 'A tool that the pact does not declare';
}

/** The rules that had a say, those that refused first. */
function rulesText(open: TraceRow['open']): string {
  const verdict = textAt(open, 'verdict');
  const rules = listAt(open, 'findings')
    .filter((finding) => textAt(finding, 'kind') === verdict)
    .map((finding) => textAt(finding, 'rule') ?? '');
  return rules.length === 0 ? '' : `by ${[...new Set(rules)].join(', ')}`;
}

function resultText(secret: TraceRow['secret'], status: string): string {
  const result = memberAt(secret, 'result');
  if (result === undefined || result === null) return OUTCOMES[status] ?? status;
  return typeof result === 'string' ? result : JSON.stringify(result);
}

/** How an outcome was reported, in words. */
export const OUTCOMES: Readonly<Record<string, string>> = {
  ok: 'it was done',
  error: 'with an error',
  not_sent: 'it was never sent',
  unknown: 'what became of it is not known',
};

function countText(open: TraceRow['open']): string {
  const count = numberAt(open, 'count') ?? 0;
  const refusals = numberAt(open, 'refused') ?? 0;
  const seen = count === 1 ? 'once' : `${count.toLocaleString('en')} times`;
  return refusals === 0 ? seen : `${seen}, ${refusals.toLocaleString('en')} refused`;
}

function spaced(text: string): string {
  return text.replaceAll(/[_-]/g, ' ');
}
