import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Json, JsonObject } from '@plumbline/core';
import { verifies } from '@plumbline/testkit';

import { breachOf } from './output-shape.ts';

const SCHEMA: JsonObject = {
  type: 'object',
  properties: {
    id: { type: 'integer' },
    tags: { type: 'array', items: { type: ['string', 'null'] } },
    kind: { enum: ['a', 'b'] },
    more: { anyOf: [{ type: 'boolean' }, { const: { x: 1 } }] },
  },
  required: ['id'],
  additionalProperties: false,
};

test('output shape: a value that its schema does not know is found, with its place', () => {
  const found: readonly (readonly [value: Json, says: string | null])[] = [
    [{ id: 1, tags: ['x', null], kind: 'b', more: { x: 1 } }, null],
    [{ id: 2.0 }, null],
    ['text', '`structuredContent` is not of type object'],
    [{}, '`structuredContent.id` is missing'],
    [{ id: '1' }, '`structuredContent.id` is not of type integer'],
    [{ id: 1, tags: ['x', 2] }, '`structuredContent.tags[1]` is not of type string or null'],
    [{ id: 1, kind: 'c' }, '`structuredContent.kind` is none of the values of the schema'],
    [{ id: 1, more: 'x' }, '`structuredContent.more` is none of what the schema lets choose'],
    [{ id: 1, other: true }, '`structuredContent.other` may not be there'],
    [JSON.parse('{"id":1,"__proto__":{"id":2}}'), '`structuredContent.__proto__` may not be there'],
  ];
  for (const [value, says] of found) assert.equal(breachOf(SCHEMA, value), says);
  assert.equal(breachOf({ properties: { toString: false } }, {}), null);
});

test('output shape: what it does not look at breaks nothing, and the look ends', () => {
  const unknown: JsonObject = { $ref: '#/x', pattern: '(a+)+$', patternProperties: { a: false } };
  assert.equal(breachOf(unknown, 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'), null);
  let deep: JsonObject = { type: 'string' };
  for (let depth = 0; depth < 1_000; depth += 1) deep = { anyOf: [deep, deep] };
  assert.equal(breachOf(deep, 1), null);
});

test('output shape: a server makes the look no longer by what it compares', () => {
  verifies('enforce.fail-closed');
  const many = Array.from({ length: 20_000 }, (_, index) => `e${index}`);
  const object = Object.fromEntries(many.map((name) => [name, 1]));
  const items: readonly JsonObject[] = [
    { enum: many },
    { enum: [...many, [object]] },
    { type: [...many, 'string', 'array', 'object'] },
    { required: many.map(() => 'a') },
    { const: object },
  ];
  // Looked at in full, each of these would take longer than the whole suite may.
  for (const each of items) {
    for (const value of ['e19999', { a: 1 }, [object]]) {
      const list = Array.from({ length: 5_000 }, () => value);
      assert.notEqual(breachOf({ items: each }, list), undefined);
    }
  }
  assert.equal(breachOf({ enum: [{ a: [1, null] }, -0] }, { a: [1, null] }), null);
  assert.notEqual(breachOf({ enum: [{ a: [1, null] }, []] }, {}), null);
  assert.equal(breachOf({ const: { b: 1, a: 2 } }, { a: 2, b: 1 }), null);
});
