import { verifies } from '@plumbline/testkit';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import type { CompiledPact } from './compiled.ts';
import { formatDiagnostic } from './diagnostic.ts';
import { loadDocument } from './load-document.ts';
import { loadPact } from './load.ts';
import type { LoadedPact } from './load.ts';

const example = readFileSync(
  join(import.meta.dirname, '../../../../spec/pact/example.pact.yaml'),
  'utf8',
);

type Files = { readonly [path: string]: string };

function load(files: Files): LoadedPact {
  const result = loadPact('a.yaml', (path) => files[path]);
  assert.ok(result.ok, result.ok ? '' : result.error.map(formatDiagnostic).join('\n'));
  return result.value;
}

function faults(files: Files): readonly string[] {
  const result = loadPact('a.yaml', (path) => files[path]);
  return result.ok ? [] : result.error.map(formatDiagnostic);
}

const HEAD = `pact: plumbline/v1
agent: a
purpose: Answer.
owner: a@example.com
autonomy: 2
`;

function ids(pact: CompiledPact, tool: string): readonly string[] {
  return pact.layers.flatMap((layer) => layer.rulesFor(tool).allow.map(({ rule }) => rule.id));
}

test('load: the example pact loads, with what is doubtful about it', () => {
  verifies('pact.authorised', 'pact.limits', 'pact.tiers', 'pact.tasks');
  const { pact, warnings } = load({ 'a.yaml': example });
  assert.deepEqual(warnings.map(formatDiagnostic), [
    'a.yaml:1:1: warning: arguments of `orders.get`, `returns.create`, `email.send` are not ' +
      'checked: name a list of tools in `schemas`',
    'a.yaml:23:67: warning: `undo` of returns.create names no tool `returns.cancel`: declare it ' +
      'under `tools`, or it cannot be run',
    'a.yaml:95:14: warning: `csat`, `resolution`, `deflection`, `speed`, `audited_resolution` ' +
      'have no source yet: declare them under `metrics.terms`',
  ]);
  assert.equal(pact.agent, 'support-agent');
  assert.deepEqual(ids(pact, 'email.send'), ['reply', 'announce']);
  assert.deepEqual(pact.tools.get('inbox.read')?.trust, {
    byDefault: 'untrusted',
    trusted: ['id', 'date', 'from.verified'],
    untrusted: [],
    format: 'json',
  });
  const [start] = pact.layers[0]?.rulesFor('returns.create').allow ?? [];
  assert.deepEqual(start?.rule.limits, [{ calls: 3, per: { kind: 'session' } }]);
  const budgets = [{ sum: 'amount', max: '2000.00', per: { kind: 'day' } }];
  assert.deepEqual(start?.rule.budgets, budgets);
  const [several] = pact.layers[0]?.rulesFor('email.send').stepUp ?? [];
  assert.deepEqual(several?.approvers, ['role:support-lead']);
  assert.equal(several?.withinMs, 900_000);
  assert.deepEqual(pact.layers[0]?.tasks?.get('return')?.sources, [
    {
      tool: 'returns.create',
      path: 'order_id',
      sources: ['principal', 'orders.get'],
      otherwise: 'deny',
    },
  ]);
});

test('load: a pact comes back from its canonical document with the same digest', () => {
  verifies('pact.versions');
  const { pact } = load({ 'a.yaml': example });
  const again = loadDocument(pact.document);
  assert.ok(again.ok);
  assert.equal(again.value.pact.digest, pact.digest);
});

test('load: layers with schemas and cases in files come back from one document', () => {
  const schema = { type: 'object', properties: { n: { type: 'number', maximum: 1e300 } } };
  const files = {
    'a.yaml': `${HEAD}extends: lib/base.yaml
cases: cases.yaml
allow: [{ id: own, tool: t, when: args.n == 1 }]
`,
    'cases.yaml': '- { tool: t, args: { n: 1 }, expect: allow }\n',
    'lib/base.yaml': `${HEAD}schemas: tools.json
tools: { t: { effect: read } }
allow: [{ id: base, tool: t }]
`,
    'lib/tools.json': JSON.stringify({ tools: [{ name: 't', inputSchema: schema }] }),
  };
  const { pact, warnings } = load(files);
  const again = loadDocument(pact.document);
  assert.ok(again.ok);
  assert.equal(again.value.pact.digest, pact.digest);
  assert.deepEqual(again.value.pact.tools.get('t')?.schema, schema);
  assert.equal(again.value.pact.layers[0]?.allow[0]?.isCovered, true);
  assert.deepEqual(warnings, []);
});

