import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { runs, verifies } from '@plumbline/testkit';
import * as fc from 'fast-check';

import type { Json, JsonObject } from '../../json.ts';
import type { Condition, Scope } from '../compiled.ts';
import { compileCondition } from '../expression/condition.ts';
import { parseTree } from '../expression/parse.ts';
import { argumentDomain, fieldDomain, textDomain } from './domain.ts';
import { readFormula } from './fragment.ts';
import type { Segments } from './formula.ts';
import { all, not, wish } from './goal.ts';
import type { Goal } from './goal.ts';
import { ERROR, FALSE, TRUE } from './outcome.ts';
import { solve } from './solve.ts';
import type { Answer } from './solve.ts';
import { witnessScope } from './witness.ts';

const schema: JsonObject = {
  type: 'object',
  properties: {
    n: { type: 'integer', minimum: -5, maximum: 50 },
    x: { type: 'number' },
    s: { type: 'string' },
    t: { type: 'string' },
    kind: { type: 'string', enum: ['gold', 'silver'] },
    ok: { type: 'boolean' },
    to: { type: 'array', items: { type: 'string' } },
    amount: { type: 'string' },
    who: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] },
  },
  required: ['n', 's', 'to', 'amount', 'kind'],
};

function domainOf(path: Segments): ReturnType<typeof textDomain> {
  if (path[0] === 'args') return argumentDomain(schema, path.slice(1));
  return path[0] === 'session' ? fieldDomain('string', true) : textDomain(null);
}

function condition(text: string): Condition {
  const tree = parseTree(text);
  assert(tree.ok, text);
  const place = { file: 'a.yaml', line: 1, column: 1 };
  return compileCondition({ text, ast: tree.value, place, lines: [] });
}

function clause(text: string): { formula: ReturnType<typeof readFormula>; condition: Condition } {
  return { formula: readFormula(text), condition: condition(text) };
}

function scopeOf(args: JsonObject, session: JsonObject): Scope {
  const rest = { tool: 't', principal: 'p', agent: 'a', task: '', facts: {}, counters: {} };
  return { ...rest, args, session, sources: {}, now: new Date(0) };
}

function outcome(text: string, scope: Scope): number {
  const result = condition(text).evaluate(scope);
  if (!result.ok) return ERROR;
  return result.value ? TRUE : FALSE;
}

function isMet(goal: Goal, scope: Scope): boolean {
  if (goal.op === 'all') return goal.of.every((part) => isMet(part, scope));
  if (goal.op === 'any') return goal.of.some((part) => isMet(part, scope));
  const result = goal.condition?.evaluate(scope);
  const got = result?.ok === true ? (result.value ? TRUE : FALSE) : ERROR;
  return (got & goal.wanted) !== 0;
}

function answer(goal: Goal): Answer<Scope> {
  return solve({
    goal,
    domainOf,
    budget: { left: 200_000 },
    confirm: (known) => {
      const scope = witnessScope(known, { tool: 't', agent: 'a', schema });
      return isMet(goal, scope) ? scope : null;
    },
  });
}

function isTrue(text: string): Goal {
  return wish(clause(text), TRUE, TRUE);
}

describe('solve', () => {
  const impossible = [
    'args.n > 3 && args.n < 4',
    'args.n > 50',
    'args.kind == "bronze"',
    'args.s == "a" && args.s == "b"',
    'args.s.startsWith("ab") && args.s == "ac"',
    'args.s in ["a", "b"] && !(args.s in ["b", "a"])',
    'size(args.to) == 0 && args.to.exists(a, a == "x")',
    'args.to.all(a, a == session.who) && args.to.exists(a, a != session.who)',
    'money(args.amount) > money("5.00") && money(args.amount) <= money("5.0")',
    'args.s == args.t && args.t == session.who && args.s != session.who',
    'has(args.who) && !has(args.who)',
    'args.n < args.x && args.x < args.n',
    'args.x > 1 && args.x < 1',
    'args.ok && !args.ok',
    'size(args.s) > 3 && size(args.s) < 4',
    'args.s < "a" && args.s > "b"',
    'args.s.matches("a+") && !args.s.matches("a+")',
    '"x" in args.to && size(args.to) < 1',
    'args.n == "3"',
    'args.n > 0.2 && args.n < 0.8',
    'args.to.all(a, a == session.who) && !(args.s == args.t || args.who.id == args.t || ' +
      'args.s == session.who || args.s != "a" || args.s != "ab")',
  ];
  for (const text of impossible) {
    it(`solve: \`${text}\` is certain never to hold`, () => {
      verifies('pact.refuses-to-arm');
      assert.equal(answer(isTrue(text)).kind, 'none');
    });
  }

  const possible = [
    'args.n > 3 && args.n < 5',
    'args.x > 3 && args.x < 4',
    'args.s.startsWith("ab") && args.s != "ab" && args.s.endsWith("@x.org")',
    'args.s.contains("b") && !args.s.startsWith("b") && size(args.to) > 20',
    'args.to.all(a, a == session.who) && size(args.to) > 1',
    'args.to.exists(a, a != session.who) && "x" in args.to',
    'money(args.amount) > money("5.00") && money(args.amount) < money("5.01")',
    'args.who.id == session.who || args.who.id == args.t',
    'args.s < "b" && args.s > "a" && args.t < args.s && args.t > "a"',
    'has(args.who) && args.who.id != "a"',
    '!has(args.t) && args.s == "x"',
    'size(args.s) == 7 && args.s != "1234567"',
    'args.kind != "gold" ? args.n == 7 : args.n == 9',
    'args.x < args.n && args.n < 3 && args.x > 1',
  ];
  for (const text of possible) {
    it(`solve: \`${text}\` has a confirmed example`, () => {
      const found = answer(isTrue(text));
      assert(found.kind === 'found', found.kind);
      assert.equal(outcome(text, found.witness), TRUE);
    });
  }

  it('solve: what only an opaque atom could decide is undetermined', () => {
    assert.equal(answer(isTrue('args.n * 2 == 7')).kind, 'undetermined');
  });

  it('solve: the same opaque atom has one outcome', () => {
    const both = all(
      isTrue('args.n * 2 == 6 || args.ok'),
      isTrue('!(args.n * 2 == 6) && !args.ok'),
    );
    assert.equal(answer(both).kind, 'none');
  });

  it('solve: out of steps it is undetermined, never slow', () => {
    const goal = isTrue('args.n == 1 && args.s == "x"');
    const confirm = (): null => null;
    const found = solve({ goal, domainOf, budget: { left: 1 }, confirm });
    assert.deepEqual(found, { kind: 'undetermined', why: 'too large' });
  });
});

