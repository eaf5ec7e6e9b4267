import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import type { SupervisionRule } from '../config/supervision.ts';
import { parseNetwork } from '../egress/address.ts';
import { parseAllowed } from '../egress/allow-list.ts';
import { type Bounds, narrowReach } from './narrow-reach.ts';

const NONE = {
  memoryBytes: null,
  processes: null,
  cpuMs: null,
  timeMs: null,
  busyMs: null,
  idleMs: null,
};
const RULE: SupervisionRule = {
  hosts: ['*.example.com', 'api.example.org:8443'],
  networks: ['10.1.0.0/16'],
  limits: { ...NONE, memoryBytes: 1_000, cpuMs: 5_000 },
};

function asked(named: readonly string[], networks: readonly string[] = []): Bounds {
  return {
    named,
    hosts: named.map(parseAllowed).filter((host) => typeof host !== 'string'),
    networks: networks.flatMap((text) => parseNetwork(text) ?? []),
    limits: { ...NONE, memoryBytes: 4_000, processes: 8, timeMs: 9_000 },
  };
}

test('reach: whoever starts an agent narrows what the settings allow, and never widens it', () => {
  verifies('enforce.supervised', 'enforce.fail-closed');
  const whole = narrowReach(RULE, asked([]));
  assert.ok(whole.ok);
  assert.deepEqual(whole.value.named, ['*.example.com', 'api.example.org:8443']);
  assert.equal(whole.value.by, 'settings');
  for (const host of [
    'a.example.com',
    '*.b.example.com',
    '*.example.com',
    'api.example.org:8443',
  ]) {
    const less = narrowReach(RULE, asked([host], ['10.1.2.0/24']));
    assert.ok(less.ok, host);
    assert.deepEqual(less.value.named, [host]);
  }
  for (const host of ['example.com', '*.com.example', 'a.example.com:80', 'api.example.org']) {
    const more = narrowReach(RULE, asked([host]));
    assert.ok(!more.ok, host);
    assert.ok(more.message.startsWith(`\`${host}\` is no host of`), more.message);
  }
  assert.equal(narrowReach(RULE, asked([], ['10.0.0.0/8'])).ok, false);
  assert.equal(narrowReach(RULE, asked([], ['10.2.0.0/16'])).ok, false);
});

test('reach: the lesser of two limits holds, and one that nobody set is none', () => {
  verifies('enforce.supervised');
  const narrowed = narrowReach(RULE, asked([]));
  assert.ok(narrowed.ok);
  assert.deepEqual(narrowed.value.limits, {
    memoryBytes: 1_000,
    processes: 8,
    cpuMs: 5_000,
    timeMs: 9_000,
    busyMs: null,
    idleMs: null,
  });
});

test('reach: where the settings say nothing of an agent, whoever starts it says', () => {
  verifies('enforce.supervised');
  const own = narrowReach(null, asked(['example.com']));
  assert.ok(own.ok);
  assert.deepEqual([own.value.by, own.value.named], ['flags', ['example.com']]);
});
