import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  concat,
  decodeBase64,
  decodeUtf8,
  encodeBase64,
  encodeHex,
  parseDecimal,
} from './bytes.ts';

test('base64: prints as Node does and reads back what it printed', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
      const text = encodeBase64(bytes);
      assert.equal(text, Buffer.from(bytes).toString('base64'));
      assert.deepEqual(decodeBase64(text), bytes);
    }),
  );
});

test('base64: one text only stands for some bytes', () => {
  for (const text of ['AA', 'AA=', 'AAA', 'AB==', 'AAB=', 'AA==\n', 'A===', '-_==', '=', 'A A=']) {
    assert.equal(decodeBase64(text), undefined, text);
  }
});

test('decimal: no sign, no leading zero, nothing past 2^53 - 1', () => {
  assert.equal(parseDecimal('0'), 0);
  assert.equal(parseDecimal('9007199254740991'), 9_007_199_254_740_991);
  for (const text of ['', '00', '01', '-0', '+1', '1.0', '1e3', ' 1', '1\n', '9007199254740992']) {
    assert.equal(parseDecimal(text), undefined, text);
  }
});

test('utf-8: a byte order mark is kept and a broken sequence is refused', () => {
  assert.equal(decodeUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x41)), '\ufeffA');
  assert.equal(decodeUtf8(Uint8Array.of(0xc0, 0x80)), undefined);
  assert.equal(decodeUtf8(Uint8Array.of(0xed, 0xa0, 0x80)), undefined);
});

test('bytes: joined in order, printed in hexadecimal', () => {
  assert.equal(encodeHex(concat(Uint8Array.of(0, 10), Uint8Array.of(255))), '000aff');
});