test('load: comments and layout do not change the digest, a rule does', () => {
  verifies('pact.versions');
  const digest = (text: string): string => load({ 'a.yaml': text }).pact.digest;
  assert.equal(digest(`# a comment\n${example}`), digest(example));
  assert.notEqual(digest(example.replace('calls: 3', 'calls: 4')), digest(example));
});

test('load: a schema turns unknown and ill-typed arguments into errors', () => {
  verifies('pact.refuses-to-arm');
  const tools = JSON.stringify([
    {
      name: 'pay',
      inputSchema: {
        type: 'object',
        properties: {
          amount: { type: 'number' },
          to: {
            type: 'array',
            items: { type: 'object', properties: { iban: { type: 'string' } } },
          },
          mode: { $ref: '#/$defs/mode' },
        },
        $defs: { mode: { enum: ['slow', 'fast'] } },
      },
    },
  ]);
  const pact = (when: string): Files => ({
    'tools.json': tools,
    'a.yaml': `${HEAD}schemas: tools.json
tools: { pay: { effect: write } }
allow:
  - { id: pay, tool: pay, when: '${when}' }
`,
  });
  assert.deepEqual(faults(pact('args.amount <= 50 && args.amount == 5')), []);
  assert.deepEqual(faults(pact('args.to.all(t, t.iban == "x")')), []);
  assert.deepEqual(faults(pact('has(args.amont)')), [
    'a.yaml:9:38: unknown field `args.amont` of pay, did you mean `amount`?',
  ]);
  assert.deepEqual(faults(pact('args.to.exists(t, t.ibn == "x")')), [
    'a.yaml:9:52: unknown field `t.ibn`, did you mean `iban`?',
  ]);
  assert.deepEqual(faults(pact('args.amount == "5"')), [
    'a.yaml:9:34: no such overload: double == string',
  ]);
  assert.deepEqual(faults(pact('args.mode in ["fats"]')), [
    'a.yaml:9:48: `fats` never stands here, did you mean `fast`?',
  ]);
});

test('load: layers compile apart, and a base tool is inherited', () => {
  verifies('pact.authorised');
  const base = `${HEAD}tools: { read: { effect: read }, write: { effect: write } }
allow:
  - { id: base-read, tool: read }
`;
  const own = `${HEAD}extends: base.yaml
allow:
  - { id: own, tool: [read, write] }
`;
  const { pact, warnings } = load({ 'a.yaml': own, 'base.yaml': base });
  assert.deepEqual(
    pact.layers.map(({ file }) => file),
    ['a.yaml', 'base.yaml'],
  );
  assert.deepEqual(ids(pact, 'read'), ['own', 'base-read']);
  assert.deepEqual(ids(pact, 'write'), ['own']);
  assert.deepEqual(warnings, []);
});

test('load: a case that a rule is the first to match covers the rule', () => {
  verifies('enforce.dormant');
  const text = `${HEAD}tools: { read: { effect: read } }
allow:
  - { id: mine, tool: read, when: args.owner == "me" }
  - { id: rest, tool: read, mode: observe }
cases:
  - { tool: read, args: { owner: me }, expect: allow }
`;
  const { pact } = load({ 'a.yaml': text });
  const covered = pact.layers[0]?.allow.map(({ id, isCovered }) => [id, isCovered]);
  assert.deepEqual(covered, [
    ['mine', true],
    ['rest', false],
  ]);
});

test('load: a glob stands for text within one segment', () => {
  const text = `${HEAD}tools: { a.b: { effect: read }, a.b.c: { effect: read } }
allow: [{ id: all, tool: a.* }, { id: deep, tool: 'a.*.*' }]
`;
  const { pact } = load({ 'a.yaml': text });
  assert.deepEqual(ids(pact, 'a.b'), ['all']);
  assert.deepEqual(ids(pact, 'a.b.c'), ['deep']);
  assert.equal(pact.layers[0]?.rulesFor('a.b').allow[0]?.exact, false);
});

