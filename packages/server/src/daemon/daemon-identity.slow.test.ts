import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import {
  armBanking,
  get,
  homeFor,
  post,
  refusedWith,
  running,
  text,
} from '../../testing/ask-daemon.ts';
import { openOidcScene } from '../../testing/oidc-scene.ts';
import { openClient } from '../client/daemon-client.ts';

const ADA = { sub: 'ada', email: 'ada@example.com', email_verified: true };

test('daemon: a provider signs people in and proves principals, also over an outage', async (t) => {
  verifies('authority.verified', 'authority.session-binding');
  const provider = await openOidcScene();
  t.after(() => provider.close());
  const { issuer } = provider;
  const issuers = [
    { issuer, audience: 'RS256', for: 'people', roles: { ops: 'viewer', boss: 'admin' } },
    { issuer, audience: 'ES256', for: 'principals', record: ['roles'] },
  ];
  const home = homeFor(t, {
    'authority.issuers': JSON.stringify(issuers),
    allowNetworks: '127.0.0.0/8',
  });
  const first = await running(t, home);
  await armBanking(first.client);
  const { url } = first.started;
  assert.ok(url !== null);
  const as = (token: string) => {
    const client = openClient({ kind: 'url', url, key: token });
    t.after(() => client.close());
    return client;
  };
  const ops = as(await provider.signIn({ ...ADA, roles: ['ops'] }));
  assert.ok(Array.isArray((await get(ops, 'agents'))['rows']));
  await assert.rejects(post(ops, 'agents', { agent: 'other' }), refusedWith('forbidden'));
  const nobody = as(await provider.signIn({ ...ADA, sub: 'eve', roles: ['unmapped'] }));
  await assert.rejects(get(nobody, 'agents'), refusedWith('forbidden'));
  const boss = as(await provider.signIn({ ...ADA, sub: 'boss', roles: ['boss'] }));
  await post(boss, 'agents', { agent: 'other' });

  // A principal's token opens sessions, and calls nothing.
  const emma = { sub: 'emma', email: 'Emma@example.com', email_verified: true, roles: ['export'] };
  const token = await provider.signIn(emma, 'ES256');
  await assert.rejects(get(as(token), 'agents'), refusedWith('bad-token'));
  const path = 'agents/banking/sessions';
  const opened = await post(first.client, path, { token, task: 'pay-bill' });
  const grants = await get(ops, 'grants?agent=banking');
  const [row] = Array.isArray(grants['rows']) ? grants['rows'] : [];
  assert.deepEqual(
    [grants['mechanisms'], Object(row).session, Object(row).state],
    [[{ mechanism: 'oidc', count: 1 }], text(opened['session']), 'active'],
  );
  const wrong = { token: await provider.signIn(emma, 'ES256'), principal: 'ada@example.com' };
  await assert.rejects(post(first.client, path, wrong), refusedWith('conflict'));
  const theirs = { token: await provider.signIn(ADA) };
  await assert.rejects(post(first.client, path, theirs), refusedWith('bad-principal'));

  assert.equal(await first.end('SIGKILL'), null);
  const again = await running(t, home);
  await assert.rejects(post(again.client, path, { token }), refusedWith('token-used'));
  provider.turn('off');
  const late = openClient({
    kind: 'url',
    url: again.started.url ?? '',
    key: await provider.sign({ iss: issuer, aud: 'RS256', sub: 'ada' }),
  });
  t.after(() => late.close());
  await assert.rejects(get(late, 'agents'), refusedWith('unavailable'));
  // Whoever has a key goes on.
  assert.ok(Array.isArray((await get(again.client, 'agents'))['rows']));
});
