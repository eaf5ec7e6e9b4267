import { runs, verifies } from '@plumbline/testkit';
import * as fc from 'fast-check';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { pactDigest } from './canonical-form.ts';
import { formatDiagnostic } from './diagnostic.ts';
import type { PactDocument } from './document.ts';
import { formatPact, printPact } from './fmt.ts';
import { loadPact } from './load.ts';
import { parsePact } from './parse.ts';

const example = readFileSync(
  join(import.meta.dirname, '../../../../spec/pact/example.pact.yaml'),
  'utf8',
);

function parse(text: string): PactDocument {
  const parsed = parsePact(text, 'a.yaml');
  assert.ok(parsed.ok, parsed.ok ? '' : parsed.error.map(formatDiagnostic).join('\n'));
  return parsed.value;
}

function format(text: string): string {
  const formatted = formatPact(text, 'a.yaml');
  assert.ok(formatted.ok);
  return formatted.value;
}

/** What a document means, without places and syntax trees. */
function meaning(document: PactDocument): unknown {
  return JSON.parse(
    JSON.stringify(document, (key, value: unknown) => {
      if (key === 'place' || key === 'ast' || key === 'lines' || key === 'source') return undefined;
      return value instanceof Map ? [...value] : value;
    }),
  );
}

const name = fc.stringMatching(/^[a-z][a-z0-9_-]{0,8}$/);
const say = fc
  .string({ minLength: 1, unit: 'grapheme' })
  .filter((s) => /^[^\p{C}\p{Z}\ufffd]+$/u.test(s));
const tool = fc.constantFrom('orders.get', 'orders.cancel', 'mail.send');
const when = fc.constantFrom(
  'args.a == "x"',
  'size(args.to) > 1',
  "args.b.startsWith('#: ')",
  'facts.source.verified',
);
const duration = fc.constantFrom('5s', '15m', '24h', '30d');
const approvers = fc.constantFrom('role:lead', ['role:lead', 'b@example.com']);
const per = fc.oneof(fc.constantFrom('call', 'session', 'day', 'agent'), duration);
const some = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(value, { maxLength: 3 });

const head = { id: name, tool: fc.oneof(tool, fc.array(tool, { minLength: 1, maxLength: 3 })) };
const part: { requiredKeys: ['id', 'tool'] } = { requiredKeys: ['id', 'tool'] };
const pact = fc.record(
  {
    pact: fc.constant('plumbline/v1'),
    agent: name,
    purpose: say,
    owner: fc.constant('owner@example.com'),
    autonomy: fc.constantFrom(1, 2, 3),
    goal: say,
    timezone: fc.constantFrom('UTC', 'Europe/Berlin'),
    tools: fc.dictionary(
      tool,
      fc.record(
        {
          effect: fc.constantFrom('read', 'write', 'send', 'from(a.b)'),
          trust: fc.constantFrom('untrusted', { default: 'trusted', untrusted: ['note'] }),
          reversible: fc.constantFrom('yes', 'partly', 'no'),
          sensitive: fc.array(name, { minLength: 1, maxLength: 2 }),
          money: fc.constant('amount'),
        },
        { requiredKeys: ['effect'] },
      ),
    ),
    allow: some(
      fc.record(
        {
          ...head,
          when,
          limit: fc.record({ calls: fc.nat(1000), per }),
          budget: fc.record({ sum: fc.constant('args.a'), max: fc.constant('10.50'), per }),
        },
        part,
      ),
    ),
    exclude: some(fc.record({ ...head, unless: when, say }, part)),
    step_up: some(fc.record({ ...head, approvers, quorum: fc.nat(4).map((n) => n + 1) }, part)),
    gates: fc.constantFrom('off', { widen_after: 2 }),
    persistence: fc.constantFrom('off', { warn: 1, pause: 2, halt: 'off' }),
    rule_of_two: fc.constantFrom('off', 'deny'),
  },
  { requiredKeys: ['pact', 'agent', 'purpose', 'owner', 'autonomy'] },
);

test('parse: what print writes reads back to the same document and digest', () => {
  verifies('pact.versions');
  fc.assert(
    fc.property(pact, (source) => {
      const document = parse(JSON.stringify(source));
      const again = parse(printPact(document));
      assert.deepEqual(meaning(again), meaning(document));
      assert.equal(pactDigest([again]), pactDigest([document]));
    }),
    { numRuns: runs(200) },
  );
});

test('fmt: keeps comments, puts members in order and changes no digest', () => {
  const text = `# about this file
pact: plumbline/v1
autonomy: 2   # limited writes
allow: # what may be done
  - tool: a
    # why
    id: look
    when: args.x == 'y'
tools: {a: {effect: read}}
owner: o@example.com
agent: a
purpose: Look.
`;
  const expected = `# about this file

pact: plumbline/v1
agent: a
purpose: Look.
owner: o@example.com
autonomy: 2 # limited writes
tools: { a: { effect: read } }

allow:
  # what may be done
  # why
  - id: look
    tool: a
    when: args.x == 'y'
`;
  assert.equal(format(text), expected);
  assert.equal(pactDigest([parse(text)]), pactDigest([parse(expected)]));
});

test('fmt: formatting twice changes nothing more', () => {
  assert.equal(format(format(example)), format(example));
  fc.assert(
    fc.property(pact, (source) => {
      const once = format(JSON.stringify(source, null, 1));
      assert.equal(format(once), once);
    }),
    { numRuns: runs(60) },
  );
});

const SCRAPS =
  '- |: |{|}|[|]|"|\'|\n|  |\t|#|&a|*a|!!|>|%|? |---\n|\u0000|\ufeff|\ud800|0x|' +
  '1e999|<<: |null|\\x|\r';
const scrap = fc.constantFrom('|', ...SCRAPS.split('|'));

test('parse: nothing makes it throw', () => {
  verifies('pact.refuses-to-arm');
  const noise = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fc.oneof(scrap, name), { maxLength: 40 }).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(noise, (text) => {
      parsePact(text, 'a.yaml');
      formatPact(text, 'a.yaml');
    }),
    { numRuns: runs(600) },
  );
});

test('load: no change to a pact makes it throw', () => {
  const edit = fc.record({
    at: fc.nat(example.length),
    drop: fc.nat(12),
    put: fc.oneof(scrap, name, when),
  });
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
      const text = edits.reduce(
        (before, { at, drop, put }) => before.slice(0, at) + put + before.slice(at + drop),
        example,
      );
      const loaded = loadPact('a.yaml', (path) => (path === 'a.yaml' ? text : undefined));
      if (!loaded.ok) assert.ok(loaded.error.length > 0);
      formatPact(text, 'a.yaml');
    }),
    { numRuns: runs(60) },
  );
});
