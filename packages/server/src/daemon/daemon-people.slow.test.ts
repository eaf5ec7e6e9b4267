import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { isJsonObject, type JsonObject } from '@plumbline/core';
import { verifies } from '@plumbline/testkit';

import { get, homeFor, post, refusedWith, running, text } from '../../testing/ask-daemon.ts';
import { bankingProposal } from '../../testing/banking-pact.ts';
import { codesOf } from '../../testing/factors-scene.ts';
import { type DaemonClient, openClient } from '../client/daemon-client.ts';

const SETTINGS = {
  'breakGlass.holders': 'lena@example.com',
  'breakGlass.publishing': 'true',
  'publishing.people': '2',
};

function connect(t: TestContext, url: string | null, key: string | null): DaemonClient {
  assert.ok(url !== null);
  const client = openClient({ kind: 'url', url, key });
  t.after(() => client.close());
  return client;
}

test('daemon: an emergency is lived through, killed, recorded and reviewed', async (t) => {
  verifies('human.break-glass', 'authority.verified');
  const home = homeFor(t, SETTINGS);
  const first = await running(t, home);
  const admin = connect(t, first.started.url, first.started.bootstrap?.adminKey ?? null);
  const keyFor = async (name: string, role: string): Promise<string> => {
    const email = `${name}@example.com`;
    const made = await post(admin, 'keys', { kind: 'person', name, email, roles: [role] });
    return text(made['token']);
  };
  const [lenas, bens] = [await keyFor('lena', 'viewer'), await keyFor('ben', 'approver')];
  const lena = connect(t, first.started.url, lenas);
  await post(admin, 'agents', { agent: 'banking' });

  const begun = await post(lena, 'factors', { kind: 'totp', name: 'phone' });
  const code = codesOf(text(begun['secret']), () => Date.now());
  await post(lena, `factors/${text(begun['id'])}/confirm`, { code: code() });
  await assert.rejects(
    post(lena, 'agents/banking/pacts', bankingProposal()),
    refusedWith('forbidden'),
  );
  const proof = { factor: 'totp', code: code(1) };
  const asked = { reason: 'nobody else is awake', roles: ['admin'], minutes: 30 };
  await assert.rejects(post(lena, 'break-glass', asked), refusedWith('needs-proof'));
  const taken = await post(lena, 'break-glass', { ...asked, proof });
  const id = text(taken['id']);
  const armed = await post(lena, 'agents/banking/pacts', bankingProposal());
  assert.equal(armed['state'], 'armed');
  assert.equal(armed['breakGlass'], id);

  await first.end('SIGKILL');
  const again = await running(t, home);
  const later = connect(t, again.started.url, lenas);
  await assert.rejects(post(later, 'agents', { agent: 'other' }), refusedWith('forbidden'));
  await assert.rejects(post(later, 'break-glass', { ...asked, proof }), refusedWith('bad-proof'));
  const [row] = rowsIn(await get(later, 'break-glass'));
  assert.deepEqual([row?.['id'], row?.['ended'], row?.['review']], [id, 'restart', null]);
  const [version] = rowsIn(await get(later, 'agents/banking/pacts'));
  assert.deepEqual([version?.['state'], version?.['breakGlass']], ['armed', id]);
  const ben = connect(t, again.started.url, bens);
  const found = { finding: 'justified', reason: 'it could not wait' };
  await post(ben, `break-glass/${id}/review`, found);
  const uses = rowsIn(await get(ben, 'events?kind=break_glass_used'));
  assert.equal(uses.length, 1);
  assert.equal(await again.end('SIGTERM'), 0);
});

const ELEVATED = `
pact: plumbline/v1
agent: support
purpose: Export customers.
owner: desk@example.com
autonomy: 2
tools:
  crm.export: { effect: read, category: crm, tier: elevated }
tiers:
  elevated: { claim: roles, contains: crm-export, max_age: 5m }
allow:
  - { id: export, tool: crm.export }
`;

