import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { runs, verifies } from '@plumbline/testkit';
import * as fc from 'fast-check';

import { loadPact } from '../load.ts';
import type { LoadedPact } from '../load.ts';
import type { Change } from './change.ts';
import { diffPacts } from './diff.ts';
import { tryAction } from './trial.ts';
import type { Trial } from './trial.ts';

const TOOLS = `pact: plumbline/v1
agent: desk
purpose: Answer customers.
owner: desk@example.com
autonomy: 2
session: { customer: string }
tools:
  orders.get: { effect: read }
  refunds.pay:
    effect: write
    schema:
      type: object
      properties: { amount: { type: number }, kind: { type: string, enum: [goodwill, fault] } }
      required: [amount, kind]
  mail.send:
    effect: send
    schema:
      type: object
      properties: { to: { type: array, items: { type: string } }, body: { type: string } }
      required: [to]
`;

function load(rules: string): LoadedPact {
  const yaml = TOOLS + rules;
  const loaded = loadPact('a.pact.yaml', (path) => (path === 'a.pact.yaml' ? yaml : undefined));
  assert(loaded.ok, loaded.ok ? '' : loaded.error.map(({ message }) => message).join('\n'));
  return loaded.value;
}

function changes(before: string, after: string): readonly Change[] {
  return diffPacts(load(before), load(after)).changes;
}

const BASE = `allow:
  - { id: look, tool: orders.get }
  - id: pay
    tool: refunds.pay
    when: args.amount <= 50
    budget: { sum: amount, max: "100", per: day }
  - { id: mail, tool: mail.send, when: size(args.to) < 3 }
step_up:
  - { id: pair, tool: mail.send, when: size(args.to) == 2, approvers: [role:lead] }
tasks:
  refund: { tools: [orders.get, refunds.pay], sources: { refunds.pay.kind: [principal] } }
  mail: { tools: [mail.send] }
`;

describe('diffPacts', () => {
  it('diff: a pact means the same as itself, whatever its layout', () => {
    assert.deepEqual(changes(BASE, BASE.replace('allow:', '\n# layout\nallow:')), []);
  });

  it('diff: a raised bound says what is now also allowed, with a confirmed example', () => {
    verifies('pact.versions');
    const [change, ...more] = changes(BASE, BASE.replace('<= 50', '<= 80'));
    assert.deepEqual(more, []);
    assert.equal(change?.kind, 'widened');
    assert.equal(
      change.text,
      'now also allows `refunds.pay`, by rule `pay` when `args.amount <= 80`',
    );
    const { args, task, before, after } = change.example ?? {};
    assert.deepEqual(
      { args, task, before, after },
      { args: { amount: 80, kind: 'goodwill' }, task: 'refund', before: 'deny', after: 'allow' },
    );
  });

  it('diff: conditions spelled otherwise that mean the same are no change', () => {
    const spelled = BASE.replace('args.amount <= 50', '"!(args.amount > 50)"');
    assert.deepEqual(changes(BASE, spelled), []);
  });

  it('diff: an exclusion, an approval asked and one no longer asked are told apart', () => {
    const after = BASE.replace('size(args.to) == 2', 'size(args.to) == 1').replace(
      'step_up:',
      `exclude:
  - { id: no-fault, tool: refunds.pay, when: args.kind == "fault", say: no }
step_up:`,
    );
    assert.deepEqual(
      changes(BASE, after).map(({ kind, text }) => [kind, text]),
      [
        [
          'narrowed',
          'no longer allows `refunds.pay`, by rule `no-fault` when `args.kind == "fault"`',
        ],
        ['asks', 'now asks for approval of `mail.send`, by rule `pair` when `size(args.to) == 1`'],
        [
          'relaxed',
          'no longer asks for approval of `mail.send`, by rule `pair` when `size(args.to) == 2`',
        ],
        ['setting', 'rule `no-fault` of `exclude` is new'],
      ],
    );
  });

  it('diff: budgets, tasks and sources are said in words', () => {
    const after = BASE.replace('"100"', '"250"')
      .replace('[principal]', '[principal, session]')
      .replace('[mail.send]', '[mail.send, orders.get]');
    assert.deepEqual(
      changes(BASE, after).map(({ text }) => text),
      [
        'task `refund`: `refunds.pay.kind` may now also come from `session`',
        'task `mail` may now also use `orders.get`',
        'budget of rule `pay` raised from 100 to 250 of `amount` per day',
      ],
    );
  });

  it('diff: what cannot be decided says so, with both texts', () => {
    const after = BASE.replace('args.amount <= 50', 'args.amount * 2.0 <= 100.0');
    const [change] = changes(BASE, after);
    assert.equal(change?.kind, 'undetermined');
    assert.deepEqual(
      [change.before, change.after],
      ['allow when args.amount <= 50', 'allow when args.amount * 2.0 <= 100.0'],
    );
  });

  it('diff: recorded actions whose verdict changes are listed', () => {
    const action = (amount: number): Trial => ({
      tool: 'refunds.pay',
      args: { amount, kind: 'fault' },
      session: {},
      task: 'refund',
      principal: 'ada',
      principalText: 'fault',
      facts: {},
    });
    const after = load(BASE.replace('<= 50', '<= 80'));
    const { traffic, tried } = diffPacts(load(BASE), after, [action(10), action(60), action(90)]);
    assert.equal(tried, 3);
    assert.deepEqual(
      traffic.map(({ index, before, after: next }) => [index, before, next]),
      [[1, 'deny', 'allow']],
    );
  });
});

