import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32c, crc32cOver } from './crc32c.ts';

test('crc32c: the vectors of RFC 3720 come out', () => {
  const ascending = Uint8Array.from({ length: 32 }, (_, at) => at);
  assert.equal(crc32c(Buffer.from('123456789')), 0xe3069283);
  assert.equal(crc32c(new Uint8Array(0)), 0);
  assert.equal(crc32c(new Uint8Array(32)), 0x8a9136aa);
  assert.equal(crc32c(new Uint8Array(32).fill(0xff)), 0x62a8ab43);
  assert.equal(crc32c(ascending), 0x46dd794e);
  assert.equal(crc32c(ascending.toReversed()), 0x113fdb5c);
});

test('crc32c: the iSCSI read command of RFC 3720 comes out', () => {
  const command = Buffer.from(
    '01c00000000000000000000000000000140000000000040000000014000000182800000000000000' +
      '0200000000000000',
    'hex',
  );
  assert.equal(crc32c(command), 0xd9963a56);
});

test('crc32c: a part, in pieces of any length, is as the whole part alone', () => {
  const bytes = Uint8Array.from({ length: 200 }, (_, at) => (at * 167 + 13) & 0xff);
  const over = crc32cOver(bytes);
  for (let from = 0; from < 20; from += 1) {
    for (let middle = from; middle < 60; middle += 7) {
      const inPieces = over(over(-1, from, middle), middle, 187);
      assert.equal(~inPieces >>> 0, crc32c(bytes.slice(from, 187)));
    }
  }
});