test('daemon: a grant outlives a kill until it is used, and a use outlives the next', async (t) => {
  verifies('authority.verified', 'pact.tiers');
  const rule = { by: ['lena@example.com'], claim: 'roles', values: ['crm-export'] };
  const home = homeFor(t, { 'authority.grants': JSON.stringify([rule]) });
  const first = await running(t, home);
  const person = { kind: 'person', name: 'lena', email: 'lena@example.com', roles: ['viewer'] };
  const lenas = text((await post(first.client, 'keys', person))['token']);
  const lena = connect(t, first.started.url, lenas);
  const begun = await post(lena, 'factors', { kind: 'totp', name: 'phone' });
  const code = codesOf(text(begun['secret']), () => Date.now());
  await post(lena, `factors/${text(begun['id'])}/confirm`, { code: code() });
  await post(first.client, 'agents', { agent: 'support' });
  await post(first.client, 'agents/support/pacts', {
    entry: 'support.pact.yaml',
    files: { 'support.pact.yaml': ELEVATED },
    mode: 'publish',
    reason: 'first',
  });
  const opened = await post(first.client, 'agents/support/sessions', { principal: 'ada' });
  const session = text(opened['session']);
  const ask = async (client: DaemonClient, request: string): Promise<unknown> => {
    const action = { session, request, tool: 'crm.export', args: {} };
    return (await post(client, 'agents/support/actions/decide', action))['verdict'];
  };
  assert.equal(await ask(first.client, 'r-1'), 'deny');
  const proof = { factor: 'totp', code: code(1) };
  const wanted = { claim: 'roles', value: 'crm-export', actions: ['crm.export'], reason: 'report' };
  const grants = `agents/support/sessions/${session}/grants`;
  await post(lena, grants, { ...wanted, withinMs: 240_000, proof });

  await first.end('SIGKILL');
  const second = await running(t, home);
  assert.equal(await ask(second.client, 'r-2'), 'allow');
  await second.end('SIGKILL');
  const third = await running(t, home);
  assert.equal(await ask(third.client, 'r-3'), 'deny');
  assert.equal(await third.end('SIGTERM'), 0);
});

const STEPPED = `
pact: plumbline/v1
agent: support
purpose: Give refunds.
owner: desk@example.com
autonomy: 2
tools:
  refund: { effect: write, category: money }
allow:
  - { id: refund, tool: refund }
step_up:
  - { id: big, tool: refund, approvers: [ben@example.com], within: 1h }
`;

test('daemon: where votes take a factor, approving takes one and a denial does not', async (t) => {
  verifies('human.approvals', 'authority.verified');
  const home = homeFor(t, { 'approvals.factor': 'totp' });
  const daemon = await running(t, home);
  const { client } = daemon;
  const person = { kind: 'person', name: 'ben', email: 'ben@example.com', roles: ['approver'] };
  const ben = connect(t, daemon.started.url, text((await post(client, 'keys', person))['token']));
  const begun = await post(ben, 'factors', { kind: 'totp', name: 'phone' });
  const code = codesOf(text(begun['secret']), () => Date.now());
  await post(ben, `factors/${text(begun['id'])}/confirm`, { code: code() });
  await post(client, 'agents', { agent: 'support' });
  const files = { 'support.pact.yaml': STEPPED };
  const pact = { entry: 'support.pact.yaml', files, mode: 'publish', reason: 'first' };
  await post(client, 'agents/support/pacts', pact);
  const opened = await post(client, 'agents/support/sessions', { principal: 'ada' });
  const session = text(opened['session']);
  const ask = async (request: string, id: string): Promise<unknown> => {
    const action = { session, request, tool: 'refund', args: { id } };
    return (await post(client, 'agents/support/actions/decide', action))['verdict'];
  };
  assert.equal(await ask('r-1', 'one'), 'step_up');
  assert.equal(await ask('r-2', 'two'), 'step_up');
  const [second, first] = rowsIn(await get(ben, 'approvals'));
  const votes = (of: JsonObject | undefined): string => `approvals/${text(of?.['id'])}/votes`;
  const word = { outcome: 'approve', reason: 'she called' };
  await assert.rejects(post(ben, votes(first), word), refusedWith('needs-proof'));
  assert.equal(await ask('r-1', 'one'), 'step_up');
  const proof = { factor: 'totp', code: code(1) };
  await post(ben, votes(first), { ...word, proof });
  await assert.rejects(post(ben, votes(second), { ...word, proof }), refusedWith('bad-proof'));
  await post(ben, votes(second), { outcome: 'deny', reason: 'twice' });
  assert.deepEqual([await ask('r-1', 'one'), await ask('r-2', 'two')], ['allow', 'deny']);
});

function rowsIn({ rows }: JsonObject): readonly JsonObject[] {
  assert.ok(Array.isArray(rows));
  return rows.filter(isJsonObject);
}