const bound = fc.integer({ min: 0, max: 4 });
const condition = fc.oneof(
  fc
    .tuple(fc.constantFrom('<', '<=', '==', '!=', '>'), bound)
    .map(([relation, value]) => `args.amount ${relation} ${value}`),
  fc.constantFrom('args.kind == "fault"', 'args.kind != "fault"', 'true'),
);
const both = fc.oneof(
  condition,
  fc.tuple(condition, condition).map(([a, b]) => `${a} && ${b}`),
  fc.tuple(condition, condition).map(([a, b]) => `${a} || ${b}`),
);

describe('diffPacts, by properties', () => {
  it('diff: two conditions are told apart exactly when some action tells them apart', () => {
    const pact = (when: string): LoadedPact | null => {
      const yaml = `${TOOLS}allow: [{ id: pay, tool: refunds.pay, when: '${when}' }]\n`;
      const loaded = loadPact('a.yaml', (path) => (path === 'a.yaml' ? yaml : undefined));
      return loaded.ok ? loaded.value : null;
    };
    const trials = [-1, 0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 5].flatMap((amount) =>
      ['goodwill', 'fault'].map((kind): Trial => ({
        tool: 'refunds.pay',
        args: { amount, kind },
        session: {},
        task: null,
        principal: 'ada',
        principalText: null,
        facts: {},
      })),
    );
    fc.assert(
      fc.property(both, both, (old, next) => {
        const [before, after] = [pact(old), pact(next)];
        // A condition that can never hold does not load; there is nothing to compare.
        if (before === null || after === null) return true;
        const kinds = new Set(diffPacts(before, after).changes.map(({ kind }) => kind));
        const verdicts = trials.map((trial) => [
          tryAction(before.pact, trial).verdict.kind,
          tryAction(after.pact, trial).verdict.kind,
        ]);
        const widens = verdicts.some(([was, is]) => was === 'deny' && is === 'allow');
        const narrows = verdicts.some(([was, is]) => was === 'allow' && is === 'deny');
        return (
          kinds.has('widened') === widens &&
          kinds.has('narrowed') === narrows &&
          !kinds.has('undetermined')
        );
      }),
      { numRuns: runs(300) },
    );
  });
});
