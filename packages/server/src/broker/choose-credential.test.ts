import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { makeCredential } from '../../testing/vault-contract.ts';
import type { Credential } from '../store/vault.ts';
import { chooseCredential, type Wanted } from './choose-credential.ts';

const wanted: Wanted = {
  agent: 'support',
  effect: 'read',
  call: { method: 'GET', url: new URL('https://shop.example/api/orders/1') },
  now: 100,
};

function chosen(parts: readonly Partial<Credential>[], of: Partial<Wanted> = {}): string {
  const all = parts.map((part, at) =>
    makeCredential({ id: `c${at}`, url: 'https://shop.example/api', ...part }),
  );
  const found = chooseCredential(all, { ...wanted, ...of });
  return found.ok ? found.value.id : found.error.code;
}

test('credentials: only one that fits in every way is chosen, the newest of several', () => {
  verifies('authority.credentials');
  assert.equal(chosen([{}, {}]), 'c1');
  const misfits: readonly Partial<Credential>[] = [
    { access: 'write' },
    { agents: ['sales'] },
    { url: 'https://other.example/api' },
    { url: 'http://shop.example/api' },
    { url: 'https://shop.example:8443/api' },
    { url: 'https://shop.example/api/ord' },
    { paths: ['/api/ord'] },
    { paths: ['/orders'] },
    { methods: ['HEAD'] },
    { revokedAt: 50 },
    { expiresAt: 100 },
  ];
  for (const misfit of misfits) {
    assert.equal(chosen([misfit]), 'no-credential', JSON.stringify(misfit));
    assert.equal(chosen([{}, misfit]), 'c0', JSON.stringify(misfit));
  }
  const fitting: readonly Partial<Credential>[] = [
    { url: 'https://shop.example' },
    { url: 'https://shop.example/api/' },
    { paths: ['/none', '/api/orders'] },
    { paths: ['/api/orders/1'] },
    { methods: ['GET'] },
    { expiresAt: 101 },
    { agents: ['sales', 'support'] },
  ];
  for (const fit of fitting) assert.equal(chosen([fit]), 'c0', JSON.stringify(fit));
});

test('credentials: what may have an effect, or is not known, takes one that writes', () => {
  verifies('authority.credentials');
  const both = [{ access: 'read' as const }, { access: 'write' as const }];
  assert.equal(chosen(both), 'c0');
  for (const effect of ['write', 'send', null] as const) {
    assert.equal(chosen(both, { effect }), 'c1');
    assert.equal(chosen([{ access: 'read' }], { effect }), 'no-credential');
  }
  assert.equal(chosen([{ access: 'write' }]), 'no-credential');
  const call = { ...wanted.call, method: 'DELETE' as const };
  assert.equal(chosen(both, { call }), 'no-credential');
});
