import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assert as holds, jsonValue, property } from 'fast-check';

import { canonical } from '../../canonical.ts';
import type { Json } from '../../json.ts';
import { isPrintedAs, isSame } from './same-json.ts';

const json = jsonValue({ maxDepth: 3 }).map((value) => {
  // What JSON.parse returns is JSON.
  return JSON.parse(JSON.stringify(value)) as Json;
});

test('same JSON: as printing both would say', () => {
  holds(
    property(json, json, (one, other) => {
      assert.equal(isSame(one, other), canonical(one) === canonical(other));
      assert.ok(isSame(one, JSON.parse(canonical(one))));
    }),
  );
});

test('printed as: true of the canonical text alone, however the text is spelled', () => {
  const isPrinted = (made: Json, text: string): boolean => {
    // What JSON.parse returns is JSON.
    return isPrintedAs(made, { value: JSON.parse(text) as Json, text });
  };
  holds(
    property(json, json, (one, other) => {
      assert.ok(isPrinted(one, canonical(one)));
      assert.equal(isPrinted(one, canonical(other)), canonical(one) === canonical(other));
      assert.ok(!isPrinted(one, `${canonical(one)} `));
    }),
  );
  const texts = ['{"b":1,"a":2}', '{"a":2,"a":2,"b":1}', '{"a":2.0,"b":1}', '{"a":2}', '-0'];
  for (const text of texts) assert.ok(!isPrinted({ a: 2, b: 1 }, text), text);
  assert.ok(!isPrinted(0, '-0'));
  assert.ok(isPrinted({ 9: 1, 10: 2 }, '{"10":2,"9":1}'));
  assert.ok(!isPrinted({ 9: 1, 10: 2 }, '{"9":1,"10":2}'));
});
