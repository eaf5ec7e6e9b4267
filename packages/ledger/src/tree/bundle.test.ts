import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { encodeBundle, parseBundle } from './bundle.ts';

test('bundle: two bytes of length before each entry', () => {
  const bundle = encodeBundle([Uint8Array.of(7), new Uint8Array(0), new Uint8Array(258).fill(1)]);
  assert.ok(bundle.ok);
  assert.deepEqual(bundle.value.slice(0, 8), Uint8Array.of(0, 1, 7, 0, 0, 1, 2, 1));
  assert.equal(bundle.value.length, 265);
});

test('bundle: reads back what it holds, and nothing shorter, longer or of another width', () => {
  const entries = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(entries, (each) => {
      const bundle = encodeBundle(each);
      assert.ok(bundle.ok);
      const bytes = bundle.value;
      const read = parseBundle(bytes, each.length);
      assert.ok(read.ok);
      assert.deepEqual(
        read.value.map((entry) => Uint8Array.from(entry)),
        each,
      );
      assert.ok(!parseBundle(bytes.slice(0, -1), each.length).ok);
      assert.ok(!parseBundle(Uint8Array.of(...bytes, 0), each.length).ok);
      assert.ok(!parseBundle(bytes, each.length + 1).ok);
      assert.ok(!parseBundle(bytes, each.length - 1).ok);
      assert.ok(parseBundle(bytes, each.length - 1, true).ok);
    }),
  );
});

test('bundle: the longest entry fits, one byte more is refused with what to do', () => {
  assert.ok(encodeBundle([new Uint8Array(65_535)]).ok);
  const refused = encodeBundle([new Uint8Array(65_536)]);
  assert.deepEqual(refused, {
    ok: false,
    error: {
      code: 'malformed',
      message: 'entry of 65536 bytes, a log holds 65535 at most: store the payload by digest',
    },
  });
});
