import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import { isJsonObject, type JsonObject } from '@plumbline/core';
import { verifies } from '@plumbline/testkit';

import { get, homeFor, post, running } from '../../testing/ask-daemon.ts';
import { bankingProposal } from '../../testing/banking-pact.ts';
import type { DaemonClient } from '../client/daemon-client.ts';

// Machines that run tests are busy: what is measured is looked at elsewhere.
const SETTINGS = { 'drills.boundMs': '30000' };

test('drills: one that the daemon was killed in is recorded and made up for', async (t) => {
  verifies('human.drills');
  const home = homeFor(t, SETTINGS);
  const first = await running(t, home);
  await post(first.client, 'agents', { agent: 'banking' });
  const pact = bankingProposal((text) => `${text}\ndrill: { every: 2s, holders: 3 }\n`);
  await post(first.client, 'agents/banking/pacts', pact);
  while ((await drillsOf(first.client)).length === 0) await pause(20);
  await first.end('SIGKILL');

  const { client } = await running(t, home);
  const [interrupted] = await drillsOf(client);
  assert.deepEqual(
    [interrupted?.['state'], interrupted?.['cause'], interrupted?.['why']],
    ['interrupted', 'scheduled', 'the daemon ended while it ran'],
  );
  let last: JsonObject | undefined;
  while (last?.['state'] !== 'passed' && last?.['state'] !== 'failed') {
    await pause(50);
    last = (await drillsOf(client)).at(0);
  }
  assert.deepEqual([last['state'], last['why']], ['passed', null]);
  assert.deepEqual((await get(client, 'halts'))['rows'], []);
});

async function drillsOf(client: DaemonClient): Promise<readonly JsonObject[]> {
  const { rows } = await get(client, 'agents/banking/drills');
  assert.ok(Array.isArray(rows));
  return rows.filter(isJsonObject);
}
