import assert from 'node:assert/strict';
import { cpSync, globSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isJsonObject, type JsonObject } from '@plumbline/core';
import { until, verifies } from '@plumbline/testkit';

import {
  armBanking,
  get,
  homeFor,
  member,
  post,
  refusedWith,
  running,
  text,
} from '../../testing/ask-daemon.ts';
import { bankingProposal } from '../../testing/banking-pact.ts';
import { startProgram } from '../../testing/daemon-program.ts';
import { type DaemonClient, openClient } from '../client/daemon-client.ts';
import { compileSources } from '../services/pact-sources.ts';
import { makeSigningKey, signPact } from '../services/signing-key.ts';

const balance = { request: 'r-1', tool: 'get_balance', args: {} };

test('daemon: a first start, an agent, a decision, a stop and a start again', async (t) => {
  const home = homeFor(t);
  const first = await running(t, home);
  const { bootstrap, url } = first.started;
  assert.match(bootstrap?.adminKey ?? '', /^plk_[0-9a-f]{16}_[0-9a-f]{64}$/);
  assert.equal(statSync(home.data).mode & 0o777, 0o700);
  assert.equal(statSync(home.rootKey).mode & 0o777, 0o600);
  assert.ok(url !== null);
  const admin = openClient({ kind: 'url', url, key: bootstrap?.adminKey ?? null });
  t.after(() => admin.close());
  await post(admin, 'agents', { agent: 'banking' });
  const armed = await post(admin, 'agents/banking/pacts', bankingProposal());
  assert.equal(armed['state'], 'armed');
  const gateway = await post(admin, 'keys', { kind: 'agent', name: 'gw', agents: ['banking'] });
  const agent = openClient({ kind: 'url', url, key: text(gateway['token']) });
  t.after(() => agent.close());

  const opened = await post(first.client, 'agents/banking/sessions', {
    principal: 'emma@example.com',
    task: 'pay-bill',
    name: 'one',
  });
  const session = text(opened['session']);
  const said = await post(agent, 'agents/banking/actions/decide', { session, ...balance });
  assert.equal(said['verdict'], 'allow', JSON.stringify(said));
  const token = text(member(said, 'permit')['token']);
  await post(agent, 'agents/banking/permits/redeem', { token });
  await assert.rejects(
    post(agent, 'agents/banking/permits/redeem', { token }),
    refusedWith('permit-used'),
  );
  const decision = text(said['decision']);
  const outcome = { session, decision, status: 'ok', result: { balance: 10 } };
  await post(agent, 'agents/banking/outcomes', outcome);
  await assert.rejects(post(agent, 'agents', { agent: 'other' }), refusedWith('forbidden'));

  const second = await startProgram(home);
  assert.ok('kind' in second && second.kind === 'held');
  assert.match(second.message, new RegExp(`is held by pid ${String(first.child.pid)} since 2`));

  assert.equal(await first.end('SIGTERM'), 0);
  const again = await running(t, home);
  assert.equal(again.started.bootstrap, null);
  assert.equal(again.started.verifierKey, first.started.verifierKey);
  const reopened = await post(again.client, 'agents/banking/sessions', {
    principal: 'emma@example.com',
    task: 'pay-bill',
    name: 'one',
  });
  assert.equal(reopened['session'], session);
  assert.equal(reopened['isRepeat'], true);
  const repeat = await post(again.client, 'agents/banking/actions/decide', { session, ...balance });
  assert.equal(repeat['decision'], decision);
  assert.equal(repeat['isRepeat'], true);
  const other = { session, request: 'r-1', tool: 'get_iban', args: {} };
  await assert.rejects(
    post(again.client, 'agents/banking/actions/decide', other),
    refusedWith('conflict'),
  );
  const rows = (await get(again.client, 'agents/banking/pacts'))['rows'];
  assert.ok(Array.isArray(rows) && isJsonObject(rows[0] ?? null));
  const kinds = await kindsOf(again.client);
  assert.deepEqual(kinds.slice(0, 2), ['boot', 'key_added']);
  assert.ok(kinds.includes('shutdown'));
  assert.equal(kinds.filter((kind) => kind === 'boot').length, 2);
  assert.equal(await again.end('SIGTERM'), 0);
});

