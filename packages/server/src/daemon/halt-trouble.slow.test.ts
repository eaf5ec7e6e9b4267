import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import type { JsonObject } from '@plumbline/core';
import { verifies } from '@plumbline/testkit';

import { armBanking, get, homeFor, post, running, text } from '../../testing/ask-daemon.ts';
import type { DaemonProgram } from '../../testing/daemon-program.ts';
import { makeSmallHome } from '../../testing/small-disk.ts';

type Asking = Pick<DaemonProgram, 'client'>;

const STOP = { scope: 'agent', reason: 'a test' };

function decide({ client }: Asking, session: string, request: string): Promise<JsonObject> {
  const body = { session, request, tool: 'get_balance', args: {} };
  return post(client, 'agents/banking/actions/decide', body);
}

async function sessionIn({ client }: Asking): Promise<string> {
  const body = { principal: 'emma', task: 'pay-bill' };
  return text((await post(client, 'agents/banking/sessions', body))['session']);
}

async function kindsOf({ client }: Asking): Promise<readonly unknown[]> {
  const { rows } = await get(client, 'events?agent=banking&limit=50');
  assert.ok(Array.isArray(rows));
  return rows.map((row) => Object(row).kind);
}

test('halt: with disk full and log stopped it is answered, and outlives a crash', async (t) => {
  verifies('human.halt', 'enforce.fail-closed');
  const small = makeSmallHome(t);
  if (small === null) return;
  const { home, disk } = small;
  const program = await running(t, home);
  await armBanking(program.client);
  const session = await sessionIn(program);
  disk.fill();
  await assert.rejects(async () => {
    for (let at = 0; at < 100_000; at += 1) await decide(program, session, `r-${at}`);
  }, /full|room|space|disk/);
  await assert.rejects(decide(program, session, 'now'), 'nothing else is answered');
  const halted = await post(program.client, 'agents/banking/halt', STOP);
  assert.equal(halted['index'], null, 'the halt file alone holds it');
  await program.end('SIGKILL');
  disk.free();
  const next = await running(t, home);
  assert.deepEqual((await decide(next, session, 'after'))['rules'], ['halt:agent']);
  const kinds = await kindsOf(next);
  assert.ok(kinds.includes('halt'), 'it is written down now');
  await post(next.client, 'agents/banking/resume', STOP);
  await next.end('SIGKILL');
  const last = await running(t, home);
  assert.equal((await decide(last, session, 'free'))['verdict'], 'allow', 'it does not come back');
});

test('halt: a damaged halt file halts the fleet until a person resumes it', async (t) => {
  verifies('human.halt', 'enforce.fail-closed');
  const home = homeFor(t);
  const program = await running(t, home);
  await armBanking(program.client);
  const session = await sessionIn(program);
  await program.end('SIGTERM');
  const file = join(home.data, 'halts');
  const bytes = readFileSync(file);
  bytes.fill(7, 8_192, 8_200);
  writeFileSync(file, bytes);
  const next = await running(t, home);
  assert.deepEqual((await decide(next, session, 'one'))['rules'], ['halt:fleet']);
  const { rows } = await get(next.client, 'halts');
  assert.ok(Array.isArray(rows));
  assert.match(text(Object(rows[0]).reason), /damaged .*`plumb resume --fleet`/);
  await next.end('SIGKILL');
  const again = await running(t, home);
  assert.deepEqual((await decide(again, session, 'two'))['rules'], ['halt:fleet']);
  await post(again.client, 'resume', { reason: 'looked at it' });
  assert.equal((await decide(again, session, 'three'))['verdict'], 'allow');
  await again.end('SIGKILL');
  const last = await running(t, home);
  assert.equal((await decide(last, session, 'four'))['verdict'], 'allow');
});

test('halt: one of the fleet outlives crashes, for agents that are added later too', async (t) => {
  verifies('human.halt');
  const home = homeFor(t);
  const program = await running(t, home);
  await armBanking(program.client);
  const session = await sessionIn(program);
  await post(program.client, 'halt', { reason: 'everything' });
  await program.end('SIGKILL');
  const next = await running(t, home);
  assert.deepEqual((await decide(next, session, 'one'))['rules'], ['halt:fleet']);
  await post(next.client, 'agents', { agent: 'other' });
  const other = await get(next.client, 'agents/other');
  assert.ok(Array.isArray(other['halts']) && other['halts'].length === 1);
  await post(next.client, 'resume', { reason: 'all clear' });
  assert.equal((await decide(next, session, 'two'))['verdict'], 'allow');
});