test('load: the day of a pact is that of its time zone', () => {
  const text = `${HEAD}timezone: Europe/Berlin\ntools: { a: { effect: read } }
allow: [{ id: all, tool: a }]
`;
  const { pact } = load({ 'a.yaml': text });
  assert.equal(pact.offsetMs(Date.UTC(2026, 0, 15)), 3_600_000);
  assert.equal(pact.offsetMs(Date.UTC(2026, 6, 15)), 7_200_000);
  assert.equal(pact.offsetMs(Date.UTC(2026, 2, 29, 0, 59, 59)), 3_600_000);
  assert.equal(pact.offsetMs(Date.UTC(2026, 2, 29, 1)), 7_200_000);
});

test('load: turned off, persistence and gates never act', () => {
  const text = `${HEAD}tools: { a: { effect: read } }
allow: [{ id: all, tool: a }]
gates: off
persistence: off
`;
  const { pact } = load({ 'a.yaml': text });
  assert.equal(pact.gates.isOn, false);
  assert.equal(pact.layers[0]?.persistence.halt, 9_007_199_254_740_991);
});

test('load: what is no mapping of a pact is one error', () => {
  verifies('pact.refuses-to-arm');
  for (const [text, found] of [
    ['- a\n- b\n', 'a list'],
    ['hello', '`hello`'],
    ['', 'nothing'],
    ['# only a comment\n', 'nothing'],
  ] as const) {
    const message = `a.yaml:1:1: expected a mapping of a pact, found ${found}`;
    assert.deepEqual(faults({ 'a.yaml': text }), [message]);
  }
});

const TOOL = 'tools:\n  a.b: { effect: read, sensitive: [';

test('load: a label of the kernel is no label of a tool', () => {
  for (const label of ['untrusted', 'external']) {
    const text = `${HEAD}${TOOL}${label}] }\nallow: [{ id: c, tool: a.b }]\n`;
    assert.deepEqual(faults({ 'a.yaml': text }), [
      `a.yaml:7:36: expected a label other than the kernel's own \`untrusted\` and \`external\`` +
        `, found \`${label}\``,
    ]);
  }
});

test('load: a loop over a mapping, and an int beyond 64 bits, are errors', () => {
  const schema = 'schema: { properties: { meta: { type: object }, n: { type: integer } } }';
  const of = (when: string): Files => ({
    'a.yaml': `${HEAD}tools: { a.b: { effect: read, ${schema} } }
allow: [{ id: c, tool: a.b, when: '${when}' }]
`,
  });
  assert.deepEqual(faults(of('args.meta.all(m, m == "x")')), [
    'a.yaml:7:36: `all` runs over lists, and this is a mapping: name its members',
  ]);
  assert.deepEqual(faults(of('args.n < 9223372036854775808')), [
    'a.yaml:7:45: `9223372036854775808` is beyond 64 bits: write a float, or `money` of a text',
  ]);
  assert.deepEqual(faults(of('args.n < 9223372036854775807')), []);
});

test('load: a leading `args.` is dropped in every path of an argument that a tool names', () => {
  const tools = `
tools:
  pay:
    { effect: write, money: args.amount, records: args.rows, entity: { kind: k, id: args.to.id } }
  run: { effect: from(args.command) }
  count: { effect: read, records: result.count, trust: { default: trusted, untrusted: [args.a] } }
`;
  const { pact } = load({ 'a.yaml': HEAD + tools });
  const pay = pact.tools.get('pay');
  assert.deepEqual(
    [pay?.money, pay?.records, pay?.entity],
    ['amount', 'rows', { kind: 'k', id: 'to.id' }],
  );
  assert.equal(pact.tools.get('run')?.effectFrom, 'command');
  // A path of a result leads nowhere near the arguments.
  const count = pact.tools.get('count');
  assert.deepEqual([count?.records, count?.trust.untrusted], ['result.count', ['args.a']]);
});