const atom = fc.oneof(
  fc
    .tuple(fc.constantFrom('==', '!=', '<', '<=', '>', '>='), fc.integer({ min: -1, max: 3 }))
    .map(([relation, value]) => `args.n ${relation} ${value}`),
  fc
    .tuple(fc.constantFrom('==', '<', '>='), fc.constantFrom('0', '1', '1.5', '2'))
    .map(([relation, value]) => `args.x ${relation} ${value}`),
  fc
    .tuple(
      fc.constantFrom('==', '!='),
      fc.constantFrom('"a"', '"ab"', '"b"', 'args.t', 'session.who'),
    )
    .map(([relation, value]) => `args.s ${relation} ${value}`),
  fc.constantFrom(
    'args.s in ["a", "b"]',
    'args.t in ["ab"]',
    'args.s.startsWith("a")',
    'args.s.startsWith("ab")',
    'args.t.endsWith("b")',
    'args.t.contains("a")',
    'has(args.t)',
    'has(args.x)',
    'args.t == session.who',
    'args.ok',
    'size(args.to) > 1',
    'size(args.to) == 0',
    'args.to.all(a, a == session.who)',
    'args.to.exists(a, a == "a")',
    'args.to.all(a, a != args.s)',
    '"b" in args.to',
    'args.n <= args.x',
    'money(args.amount) > money("1.00")',
    'money(args.amount) <= money("1.00")',
    'money(args.amount) == money("2.5")',
    'args.who.id == args.t',
    'args.who.id == "a"',
  ),
);

const { formula } = fc.letrec<{ formula: string }>((tie) => ({
  formula: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    atom,
    fc.tuple(tie('formula'), tie('formula')).map(([left, right]) => `(${left} && ${right})`),
    fc.tuple(tie('formula'), tie('formula')).map(([left, right]) => `(${left} || ${right})`),
    tie('formula').map((of) => `!(${of})`),
  ),
}));

const words = fc.constantFrom('', 'a', 'ab', 'b', 'abb', 'zz', 'za');
const maybe = <T extends Json>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined });
const call = fc
  .record({
    n: fc.integer({ min: -2, max: 4 }),
    x: maybe(fc.constantFrom(-1, 0, 0.5, 1, 1.25, 1.5, 2, 3)),
    s: words,
    t: maybe(words),
    kind: fc.constantFrom('gold', 'silver'),
    ok: maybe(fc.boolean()),
    to: fc.array(words, { maxLength: 3 }),
    amount: fc.constantFrom('0.5', '1', '1.00', '2.50', '3', 'x'),
    who: maybe(fc.record({ id: words })),
  })
  .map((args) => JSON.parse(JSON.stringify(args)));
const session = maybe(words).map((who) => (who === undefined ? {} : { who }));
const scopes = fc.array(fc.tuple(call, session), { minLength: 200, maxLength: 200 });

describe('solve, by properties', () => {
  it('solve: nothing meets what it says nothing meets, and it decides the whole fragment', () => {
    verifies('pact.refuses-to-arm');
    fc.assert(
      fc.property(formula, formula, scopes, (left, right, samples) => {
        const goal = all(isTrue(left), not(isTrue(right)));
        const found = answer(goal);
        if (found.kind === 'found') return isMet(goal, found.witness);
        if (found.kind === 'undetermined') return found.why === 'too large';
        return samples.every(([args, who]) => !isMet(goal, scopeOf(args, who)));
      }),
      { numRuns: runs(400) },
    );
  });

  it('outcomes: agree with the compiled condition on every complete action', () => {
    fc.assert(
      fc.property(formula, call, session, (text, args, who) => {
        const scope = scopeOf(args, who);
        const goal = wish(clause(text), outcome(text, scope), TRUE);
        return isMet(goal, scope) && !isMet(not(goal), scope);
      }),
      { numRuns: runs(300) },
    );
  });
});
