import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runs, verifies } from '@plumbline/testkit';
import * as fc from 'fast-check';
import type { Json } from '../json.ts';
import type { Trust } from '../pact/compiled.ts';
import type { Content } from './content.ts';
import { collect, entryOf } from './entry.ts';
import { emptyMemory, remember, trace } from './memory.ts';
import type { Memory } from './memory.ts';
import { memoryFromJson, memoryToJson } from './snapshot.ts';
import { wantedOf } from './wanted.ts';

function memoryOfAll(...contents: readonly Content[]): Memory {
  const memory = emptyMemory();
  for (const each of contents) remember(memory, each);
  return memory;
}

function shown(result: Json): Content {
  const untrusted = { byDefault: 'untrusted', trusted: [], untrusted: [], format: 'text' } as const;
  return { kind: 'tool', tool: 'last', trust: untrusted, args: {}, result };
}

const word = fc.constantFrom(
  'bob',
  'Bob',
  'evil.com',
  'eve@y.com',
  "o'neil",
  'é',
  '"x"',
  '50',
  '50.0',
  '\\n',
  '\n',
  '  ',
  ' ',
  '.',
  'DE89',
  'ﬁ',
  '\u200b',
  ': ',
  '- ',
  '漢',
  '\u0001',
  '\u0002',
  '\u0003',
);
const phrase = fc.array(word, { maxLength: 6 }).map((words) => words.join(''));
const trust = fc.record<Trust>(
  {
    byDefault: fc.constantFrom('trusted', 'untrusted'),
    trusted: fc.subarray(['a', 'a.b', 'c.*']),
    untrusted: fc.subarray(['a', 'a.b', 'c']),
    format: fc.constantFrom('json', 'yaml', 'text'),
  },
  { noNullPrototype: true },
);
const structured = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    phrase,
    fc.constantFrom(50, 0.5, null, true),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c', 'bob'), tie('value'), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
  ),
})).value;
const args = fc.dictionary(fc.constantFrom('q', 'r'), phrase, {
  maxKeys: 2,
  noNullPrototype: true,
});
const content: fc.Arbitrary<Content> = fc.oneof(
  fc.record({ kind: fc.constantFrom('principal', 'session', 'untrusted'), text: phrase }),
  fc.record({
    kind: fc.constant('tool'),
    tool: fc.constantFrom('t', 'u'),
    trust,
    args,
    result: fc.oneof(
      structured,
      structured.map((value) => JSON.stringify(value)),
    ),
  }),
);

test('provenance: a memory written and read back is the same, whatever was traced before', () => {
  verifies('detect.provenance');
  fc.assert(
    fc.property(fc.array(content, { maxLength: 6 }), phrase, phrase, (contents, one, other) => {
      const memory = memoryOfAll(...contents);
      const before = JSON.stringify(memoryToJson(memory));
      trace(memory, one);
      const after = JSON.stringify(memoryToJson(memory));
      assert.equal(after, before);
      assert.deepEqual(Object.keys(memory), ['held', 'size']);
      const restored = memoryFromJson(JSON.parse(after));
      assert.ok(restored !== null);
      assert.deepEqual(restored, memory);
      assert.deepEqual(trace(restored, other), trace(memory, other));
      assert.deepEqual(trace(memoryOfAll(...contents), other), trace(memory, other));
    }),
  );
});

test('provenance: what was seen before never hides where a value stands', () => {
  fc.assert(
    fc.property(fc.array(content, { maxLength: 4 }), phrase, (contents, value) => {
      const whole = value.normalize('NFKC').trim();
      fc.pre(/^[a-z0-9.@]+( [a-z0-9.@]+)*$/i.test(whole));
      const text = memoryOfAll(...contents, shown(`( ${value} )`));
      assert.ok(trace(text, value).includes('last'));
      const fields = memoryOfAll(...contents, shown([{ x: value }]));
      assert.ok(trace(fields, value).includes('last:x'));
    }),
  );
});

test('provenance: a piece that is passed over unread does not hold the value', () => {
  const values = fc.oneof(phrase, fc.constantFrom(50, 0.5));
  fc.assert(
    fc.property(fc.array(content, { maxLength: 4 }), values, (contents, value) => {
      const memory = memoryOfAll(...contents);
      const names = new Set<string>();
      for (const held of memory.held) collect(entryOf(held), wantedOf(value), names);
      assert.deepEqual(trace(memory, value), names.size === 0 ? ['agent'] : [...names].sort());
    }),
    { numRuns: runs(2000) },
  );
});