async function kindsOf(client: DaemonClient): Promise<readonly string[]> {
  const { rows } = await get(client, 'events?limit=1000');
  assert.ok(Array.isArray(rows));
  return rows
    .filter(isJsonObject)
    .map((row) => text(row['kind']))
    .reverse();
}

/** Says one frame after the other on one connection, and returns the answers by id. */
async function frames(path: string, said: readonly JsonObject[]): Promise<readonly JsonObject[]> {
  const socket = net.connect(path);
  const answers: JsonObject[] = [];
  let rest = '';
  socket.on('data', (chunk: Buffer) => {
    const lines = `${rest}${chunk.toString()}`.split('\n');
    rest = lines.pop() ?? '';
    // The daemon prints one object a line.
    answers.push(...lines.map((line) => JSON.parse(line) as JsonObject));
  });
  for (const [id, frame] of said.entries()) {
    socket.write(`${JSON.stringify({ id, ...frame })}\n`);
    while (answers.length <= id) await sleep(2);
  }
  socket.destroy();
  return answers;
}

test('daemon: the socket speaks frames: open, decide, redeem, outcome, close', async (t) => {
  const home = homeFor(t, { 'listen.http': 'none' });
  const { client, started } = await running(t, home);
  assert.equal(started.url, null);
  await armBanking(client);
  const agent = 'banking';
  const [opened] = await frames(started.socket, [
    { op: 'open', agent, principal: 'emma', task: 'pay-bill' },
  ]);
  const session = text(member(opened ?? {}, 'value')['session']);
  const [decided] = await frames(started.socket, [{ op: 'decide', agent, session, ...balance }]);
  const answer = member(decided ?? {}, 'value');
  assert.equal(answer['verdict'], 'allow');
  const { token } = member(answer, 'permit');
  const { decision = null } = answer;
  const rest = await frames(started.socket, [
    { op: 'redeem', agent, token: text(token) },
    { op: 'outcome', agent, session, decision, status: 'ok', result: null },
    { op: 'close', agent, session },
    { op: 'decide', agent, session, ...balance, request: 'r-2' },
  ]);
  assert.deepEqual(
    rest.map((each) => each['ok']),
    [true, true, true, false],
  );
});

test('daemon: where publishing takes two, one person never arms alone', async (t) => {
  verifies('human.break-glass');
  const home = homeFor(t, { 'publishing.people': '2' });
  const { client, started } = await running(t, home);
  const url = started.url ?? '';
  const person = async (name: string): Promise<DaemonClient> => {
    const roles = ['admin', 'approver'];
    const { token } = await post(client, 'keys', { kind: 'person', name, roles });
    const own = openClient({ kind: 'url', url, key: text(token) });
    t.after(() => own.close());
    return own;
  };
  const [ada, adaAgain, bob] = [await person('ada'), await person('ada'), await person('bob')];
  await post(ada, 'agents', { agent: 'banking' });
  await assert.rejects(
    post(client, 'agents/banking/pacts', bankingProposal()),
    refusedWith('forbidden'),
  );
  const proposed = await post(ada, 'agents/banking/pacts', bankingProposal());
  assert.equal(proposed['state'], 'proposed');
  assert.equal((await get(client, 'agents/banking'))['pact'], null);
  const approval = `agents/banking/pacts/${text(proposed['digest'])}/approve`;
  await assert.rejects(post(ada, approval), refusedWith('forbidden'));
  await assert.rejects(post(adaAgain, approval), refusedWith('forbidden'));
  const armed = await post(bob, approval);
  assert.equal(armed['state'], 'armed');
  await assert.rejects(post(bob, approval), refusedWith('conflict'));
  const changed = bankingProposal((source) => source.replace('5000.00', '4000.00'));
  const later = await post(bob, 'agents/banking/pacts', changed);
  await post(ada, `agents/banking/pacts/${text(later['digest'])}/approve`);
  const back = await post(ada, `agents/banking/pacts/${text(armed['digest'])}/rollback`, {
    reason: 'wrong limit',
  });
  assert.equal(back['state'], 'proposed');
  assert.equal((await get(client, 'agents/banking'))['pact'], later['digest']);
  assert.equal((await post(bob, approval))['state'], 'armed');
});

