import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { formatLinkToken, linkIdOf, readLinkToken } from './approval-token.ts';

const KEY = Buffer.alloc(32, 7);
const LINK = { ask: 'apr_1', person: 'lena@example.com', expiresAtMs: 1_800_000_000_000 };

test('links: a token says what was signed, and its id is one', () => {
  verifies('human.approvals');
  const token = formatLinkToken(LINK, KEY, () => Buffer.alloc(12, 1));
  assert.deepEqual(readLinkToken(token, KEY), { ...LINK, link: linkIdOf(token) });
  assert.match(linkIdOf(token), /^lnk_[0-9a-f]{32}$/);
  const other = formatLinkToken(LINK, KEY, () => Buffer.alloc(12, 2));
  assert.notEqual(linkIdOf(other), linkIdOf(token));
});

test('links: any other byte, key or spelling is no token', () => {
  const token = formatLinkToken(LINK, KEY);
  for (let at = 0; at < token.length; at += 1) {
    const wrong = token.charAt(at) === 'A' ? 'B' : 'A';
    const bent = token.slice(0, at) + wrong + token.slice(at + 1);
    assert.equal(readLinkToken(bent, KEY), undefined, bent);
  }
  assert.equal(readLinkToken(token, Buffer.alloc(32, 8)), undefined);
  const strange = [`${token}=`, `${token}.x`, ` ${token}`, '', '.', 'a.b', 'x'.repeat(3_000)];
  for (const other of strange) assert.equal(readLinkToken(other, KEY), undefined, other);
});
