import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { shownTotp, stepOfCode } from './totp.ts';

// RFC 6238, appendix B: SHA-1; the last six of its eight digits.
const SECRET = Buffer.from('12345678901234567890');
const VECTORS = [
  [59, '287082', 1],
  [1_111_111_109, '081804', 37_037_036],
  [1_111_111_111, '050471', 37_037_037],
  [1_234_567_890, '005924', 41_152_263],
  [2_000_000_000, '279037', 66_666_666],
  [20_000_000_000, '353130', 666_666_666],
] as const;

test('totp: the vectors of RFC 6238 belong to their steps', () => {
  verifies('authority.verified');
  for (const [seconds, code, step] of VECTORS) {
    assert.equal(stepOfCode(SECRET, code, seconds * 1000), step);
  }
});

test('totp: a clock may differ by one step either way, and not by two', () => {
  const at = 1_111_111_111_000;
  assert.equal(stepOfCode(SECRET, '050471', at + 30_000), 37_037_037);
  assert.equal(stepOfCode(SECRET, '050471', at - 30_000), 37_037_037);
  assert.equal(stepOfCode(SECRET, '050471', at + 60_000), null);
  assert.equal(stepOfCode(SECRET, '050471', at - 60_000), null);
});

test('totp: what an app reads holds 160 bits, the issuer and the label', () => {
  const { secret, uri } = shownTotp(SECRET, 'ada@example.com');
  assert.equal(secret, 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
  assert.equal(
    uri,
    'otpauth://totp/Plumbline:ada%40example.com?issuer=Plumbline' +
      '&secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&algorithm=SHA1&digits=6&period=30',
  );
});