test('daemon: nothing an erased person said stands anywhere in the data directory', async (t) => {
  verifies('evidence.erasure');
  const home = homeFor(t);
  const { client, end } = await running(t, home);
  await armBanking(client);
  const words = [
    'emma.erased@example.com',
    'my grandmother needs it',
    'IT60X0542811101000000123456',
  ];
  const [principal = '', spoken = '', iban = ''] = words;
  const opened = await post(client, 'agents/banking/sessions', { principal, task: 'pay-bill' });
  const session = text(opened['session']);
  const at = `agents/banking/sessions/${session}`;
  await post(client, `${at}/messages`, { from: 'principal', text: `pay ${iban}, ${spoken}` });
  await post(client, 'agents/banking/actions/decide', {
    session,
    request: 'r-1',
    tool: 'send_money',
    args: { recipient: iban, amount: 12.5, subject: spoken, date: '2026-01-01' },
  });
  const exported = await post(client, 'subjects/export', { subject: principal });
  for (const word of words) assert.ok(JSON.stringify(exported).includes(word), word);
  const erased = await post(client, 'subjects/erase', { subject: principal, reason: 'asked' });
  assert.deepEqual(erased['sessions'], [session]);
  await assert.rejects(
    post(client, 'subjects/export', { subject: principal }),
    refusedWith('not-found'),
  );
  await until(() => filesWith(home.data, words).length === 0);
  assert.equal(await end('SIGTERM'), 0);
  assert.deepEqual(filesWith(home.data, words), []);
  const again = await running(t, home);
  assert.equal((await get(again.client, 'agents/banking'))['openSessions'], 0);
  assert.deepEqual(filesWith(home.data, words), []);
});

function filesWith(folder: string, words: readonly string[]): readonly string[] {
  return globSync('**/*', { cwd: folder }).filter((path) => {
    const file = join(folder, path);
    if (!statSync(file).isFile()) return false;
    const bytes = readFileSync(file);
    return words.some((word) => bytes.includes(word));
  });
}

test('daemon: a lost admin key is replaced over the socket, and recorded', async (t) => {
  verifies('human.break-glass');
  const home = homeFor(t);
  const { client } = await running(t, home);
  const body = { kind: 'person', name: 'new admin', roles: ['admin'] };
  const given = await post(client, 'keys', body);
  assert.match(text(given['token']), /^plk_/);
  const { rows } = await get(client, 'keys');
  assert.ok(Array.isArray(rows));
  assert.deepEqual(
    rows.filter(isJsonObject).map((row) => [row['name'], row['addedBy']]),
    [
      ['admin', 'local'],
      ['new admin', 'local'],
    ],
  );
});

test('daemon: a start with too little space is refused, and says what to do', async (t) => {
  const plenty = String(2 ** 49);
  const full = homeFor(t, { 'disk.refuseBytes': plenty, 'disk.warnBytes': plenty });
  const refused = await startProgram(full);
  assert.ok('kind' in refused && refused.kind === 'refused');
  assert.match(refused.message, /bytes are left and `disk.refuseBytes` is/);
});

test('daemon: a start on a port that is taken is refused before anything is written', async (t) => {
  const taken = net.createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  t.after(() => taken.close());
  const address = taken.address();
  assert.ok(address !== null && typeof address === 'object');
  const home = homeFor(t, { 'listen.http': `127.0.0.1:${address.port}` });
  const refused = await startProgram(home);
  assert.ok('kind' in refused && refused.kind === 'refused');
  assert.match(refused.message, /something listens there already/);
  assert.deepEqual(globSync(join(home.data, '{log-state,vault.db,segments/*}')), []);
});

