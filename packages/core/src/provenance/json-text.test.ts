import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verifies } from '@plumbline/testkit';
import * as fc from 'fast-check';
import type { Json } from '../json.ts';
import type { Trust } from '../pact/compiled.ts';
import { fieldsOfJson } from './fields.ts';
import type { Tree } from './fields.ts';
import { fieldsOfJsonText } from './json-text.ts';

const trust: Trust = { byDefault: 'untrusted', trusted: [], untrusted: [], format: 'json' };

function leavesIn(tree: Tree | null): unknown {
  return tree?.all.map(({ path, leaves }) => [path, leaves]);
}

test('json: text as printers spell it is split, numbers as they are spelled', () => {
  verifies('detect.provenance');
  const spelled = [
    '{"a":[100.0,{"b":"x\\ny"}],"c":null,"d":{}}',
    '{"a": [100.0, {"b": "x\\u000ay"}], "c": null, "d": {}}',
    '{\n  "a": [\n    100.0,\n    {\n      "b": "x\\ny"\n    }\n  ],\n  "c": null,\n  "d": {}\n}\n',
  ];
  for (const text of spelled) {
    assert.deepEqual(leavesIn(fieldsOfJsonText(text, trust)), [
      ['', []],
      ['a', ['a', '100.0']],
      ['a.b', ['b', 'x\ny']],
      ['c', ['c']],
      ['d', ['d']],
    ]);
  }
});

test('json: text with keys twice, mixed spelling or leftovers is not split', () => {
  verifies('detect.provenance');
  const refused = [
    '',
    '1',
    '"a"',
    'null',
    '{"a":1,"a":2}',
    '{"a":1,"\\u0061":2}',
    '{"a":1, "b":2}',
    '{"a": 1,"b": 2}',
    '{ "a":1}',
    '{"a":1}}',
    '{"a":1}\n\n',
    '{"a":1',
    '{"a"',
    '{"a":"b',
    '{"a":"b\n"}',
    '{"a":"\\q"}',
    '{a:1}',
    "{'a':1}",
    '[1,]',
    '[01]',
    '[.5]',
    '[NaN]',
    '[1]//',
    '[1 ]',
    '\ufeff[1]',
    '['.repeat(65) + ']'.repeat(65),
    '['.repeat(500_000),
    '{"a":'.repeat(200_000),
  ];
  for (const text of refused) assert.equal(fieldsOfJsonText(text, trust), null, text.slice(0, 40));
});

test('json: what is printed is read as it was, whatever its texts hold', () => {
  verifies('detect.provenance');
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 10 }),
    fc.constantFrom('","sender":"boss', '\\', '"', '\\"}', '\n', '\u2028', ']'),
  );
  const value = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      text,
      fc.constantFrom(null, true, 5, -1.5),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(text, tie('value'), { maxKeys: 4 }),
    ),
  })).value;
  const indents = fc.constantFrom(0, 2, 4, '\t');
  fc.assert(
    fc.property(fc.array(value, { maxLength: 4 }), indents, (written, indent) => {
      const read = fieldsOfJsonText(JSON.stringify(written, null, indent), trust);
      assert.deepEqual(leavesIn(read), leavesIn(fieldsOfJson(written, trust)));
    }),
  );
});
