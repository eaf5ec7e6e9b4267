import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Json } from '@plumbline/core';
import { verifies } from '@plumbline/testkit';

import type { Egress, EgressRequest, EgressResult } from '../egress/egress.ts';
import type { Lookup } from './gather.ts';
import { httpFacts } from './http-facts.ts';

const URL = 'https://facts.example/fraud';
const places = new Map([['fraud', { url: URL, timeoutMs: 500 }]]);
const signal = new AbortController().signal;

const lookup: Lookup = {
  request: { name: 'fraud', key: 'customer.id', maxAgeMs: 60_000 },
  action: {
    id: 's/r',
    session: 's',
    tool: 'refunds.pay',
    args: { customer: { id: 'c-1' }, amount: '5.00' },
    digest: `sha256:${'ab'.repeat(32)}`,
  },
  agent: 'support',
  attributes: {},
};

function sourceOf(answer: EgressResult, seen: EgressRequest[] = []): ReturnType<typeof httpFacts> {
  const egress: Egress = {
    request: async (request) => {
      seen.push(request);
      return answer;
    },
    addressOf: async () => ({ ok: false, fault: 'unresolved', message: 'nobody asks' }),
    close: async () => undefined,
  };
  return httpFacts({ places, egress, clock: () => 1_000 });
}

function answerOf(body: Json, status = 200): EgressResult {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return { ok: true, value: { status, contentType: 'application/json', body: bytes } };
}

test('http facts: a fact is asked for by its key alone, and comes with its source', async () => {
  verifies('enforce.lists');
  const seen: EgressRequest[] = [];
  const fact = await sourceOf(answerOf({ value: { high: true } }), seen)(lookup, signal);
  assert.deepEqual(fact, {
    name: 'fraud',
    value: { high: true },
    source: URL,
    observedAtMs: 1_000,
    maxAgeMs: 60_000,
  });
  const [request] = seen;
  assert.deepEqual(JSON.parse(String(request?.body)), {
    fact: 'fraud',
    agent: 'support',
    tool: 'refunds.pay',
    key: 'customer.id',
    values: ['c-1'],
  });
  assert.equal(request?.timeoutMs, 500);
});

test('http facts: any other answer is no fact', async () => {
  verifies('enforce.fail-closed');
  const deep = `{"value":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_001)}`;
  const answers: readonly EgressResult[] = [
    { ok: false, fault: 'timeout', isSent: true, message: 'no answer' },
    answerOf({ value: { high: true } }, 500),
    answerOf({ value: true }),
    answerOf({ values: {} }),
    answerOf([]),
    answerOf('not json'),
    answerOf(deep),
  ];
  for (const answer of answers) assert.equal(await sourceOf(answer)(lookup, signal), null);
  const other = { ...lookup, request: { ...lookup.request, name: 'risk' } };
  assert.equal(await sourceOf(answerOf({ value: {} }))(other, signal), null);
});
