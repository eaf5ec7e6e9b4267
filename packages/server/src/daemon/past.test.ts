import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { makeCredential } from '../../testing/vault-contract.ts';
import type { Credential } from '../store/vault.ts';
import { replayOnVault } from './past.ts';

test('past: an older vault loses the secrets that were rotated or revoked since', async () => {
  verifies('authority.credentials');
  const kept: readonly Credential[] = ['fresh', 'rotated', 'revoked', 'current'].map((id) =>
    makeCredential({ id }),
  );
  const put: [string, unknown, unknown, unknown][] = [];
  const vault = {
    subjectKey: () => Promise.resolve(undefined),
    eraseSubject: () => Promise.resolve(false),
    revokeKey: () => Promise.resolve(false),
    credentials: () => Promise.resolve(kept),
    putCredential: ({ id, version, revokedAt }: Credential, secret: unknown) => {
      put.push([id, version, revokedAt, secret]);
      return Promise.resolve(true);
    },
  };
  const credentials = new Map([
    ['rotated', { version: 3, revokedAt: null }],
    ['revoked', { version: 1, revokedAt: 77 }],
    ['current', { version: 1, revokedAt: null }],
  ]);
  const bare = { erased: new Set<string>(), revoked: new Map<string, number>() };
  await replayOnVault(vault, { ...bare, credentials });
  assert.deepEqual(put, [
    ['rotated', 3, null, null],
    ['revoked', 1, 77, null],
  ]);
});