test('daemon: a start without its certificate is refused before anything is written', async (t) => {
  const none = { 'listen.certFile': '/no/cert', 'listen.keyFile': '/no/key' };
  const home = homeFor(t, none);
  const refused = await startProgram(home);
  assert.ok('kind' in refused && refused.kind === 'refused');
  assert.match(refused.message, /`listen\.certFile` \/no\/cert: no such file; name a PEM file/);
  assert.deepEqual(globSync(join(home.data, '{log-state,vault.db,segments/*}')), []);
});

test('daemon: a run that began and could not go on ends in the log', async (t) => {
  const home = homeFor(t);
  const inTheWay = join(home.data, 'daemon.sock');
  mkdirSync(inTheWay, { recursive: true, mode: 0o700 });
  await assert.rejects(startProgram(home));
  await assert.rejects(startProgram(home));
  rmSync(inTheWay, { recursive: true });
  const { client } = await running(t, home);
  const { rows } = await get(client, 'events?limit=100');
  const kinds = Array.isArray(rows) ? rows.filter(isJsonObject).map(({ kind }) => kind) : [];
  const ends = kinds.filter((kind) => kind === 'boot' || kind === 'shutdown').toReversed();
  assert.deepEqual(ends, ['boot', 'shutdown', 'boot', 'shutdown', 'boot']);
});

test('daemon: a log that is older than what it signed is refused with what to do', async (t) => {
  const home = homeFor(t);
  const first = await running(t, home);
  await first.end('SIGTERM');
  const copy = join(home.folder, 'copy');
  cpSync(home.data, copy, { recursive: true });
  const second = await running(t, home);
  await second.end('SIGTERM');
  rmSync(join(home.data, 'log-state'));
  cpSync(join(copy, 'log-state'), join(home.data, 'log-state'));
  const refused = await startProgram(home);
  assert.ok('kind' in refused && refused.kind === 'refused', JSON.stringify(refused));
  assert.match(refused.message, /the log is refused \(rolled-back\): .*newest copy/);
});

test('daemon: what signers have to sign is not armed without enough of them', async (t) => {
  verifies('human.break-glass');
  const [ada, bob, eve] = ['ada', 'bob', 'eve'].map((name) => {
    const made = makeSigningKey(name);
    assert.ok(made.ok);
    return made.value;
  });
  assert.ok(ada && bob && eve);
  const signers = `${ada.verifierKey},${bob.verifierKey}`;
  const home = homeFor(t, { 'publishing.signers': signers });
  const { client } = await running(t, home);
  await post(client, 'agents', { agent: 'banking' });
  const proposal = bankingProposal();
  const publish = (...signatures: readonly string[]): Promise<JsonObject> =>
    post(client, 'agents/banking/pacts', { ...proposal, signatures: [...signatures] });
  const compiled = compileSources(proposal);
  assert.ok(compiled.ok);
  const { digest } = compiled.value;
  const sign = async (secret: string, of = { agent: 'banking', digest }): Promise<string> =>
    (await signPact(secret, of)) ?? '';
  await assert.rejects(publish(), refusedWith('forbidden'));
  await assert.rejects(publish(await sign(eve.secret)), refusedWith('forbidden'));
  const elsewhere = await sign(ada.secret, { agent: 'payments', digest });
  await assert.rejects(publish(elsewhere), refusedWith('bad-request'));
  const forged = (await sign(ada.secret)).replace(/[A-Z](?=[^\n]*\n$)/, (letter) =>
    letter === 'A' ? 'B' : 'A',
  );
  await assert.rejects(publish(forged));
  assert.equal((await get(client, 'agents/banking'))['pact'], null);
  const armed = await publish(await sign(ada.secret));
  assert.equal(armed['state'], 'armed');
  assert.equal(armed['digest'], digest);
});
