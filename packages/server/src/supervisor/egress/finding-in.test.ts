import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { findingIn } from './finding-in.ts';
import type { RefusedWhy } from './judge-host.ts';

function found(host: string, why: RefusedWhy | null): string | undefined {
  const verdict = why === null ? 'allowed' : 'refused';
  return findingIn({ host, port: 443, how: 'connect', verdict, why });
}

test('connections: what leads to the machine or its cloud is an escape', () => {
  verifies('enforce.supervised');
  const escapes: readonly (readonly [string, RefusedWhy])[] = [
    ['169.254.169.254', 'address'],
    ['2852039166', 'address'],
    ['0xa9fea9fe', 'not-listed'],
    ['127.1', 'address'],
    ['::1', 'address'],
    ['10.0.0.8', 'address'],
    ['allowed.example', 'not-public'],
    ['allowed.example', 'metadata'],
    ['allowed.example', 'other-name'],
  ];
  for (const [host, why] of escapes) assert.equal(found(host, why), 'escape_attempt', host);
  assert.equal(found('example.org', 'not-listed'), 'connection_refused');
  assert.equal(found('1.1.1.1', 'address'), 'connection_refused');
  assert.equal(found('allowed.example', 'unseen-name'), 'connection_refused');
  assert.equal(found('gone.example', 'unresolved'), 'connection_refused');
  assert.equal(found('allowed.example', null), undefined);
  assert.equal(found('allowed.example', 'ended'), undefined);
});
