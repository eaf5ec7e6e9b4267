import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assert as check, jsonValue, property } from 'fast-check';

import { canonical, ordered } from './canonical.ts';
import type { Json } from './json.ts';

/** RFC 8785, section 3.2, word for word. */
function spelledOut(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(spelledOut).join(',')}]`;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, of]) => `${JSON.stringify(key)}:${spelledOut(of)}`).join(',')}}`;
}

test('canonical: members stand in order of their UTF-16 units, at every depth', () => {
  assert.equal(
    canonical({ b: { z: 1, a: [{ y: null, x: true }] }, a: 'é' }),
    '{"a":"é","b":{"a":[{"x":true,"y":null}],"z":1}}',
  );
  assert.equal(canonical({ '\u{1F600}': 1, '\uFB33': 2 }), '{"\u{1F600}":1,"\uFB33":2}');
});

test('canonical: names that look like array indexes are sorted as text', () => {
  assert.equal(canonical({ 9: 'a', 10: 'b', b: 1, a: 2 }), '{"10":"b","9":"a","a":2,"b":1}');
});

test('canonical: `__proto__` is a name like any other', () => {
  assert.equal(
    canonical(JSON.parse('{"b":1,"__proto__":{"z":1,"a":2}}')),
    '{"__proto__":{"a":2,"z":1},"b":1}',
  );
});

test('canonical: a member that is undefined prints as null', () => {
  // Optional members of the kernel's own types reach here as undefined.
  assert.equal(canonical({ a: undefined, b: 1 } as unknown as Json), '{"a":null,"b":1}');
});

test('canonical: any JSON value prints as the specification spells it', () => {
  check(
    property(jsonValue(), (value) => {
      // What JSON.parse returned is JSON.
      const json = JSON.parse(JSON.stringify(value)) as Json;
      assert.equal(canonical(json), spelledOut(json));
    }),
  );
});

test('ordered: a value is what reading its canonical text gives, order and zero included', () => {
  assert.equal(
    JSON.stringify(ordered({ b: [{ d: 1, c: 2 }], a: 0 })),
    '{"a":0,"b":[{"c":2,"d":1}]}',
  );
  assert.ok(Object.is(ordered([-0])[0], 0));
  check(
    property(jsonValue(), (value) => {
      // What JSON.parse returned is JSON.
      const json = JSON.parse(JSON.stringify(value)) as Json;
      const read: unknown = JSON.parse(canonical(json));
      assert.equal(JSON.stringify(ordered(json)), JSON.stringify(read));
      assert.deepStrictEqual(ordered(json), read);
    }),
  );
});
