import { Environment } from '@marcbachmann/cel-js';
import * as fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { processorMs, runs } from '@plumbline/testkit';
import type { Evaluated, Scope } from '../compiled.ts';
import { isJsonObject } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { compileCondition } from './condition.ts';
import { parseTree } from './parse.ts';

const SCOPE: Scope = {
  args: {},
  tool: 'pay',
  session: {},
  principal: 'p',
  agent: 'a',
  task: '',
  facts: {},
  counters: {},
  sources: {},
  now: new Date(Date.UTC(2026, 5, 1, 12, 30)),
};

function evaluate(text: string, args: JsonObject, rest: Partial<Scope> = {}): Evaluated {
  const parsed = parseTree(text);
  assert.ok(parsed.ok, parsed.ok ? '' : parsed.error.message);
  const place = { file: 'x', line: 1, column: 1 };
  const condition = compileCondition({ text, ast: parsed.value, place, lines: [] });
  return condition.evaluate({ ...SCOPE, ...rest, args });
}

const holds = (text: string, args: JsonObject = {}, rest: Partial<Scope> = {}): unknown => {
  const result = evaluate(text, args, rest);
  return result.ok ? result.value : result.why;
};

test('condition: numbers of JSON compare with ints by value', () => {
  assert.equal(holds('args.n == 5', { n: 5 }), true);
  assert.equal(holds('args.n in [1, 5]', { n: 5 }), true);
  assert.equal(holds('args.n <= 4', { n: 4.5 }), false);
  assert.equal(holds('size(args.to) > 1', { to: ['a', 'b'] }), true);
});

test('condition: a missing member is an error, never false', () => {
  assert.equal(holds('args.x == 1'), '`x` is missing');
  assert.equal(holds('args.x != 1'), '`x` is missing');
  assert.equal(holds('has(args.x)'), false);
  assert.equal(holds('args.constructor == 1'), '`constructor` is missing');
  assert.equal(holds('"toString" in args'), false);
});

test('condition: either side settles a conjunction, also beside an error', () => {
  assert.equal(holds('args.x == 1 && false'), false);
  assert.equal(holds('args.x == 1 || true'), true);
  assert.equal(holds('args.to.exists(t, t.a == 1)', { to: [{}, { a: 1 }] }), true);
  assert.equal(holds('args.to.all(t, t.a == 1)', { to: [{}, { a: 2 }] }), false);
  assert.equal(holds('args.to.all(t, t.a == 1)', { to: [{}, { a: 1 }] }), '`a` is missing');
});

test('condition: a mapping in place of a list is an error, not its names', () => {
  const to = { 'me@x.example': 'eve@evil.example' };
  for (const loop of ['all', 'exists', 'exists_one']) {
    assert.equal(holds(`args.to.${loop}(t, t == "me@x.example")`, { to }), 'no loop over map');
  }
  assert.equal(holds('size(args.to.filter(t, true)) == 1', { to }), 'no loop over map');
  assert.equal(holds('size(args.to.map(t, t)) == 1', { to }), 'no loop over map');
});

test('condition: money is exact and does not mix with floats', () => {
  assert.equal(holds('money(args.a) + money("0.2") == money("0.3")', { a: '0.1' }), true);
  assert.equal(holds('money(args.a) <= money("50.00")', { a: 50.01 }), false);
  assert.equal(holds('money(args.a) <= money("50.00")', { a: '50' }), true);
  assert.equal(holds('money(args.a) <= args.b', { a: 1, b: 2 }), '`money` and `double` do not mix');
  assert.equal(holds('money(args.a) == args.b', { a: 1, b: 1 }), '`money` and `double` do not mix');
  assert.equal(holds('money(args.a) <= money("1")', { a: 'one' }), 'no `money` of string');
});

test('condition: patterns take linear time and match anywhere', () => {
  const tookMs = processorMs(() => {
    assert.equal(holds('args.t.matches("^(a+)+$")', { t: `${'a'.repeat(5000)}!` }), false);
  });
  assert.ok(tookMs < 1000);
  assert.equal(holds('args.t.matches("b+")', { t: 'abba' }), true);
});

test('condition: an evaluation that costs too much fails', () => {
  const to = Array.from({ length: 2000 }, (_, index) => `x${index}`);
  const text = 'args.to.exists(a, args.to.exists(b, b == a + "!"))';
  assert.equal(holds(text, { to }), 'too costly: more than 100000 steps');
});

test('condition: time is that of the zone asked for', () => {
  assert.equal(holds('now.getHours() == 12'), true);
  assert.equal(holds('now.getHours("Europe/Berlin") == 14'), true);
  assert.equal(holds('now - timestamp("2026-06-01T12:00:00Z") == duration("30m")'), true);
});

