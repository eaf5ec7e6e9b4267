import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import type { Credential } from '../store/vault.ts';
import { makeReadSecret } from '../notify/read-secret.ts';
import { OwnSecrets } from './own-secrets.ts';

const OWN: Credential = {
  id: 'crd_1',
  name: 'pagerduty',
  url: 'https://events.pagerduty.com',
  access: 'write',
  inject: { kind: 'bearer' },
  agents: [],
  paths: [],
  methods: [],
  version: 1,
  addedAt: 1,
  addedBy: 'local',
  rotatedAt: null,
  expiresAt: 2_000,
  revokedAt: null,
  usedAt: null,
};

test('own secrets: those of the vault for no agent are read by id or name', async () => {
  verifies('authority.credentials');
  let now = 1_000;
  const [agents, revoked] = [
    { ...OWN, id: 'crd_2', agents: ['a'] },
    { ...OWN, id: 'crd_3', revokedAt: 1 },
  ];
  const all = [OWN, agents, revoked];
  const own = new OwnSecrets(() => now);
  await own.open({
    credentials: () => Promise.resolve(all),
    credentialSecret: ({ id }) => Promise.resolve(Buffer.from(`secret of ${id}`)),
  });
  const read = makeReadSecret(null, own);
  const vault = (name: string): ReturnType<typeof read> => read({ kind: 'vault', name });
  assert.deepEqual(vault('pagerduty'), { ok: true, secret: 'secret of crd_1' });
  assert.deepEqual(vault('crd_1'), { ok: true, secret: 'secret of crd_1' });
  assert.equal(vault('crd_2').ok, false, 'it is for an agent');
  assert.equal(vault('crd_3').ok, false, 'it was revoked');
  own.forget('crd_1');
  const gone = vault('pagerduty');
  assert.match(
    gone.ok ? '' : gone.why,
    /holds no secret `pagerduty`.*`plumb credential add --own`/,
  );
  own.keep(OWN, 'another');
  assert.deepEqual(vault('pagerduty'), { ok: true, secret: 'another' });
  now = 2_000;
  assert.equal(vault('pagerduty').ok, false, 'it has expired');
  assert.equal(makeReadSecret(null)({ kind: 'vault', name: 'pagerduty' }).ok, false);
});
