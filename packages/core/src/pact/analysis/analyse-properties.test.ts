import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { runs, verifies } from '@plumbline/testkit';
import * as fc from 'fast-check';

import { compilePact } from '../compile.ts';
import type { PactDocument } from '../document.ts';
import { parsePact } from '../parse.ts';
import { analyse } from './analyse.ts';
import { tryAction } from './trial.ts';
import type { Trial } from './trial.ts';

const HEAD = `pact: plumbline/v1
agent: desk
purpose: Answer customers.
owner: desk@example.com
autonomy: 2
approvers: [role:lead]
tools:
  pay:
    effect: write
    schema:
      type: object
      properties:
        n: { type: integer }
        kind: { type: string, enum: [a, b] }
        to: { type: array, items: { type: string } }
      required: [n, kind, to]
`;

const atom = fc.oneof(
  fc
    .tuple(fc.constantFrom('<', '<=', '==', '!=', '>', '>='), fc.integer({ min: 0, max: 3 }))
    .map(([relation, value]) => `args.n ${relation} ${value}`),
  fc.constantFrom(
    'args.kind == "a"',
    'args.kind == "b"',
    'args.kind != "a"',
    'size(args.to) > 1',
    'size(args.to) == 0',
    '"x" in args.to',
    'args.to.all(each, each == "x")',
    'args.to.exists(each, each != "x")',
  ),
);
const condition = fc.oneof(
  atom,
  fc.tuple(atom, atom).map(([left, right]) => `${left} && ${right}`),
  fc.tuple(atom, atom).map(([left, right]) => `${left} || ${right}`),
  fc.tuple(atom, atom).map(([left, right]) => `${left} && !(${right})`),
);

type Rule = { readonly list: string; readonly when: string | null; readonly unless: string | null };

const rule = fc.record({
  list: fc.constantFrom('allow', 'allow', 'exclude', 'step_up'),
  when: fc.option(condition),
  unless: fc.option(condition, { freq: 4 }),
});

function parse(rules: readonly Rule[], without: number | null): PactDocument {
  const lists = ['allow', 'exclude', 'step_up'].map((list) => {
    const its = rules.flatMap((each, index) => {
      if (each.list !== list || index === without) return [];
      const when = each.when === null ? '' : `, when: '${each.when}'`;
      const unless = each.unless === null ? '' : `, unless: '${each.unless}'`;
      return [`  - { id: r${index}, tool: pay${when}${unless} }`];
    });
    return its.length === 0 ? '' : `${list}:\n${its.join('\n')}\n`;
  });
  const parsed = parsePact(HEAD + lists.join(''), 'a.yaml');
  assert(parsed.ok, parsed.ok ? '' : parsed.error.map(({ message }) => message).join());
  return parsed.value;
}

const lists = [[], ['x'], ['y'], ['x', 'x'], ['x', 'y'], ['y', 'y'], ['x', 'y', 'y']];
const trials = [-1, 0, 1, 2, 3, 4].flatMap((n) =>
  ['a', 'b'].flatMap((kind) =>
    lists.map((to): Trial => ({
      tool: 'pay',
      args: { n, kind, to },
      session: {},
      task: null,
      principal: 'ada',
      principalText: null,
      facts: {},
    })),
  ),
);

function verdicts(document: PactDocument): readonly string[] {
  const pact = compilePact([document]);
  return trials.map((trial) => tryAction(pact, trial).verdict.kind);
}

function canMatch(each: Rule): boolean {
  const only = parse([{ ...each, list: 'allow' }], null);
  return verdicts(only).includes('allow');
}

function problemsOf(document: PactDocument): readonly { code: string; index: number }[] {
  const tools = new Map([...document.tools].map(([name, { tool }]) => [name, tool]));
  return analyse({ document, tools }).map(({ code, message }) => ({
    code,
    index: Number(/`r(\d+)`/.exec(message)?.[1]),
  }));
}

describe('analyse, by properties', () => {
  it('analyse: dropping a rule it calls an error changes no verdict', () => {
    verifies('pact.refuses-to-arm');
    fc.assert(
      fc.property(fc.array(rule, { minLength: 1, maxLength: 5 }), (rules) => {
        const whole = parse(rules, null);
        const [first] = problemsOf(whole);
        if (first === undefined) return;
        assert.deepEqual(verdicts(parse(rules, first.index)), verdicts(whole), first.code);
      }),
      { numRuns: runs(150) },
    );
  });

  it('analyse: a rule is unreachable exactly when no action matches it', () => {
    verifies('pact.refuses-to-arm');
    fc.assert(
      fc.property(fc.array(rule, { minLength: 1, maxLength: 4 }), (rules) => {
        const unreachable = problemsOf(parse(rules, null))
          .filter(({ code }) => code === 'unreachable-rule')
          .map(({ index }) => index);
        const dead = rules.flatMap((each, index) => (canMatch(each) ? [] : [index]));
        assert.deepEqual(unreachable.toSorted(), dead);
      }),
      { numRuns: runs(80) },
    );
  });
});