test('condition: what it reads is known from its text', () => {
  const text = 'facts.payee.contains && "orders.get" in sources["order_id"]';
  const parsed = parseTree(text);
  assert.ok(parsed.ok);
  const place = { file: 'x', line: 1, column: 1 };
  const condition = compileCondition({ text, ast: parsed.value, place, lines: [] });
  assert.deepEqual(condition.facts, ['payee']);
  assert.deepEqual(condition.reads, ['sources']);
  const facts = { payee: { contains: true } };
  const sources = { order_id: ['principal', 'orders.get'] };
  assert.equal(holds(text, {}, { facts, sources }), true);
});

const json = fc.oneof(
  fc.constantFrom(0, 1, 2, 2.5, -1),
  fc.constantFrom('', 'a', 'ab', 'b@x.de'),
  fc.boolean(),
  fc.constant(null),
);
const value = fc.oneof(
  json,
  fc.array(json, { maxLength: 3 }),
  fc.dictionary(fc.constantFrom('a', 'b'), json),
);
const args = fc.dictionary(fc.constantFrom('a', 'b', 'c'), value);

const TERMS =
  'args.a|args.b|args.c.a|1|2.5|"a"|null|true|size(args.a)|-1|args.a[0]|args["b"]|[1, 2]|' +
  '["a", "ab"]|args.b + args.c|size("ab")';
const term = fc.constantFrom(...TERMS.split('|'));
const scalar = fc.constantFrom('1', '2.5', '"a"', 'true', 'size("ab")');
const atom = fc.oneof(
  fc.tuple(scalar, term).map((parts) => parts.join(' in ')),
  fc
    .tuple(term, fc.constantFrom('==', '!=', '<', '<=', '>', '>='), term)
    .map((parts) => parts.join(' ')),
  fc.constantFrom('has(args.a)', '!has(args.c)', 'args.b', 'args.a.startsWith("a")'),
  fc.constantFrom('args.a.all(x, x == args.b)', 'args.a.exists(x, x > 1)'),
  fc.constantFrom('args.a.exists_one(x, x == 1)', 'size(args.a.filter(x, x != "a")) == 1'),
  fc.constantFrom('args.a.map(x, x) == args.b', 'args.a.contains("b")', 'size(args.b) > 1'),
);
const { text: expressionText } = fc.letrec<{ text: string }>((tie) => ({
  text: fc.oneof(
    { maxDepth: 3 },
    atom,
    fc.tuple(tie('text'), tie('text')).map(([l, r]) => `(${l} && ${r})`),
    fc.tuple(tie('text'), tie('text')).map(([l, r]) => `(${l} || ${r})`),
    tie('text').map((t) => `!(${t})`),
    fc.tuple(tie('text'), tie('text'), tie('text')).map(([c, l, r]) => `(${c} ? ${l} : ${r})`),
  ),
}));

test('condition: agrees with the CEL library on generated expressions', () => {
  const library = new Environment({ unlistedVariablesAreDyn: true });
  fc.assert(
    fc.property(expressionText, args, (text, given) => {
      // What the library's type checker refuses never loads.
      fc.pre(library.check(text).valid);
      // CEL loops over the names of a mapping; a condition does not.
      fc.pre(!(loopsOverA.test(text) && isJsonObject(given['a'])));
      const expected = runLibrary(library, text, given);
      const result = evaluate(text, given);
      assert.equal(result.ok ? result.value : 'error', expected, text);
    }),
    { numRuns: runs(2000), examples: [['has ( )', {}]] },
  );
});

const loopsOverA = /args\.a\.(?:all|exists|exists_one|filter|map)\(/;

function runLibrary(library: Environment, text: string, given: object): unknown {
  try {
    const found: unknown = library.parse(text)({ args: given });
    return typeof found === 'boolean' ? found : 'error';
  } catch (error) {
    assert.ok(error instanceof Error);
    return 'error';
  }
}

test('condition: nothing makes parsing or evaluating throw', () => {
  const piece = fc.constantFrom(
    ...'args . a [ ] ( ) " 1 2.5 && || ! == in has size money matches all x , ? : + - null'.split(
      ' ',
    ),
  );
  const noise = fc.oneof(
    fc.string(),
    fc.array(piece, { maxLength: 12 }).map((p) => p.join(' ')),
  );
  fc.assert(
    fc.property(noise, args, (text, given) => {
      const parsed = parseTree(text);
      if (!parsed.ok) return;
      const place = { file: 'x', line: 1, column: 1 };
      compileCondition({ text, ast: parsed.value, place, lines: [] }).evaluate({
        ...SCOPE,
        args: given,
      });
    }),
    { numRuns: runs(2000) },
  );
});
