import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isJsonObject, type JsonObject } from '@plumbline/core';
import { verifies } from '@plumbline/testkit';

import { get, homeFor, post, refusedWith, running, text } from '../../../testing/ask-daemon.ts';
import type { DaemonHome, DaemonProgram } from '../../../testing/daemon-program.ts';
import { UNDO_PACT } from '../../../testing/undo-scene.ts';
import { startUpstream, type UpstreamServer } from '../../../testing/upstream-server.ts';
import { openClient } from '../../client/daemon-client.ts';

const ROOMS = 12;
const KILLS = 4;

/** A service that takes a moment to do what it is told, so that a kill can come in between. */
async function slowService(t: TestContext): Promise<UpstreamServer> {
  let booked = 0;
  const service = await startUpstream(({ path }, response) => {
    const made = path === '/book' ? { id: `b${(booked += 1)}` } : {};
    setTimeout(() => response.end(JSON.stringify(made)), 20);
  });
  t.after(() => service.close());
  return service;
}

function homeOf(t: TestContext, url: string): DaemonHome {
  const tools = {
    'room.book': { method: 'POST', path: '/book', body: 'args' },
    'room.cancel': { method: 'POST', path: '/cancel', body: 'args' },
  };
  return homeFor(t, {
    allowNetworks: '127.0.0.1/32',
    upstreams: JSON.stringify({ rooms: { url, tools } }),
  });
}

async function prepare({ client }: DaemonProgram, url: string): Promise<string> {
  await post(client, 'agents', { agent: 'support' });
  const files = { 'a.pact.yaml': UNDO_PACT };
  const proposal = { entry: 'a.pact.yaml', files, mode: 'publish', reason: 'first' };
  await post(client, 'agents/support/pacts', proposal);
  const inject = { kind: 'bearer' };
  const credential = { name: 'rooms', url, access: 'write', inject, agents: ['support'] };
  await post(client, 'credentials', { ...credential, secret: 'rooms-token-0123456789' });
  const opening = { principal: 'emma@example.com' };
  const { session } = await post(client, 'agents/support/sessions', opening);
  for (let n = 0; n < ROOMS; n += 1) {
    const asked = { session: session ?? '', request: `r${n}`, tool: 'room.book', args: { n } };
    const { permit } = await post(client, 'agents/support/actions/decide', asked);
    await post(client, 'agents/support/permits/forward', { token: Object(permit).token });
  }
  return text(session);
}

/** Asks for all of a session, and has a person approve it. */
async function approve({ client, started }: DaemonProgram, session: string): Promise<string> {
  const asked = await post(client, 'agents/support/undos', { session, reason: 'by mistake' });
  const undo = text(asked['undo']);
  const omar = { kind: 'person', name: 'omar', roles: ['approver'], email: 'omar@example.com' };
  const { token } = await post(client, 'keys', omar);
  const person = openClient({ kind: 'url', url: started.url ?? '', key: text(token) });
  const digest = asked['digest'] ?? '';
  await post(person, `undos/${undo}/votes`, { digest, outcome: 'approve', reason: 'it was' });
  await person.close();
  return undo;
}

const stepsOf = ({ steps }: JsonObject): readonly JsonObject[] =>
  Array.isArray(steps) ? steps.filter(isJsonObject) : [];

async function settled(program: DaemonProgram, undo: string): Promise<JsonObject> {
  for (;;) {
    const set = await get(program.client, `undos/${undo}?waitMs=1000`);
    if (set['isActive'] === false) return set;
  }
}

/** Has a set run, unless it is under way: a start goes on with what it was cut short in. */
async function runOn({ client }: DaemonProgram, undo: string, again = false): Promise<void> {
  try {
    await post(client, `undos/${undo}/run`, { again });
  } catch (cause) {
    refusedWith('conflict')(cause);
  }
}

test('undo: a daemon that is killed in the middle takes nothing back twice', async (t) => {
  verifies('incident.undo', 'evidence.before-effect');
  const service = await slowService(t);
  const home = homeOf(t, service.url);
  let program = await running(t, home);
  const session = await prepare(program, service.url);
  const undo = await approve(program, session);
  const cancelled = (): readonly string[] =>
    service.received.filter(({ path }) => path === '/cancel').map(({ body }) => body);
  let doubts = 0;
  for (let kill = 0; kill < KILLS; kill += 1) {
    if (kill === 0) await runOn(program, undo);
    await sleep(randomInt(20, 120));
    await program.end('SIGKILL');
    await sleep(50);
    program = await running(t, home);
    const set = await get(program.client, `undos/${undo}`);
    const { args } = set;
    for (const step of stepsOf(set).filter(({ state }) => state === 'unknown')) {
      doubts += 1;
      const before = cancelled().length;
      await runOn(program, undo, true);
      await settled(program, undo);
      assert.equal(cancelled().length, before, 'what is in doubt is not done again');
      const of = Array.isArray(args) ? JSON.stringify(args[Number(step['n'])]) : '';
      const done = cancelled().includes(of);
      await post(program.client, `undos/${undo}/settle`, { n: step['n'] ?? null, done });
      await runOn(program, undo, true);
    }
    if (set['state'] === 'done') break;
  }
  await settled(program, undo);
  await runOn(program, undo, true);
  const set = await settled(program, undo);
  assert.equal(set['state'], 'done', JSON.stringify(stepsOf(set)));
  t.diagnostic(`${doubts} actions were in doubt`);
  const wanted = Array.from({ length: ROOMS }, (_, n) => `{"id":"b${ROOMS - n}"}`);
  assert.deepEqual([...cancelled()].sort(), [...wanted].sort());
});
