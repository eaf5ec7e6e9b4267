import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { loadPact } from '../load.ts';
import { explainPact } from './explain-pact.ts';

const DESK = `pact: plumbline/v1
agent: desk
purpose: Answer customers about their orders.
owner: desk@example.com
autonomy: 2
session: { customer: string }
tools:
  orders.get: { effect: read }
  refunds.pay: { effect: write }
  mail.send: { effect: send }
allow:
  - { id: look, tool: orders.get, when: args.customer == session.customer }
  - id: pay
    tool: refunds.pay
    when: money(args.amount) <= money("50.00") && args.kind in ["fault", "goodwill"]
    limit: { calls: 3, per: session }
    budget: { sum: amount, max: "2000.00", per: day }
  - { id: mail, tool: mail.send, when: "args.to.all(a, a == session.customer)" }
exclude:
  - { id: late, tool: refunds.pay, when: "!has(args.order)", say: name the order }
step_up:
  - { id: many, tool: mail.send, when: size(args.to) > 1, approvers: [role:lead], within: 15m }
flows:
  - { id: strange, from: untrusted, to: [send], then: step_up, approvers: [role:lead] }
tasks:
  refund:
    tools: [orders.get, refunds.pay]
    sources: { refunds.pay.account: [principal, orders.get:iban] }
  mail: { tools: [mail.send], otherwise: step_up }
gates: { widen_after: 2 }
persistence: { warn: 2, pause: 4, halt: 6 }
bulk: off
`;

describe('explainPact', () => {
  it('explain: a pact reads as plain sentences', () => {
    const loaded = loadPact('a.yaml', (path) => (path === 'a.yaml' ? DESK : undefined));
    assert(loaded.ok, loaded.ok ? '' : loaded.error.map(({ message }) => message).join('\n'));
    const text = explainPact(loaded.value).flatMap(({ title, lines }) => [title, ...lines]);
    assert.deepEqual(text, [
      '`desk`',
      'Answer customers about their orders.',
      'It may change things, within the lists below.',
      'Questions go to desk@example.com.',
      'It may',
      "use `orders.get` when `customer` is the session's `customer`.",
      'use `refunds.pay` when `amount` is at most 50 and `kind` is one of “fault”, “goodwill”; ' +
        'at most 3 call(s) per session; at most 2000.00 of `amount` per day.',
      "use `mail.send` when for every entry of `to`, the entry is the session's `customer`.",
      'It never',
      'uses `refunds.pay` when `order` is not given. It is told: “name the order”',
      'does anything that is not listed under “It may”. Trying to stops its session.',
      'It must ask',
      'role:lead, within 15m: before `mail.send` when `to` has a length of more than 1.',
      'role:lead, within 15m: before every send that carries an address, link or number that ' +
        'only untrusted content holds.',
      'Per task',
      '`refund` uses `orders.get`, `refunds.pay`; anything else is refused.',
      "`refund`: `refunds.pay.account` comes from the principal's own words, or `iban` of " +
        '`orders.get`.',
      '`mail` uses `mail.send`; a person decides the rest.',
      'When things go wrong',
      'After a violation the category it was in needs a person for that session; after 2 ' +
        "different principals' sessions, for the whole agent.",
      'A session is stopped after 6 refusals in a category.',
    ]);
  });
});
