import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { loadPact } from '../load.ts';
import type { LoadedPact } from '../load.ts';
import { runCases } from './cases.ts';

const DESK = `pact: plumbline/v1
agent: desk
purpose: Answer customers.
owner: desk@example.com
autonomy: 2
session: { customer: string }
tools:
  orders.get: { effect: read }
  mail.send: { effect: send }
allow:
  - { id: look, tool: orders.get, when: args.customer == session.customer }
  - { id: mail, tool: mail.send, when: size(args.to) < 3 }
  - { id: lists, tool: mail.send, when: size(args.to) > 10 }
step_up:
  - { id: two, tool: mail.send, when: size(args.to) == 2, approvers: [role:lead] }
cases:
  - { id: own, tool: orders.get, args: { customer: c1 }, session: { customer: c1 }, expect: allow }
  - { id: other, tool: orders.get, args: { customer: c2 }, session: { customer: c1 }, expect: deny }
  - { id: pair, tool: mail.send, args: { to: [a, b] }, expect: step_up, rule: two }
  - { id: one, tool: mail.send, args: { to: [a] }, expect: allow, rule: lists }
  - { id: five, tool: mail.send, args: { to: [a, b, c, d, e] }, expect: allow }
`;

/** Returns a pact written as YAML; the test fails when it does not load. */
function load(yaml: string): LoadedPact {
  const loaded = loadPact('a.pact.yaml', (path) => (path === 'a.pact.yaml' ? yaml : undefined));
  assert(loaded.ok, loaded.ok ? '' : loaded.error.map(({ message }) => message).join('\n'));
  return loaded.value;
}

describe('runCases', () => {
  const { results, uncovered } = runCases(load(DESK));

  it('cases: a case passes when the kernel decides what it expects, by the rule it names', () => {
    const passed = results.filter(({ why }) => why === null).map(({ id }) => id);
    assert.deepEqual(passed, ['own', 'other', 'pair']);
  });

  it('cases: a failed case says what was decided instead, and by which rule', () => {
    assert.deepEqual(
      results.flatMap(({ id, why }) => (why === null ? [] : [[id, why.split(': ')[0]]])),
      [
        ['one', 'expected rule `lists` to decide, but it was `mail`'],
        ['five', 'expected allow, got deny by `no-allow`'],
      ],
    );
  });

  it('cases: allow rules no passed case was charged to are named with their place', () => {
    assert.deepEqual(uncovered, [
      { id: 'mail', place: { file: 'a.pact.yaml', line: 12, column: 11 } },
      { id: 'lists', place: { file: 'a.pact.yaml', line: 13, column: 11 } },
    ]);
  });
});
