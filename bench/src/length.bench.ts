import { digestJson, type JsonObject } from '@plumbline/core';

import { armed, open, takeTurn } from './drive.ts';
import { heapBytes, type Spread, spreadOf } from './measure.ts';
import type { Turn } from './recording.ts';
import type { Pacts } from './turn.bench.ts';

/** What a turn costs late in a session of some length, in microseconds, and what it holds. */
export type LengthRow = {
  readonly actions: number;
  readonly turnUs: Spread;
  readonly heapKiB: number;
};

const ROUNDS = 5;
/** Unmeasured rounds before, so that a short session is not measured before it is compiled. */
const WARM_UP = 3;
const AGENT = 'workspace';

/**
 * Measures the last turns (a tenth, at least ten) of one session in which every fourth action sends
 * to an address that an earlier result of 1 KB named, so that its source is traced.
 */
export function benchLength(pacts: Pacts, actions: number): LengthRow {
  const pact = pacts.get(AGENT);
  if (pact === undefined) throw new Error(`no pact for \`${AGENT}\``);
  const session = {
    id: 'long',
    agent: AGENT,
    principal: 'Emma Johnson',
    task: 'work-through-mail',
    attributes: { user_email: 'emma.johnson@example.com' },
    turns: [],
  };
  const means: number[] = [];
  let heapKiB = 0;
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    const before = heapBytes();
    let state = open(pact, armed(pact), session);
    const measured = Math.min(Math.max(Math.floor(actions / 10), 10), actions);
    for (let index = 0; index < actions - measured; index += 1) {
      state = takeTurn(pact, state, turnAt(index));
    }
    const last = Array.from({ length: measured }, (_, index) => turnAt(actions - measured + index));
    const startedMs = performance.now();
    for (const turn of last) state = takeTurn(pact, state, turn);
    const meanUs = ((performance.now() - startedMs) * 1_000) / measured;
    if (round >= 0) means.push(meanUs);
    last.length = 0;
    heapKiB = (heapBytes() - before) / 1_024;
    if (state.sessions.size !== 1) throw new Error('the session did not stay open');
  }
  return { actions, turnUs: spreadOf(means), heapKiB };
}

function turnAt(index: number): Turn {
  if (index % 4 === 3) return sending(index);
  const args = { query: `status ${index}` };
  return { ...base(index, 'search_emails', args), result: mailOf(index) };
}

function sending(index: number): Turn {
  const recipients = [addressOf(Math.max(index - 5, 0))];
  const args = { recipients, subject: `re ${index}`, body: `about message ${index}` };
  return { ...base(index, 'send_email', args), result: { sent: true } };
}

function base(index: number, tool: string, args: JsonObject): Omit<Turn, 'result'> {
  const messages = index === 0 ? ['Please answer the mails about the status.'] : [];
  const digest = digestJson({ tool, args });
  const action = { id: `long/${index}`, session: 'long', tool, args, digest };
  return { messages, action, isError: false };
}

function addressOf(index: number): string {
  return `person.${index}@example.org`;
}

function mailOf(index: number): string {
  const body = `message ${index} says that all is well. `.repeat(24).slice(0, 880).trimEnd();
  return [
    `- body: ${body}`,
    `  id_: '${index}'`,
    '  read: true',
    `  sender: ${addressOf(index)}`,
    '  status: received',
    `  subject: status ${index}`,
    '',
  ].join('\n');
}
