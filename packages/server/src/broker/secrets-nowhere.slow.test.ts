import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { JsonObject } from '@plumbline/core';
import { verifies } from '@plumbline/testkit';

import { get, homeFor, member, post, running, text } from '../../testing/ask-daemon.ts';
import { tillProposal } from '../../testing/hammer-pact.ts';
import { answerJson, startUpstream, type UpstreamServer } from '../../testing/upstream-server.ts';
import { backupLedger, backupVault } from '../daemon/backup.ts';
import { ClientError, type DaemonClient } from '../client/daemon-client.ts';
import { loadConfig } from '../config/load-config.ts';

const SECRETS = ['first-secret/&"of the+till', 'second-secret/&"of the+till'] as const;

function spellings(): readonly Buffer[] {
  return SECRETS.flatMap((secret) => {
    const bytes = Buffer.from(secret);
    const texts = [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)];
    const coded = ['hex', 'base64', 'base64url'] as const;
    return [
      ...texts.map((each) => Buffer.from(each)),
      ...coded.map((form) => Buffer.from(bytes.toString(form).slice(0, -4))),
      Buffer.from(secret, 'utf16le'),
    ];
  });
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

function mustBeClean(bytes: Buffer, where: string): void {
  for (const spelt of spellings()) {
    assert.equal(bytes.includes(spelt), false, `${where} holds ${spelt.toString()}`);
  }
}

/** Asks, and remembers every byte that was answered. */
class Listening {
  readonly #client: DaemonClient;
  readonly said: string[] = [];

  constructor(client: DaemonClient) {
    this.#client = client;
  }

  async post(path: string, body: JsonObject): Promise<JsonObject> {
    try {
      const said = await post(this.#client, path, body);
      this.said.push(JSON.stringify(said));
      return said;
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      this.said.push(`${error.message} ${JSON.stringify(error.problem)}`);
      return {};
    }
  }
}

const agent = 'till';

async function forward(asking: Listening, session: string, request: string): Promise<JsonObject> {
  const action = { session, request, tool: 'till.pay', args: { till: request, amount: '1.00' } };
  const said = await asking.post(`agents/${agent}/actions/decide`, action);
  const token = text(member(said, 'permit')['token']);
  return asking.post(`agents/${agent}/permits/forward`, { token });
}

/** Gives back what it was sent, in several spellings, or nothing. */
function startEcho(): Promise<UpstreamServer> {
  return startUpstream(({ headers, body }, response) => {
    if (body.includes('hang')) return;
    if (body.includes('lost')) return void response.destroy();
    const key = headers['x-api-key'] ?? '';
    const said = { headers, [key]: Buffer.from(key).toString('base64') };
    answerJson(response, said, body.includes('fail') ? 500 : 200);
  });
}

test('broker: after use, errors and a crash no secret is in any file or answer', async (t) => {
  verifies('authority.credentials');
  const echoing = await startEcho();
  t.after(() => echoing.close());
  const call = { method: 'POST', path: '/pay', body: 'args' };
  const upstreams = { tills: { url: echoing.url, tools: { 'till.pay': call } } };
  const home = homeFor(t, {
    upstreams: JSON.stringify(upstreams),
    allowNetworks: '127.0.0.1/32',
    'log.publishEveryMs': '50',
  });
  const first = await running(t, home);
  let asking = new Listening(first.client);
  const heard = asking.said;
  await asking.post('agents', { agent });
  await asking.post(
    `agents/${agent}/pacts`,
    tillProposal(agent, { cents: 10_000, nowMs: Date.now() }),
  );
  const inject = { kind: 'header', name: 'x-api-key' };
  const asked = { name: 'till', url: echoing.url, access: 'write', inject, agents: [agent] };
  await asking.post('credentials', { ...asked, access: 'reads', secret: SECRETS[0] });
  await asking.post('credentials', { ...asked, secret: SECRETS[0], expiresAt: 'never' });
  const kept = await asking.post('credentials', { ...asked, secret: SECRETS[0] });
  const opened = await asking.post(`agents/${agent}/sessions`, { principal: 'ada' });
  const session = text(opened['session']);

  assert.equal((await forward(asking, session, 'fine'))['status'], 'ok');
  assert.equal((await forward(asking, session, 'fail'))['status'], 'error');
  assert.equal((await forward(asking, session, 'lost'))['status'], 'unknown');
  await asking.post(`credentials/${text(kept['id'])}/rotate`, { secret: SECRETS[1] });
  assert.equal((await forward(asking, session, 'rotated'))['status'], 'ok');
  assert.equal(echoing.received.at(-1)?.headers['x-api-key'], SECRETS[1]);

  const hanging = forward(asking, session, 'hang');
  await echoing.got(5);
  await first.end('SIGKILL');
  await hanging;
  mustBeClean(Buffer.from(first.log()), 'standard error');
  const second = await running(t, home);
  asking = new Listening(second.client);
  assert.equal((await forward(asking, session, 'after'))['status'], 'ok');
  const rows = await get(second.client, 'credentials');
  const exported = await asking.post('subjects/export', { subject: 'ada' });
  assert.match(JSON.stringify(exported), /\[credential\]/);
  const metrics = await second.client.bytes('/metrics');
  const halted = { scope: 'agent', reason: 'a test' };
  await asking.post(`agents/${agent}/halt`, halted);
  const events = await get(second.client, 'events?limit=1000');
  assert.match(JSON.stringify(events), /credential_dropped/);
  await second.end('SIGTERM');
  const config = loadConfig({ HOME: home.folder }, { settings: home.settings });
  const [to, vault] = [join(home.folder, 'copy'), join(home.folder, 'vault-copy')];
  backupLedger(config, to);
  await backupVault(config, vault, null);

  mustBeClean(Buffer.from(second.log()), 'standard error');
  mustBeClean(Buffer.from(JSON.stringify([rows, events, heard, asking.said])), 'an answer');
  mustBeClean(Buffer.from(metrics), 'metrics');
  // The vault is among the files: what it holds is encrypted.
  const files = filesBelow(home.folder);
  assert.ok(files.length > 10);
  for (const file of files) mustBeClean(readFileSync(file), file);
});
