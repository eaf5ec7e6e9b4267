import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import type { JsonObject } from '@plumbline/core';
import { verifies } from '@plumbline/testkit';

import {
  type BrokerOptions,
  type BrokerScene,
  brokerScene,
  CALL,
  secretOf,
} from '../../testing/broker-scene.ts';
import { answerJson } from '../../testing/upstream-server.ts';
import { valueOf } from '../../testing/guard-scene.ts';
import type { ForwardAnswer } from './broker.ts';
import type { Forwarded } from './refusal.ts';

async function sceneFor(t: TestContext, options: BrokerOptions = {}): Promise<BrokerScene> {
  const made = await brokerScene(options);
  t.after(() => made.close());
  return made;
}

function answerOf(forwarded: Forwarded<ForwardAnswer>): ForwardAnswer {
  assert.ok(
    forwarded.ok,
    forwarded.ok ? '' : `${forwarded.error.code}: ${forwarded.error.message}`,
  );
  return forwarded.value;
}

const codeOf = (forwarded: Forwarded<unknown>): string =>
  forwarded.ok ? 'done' : forwarded.error.code;

const agent = 'support';

function isCancelled(forwarded: Forwarded<ForwardAnswer> | undefined): void {
  const { status, say } = answerOf(forwarded ?? assert.fail());
  const why = 'the call was cancelled by a halt, or because the daemon stops';
  assert.deepEqual([status, say], ['unknown', why]);
}

function outcomeOf({ scene }: BrokerScene, decision: string): JsonObject | undefined {
  const outcomes = scene.entries().filter(({ kind }) => kind === 'outcome');
  return outcomes.find(({ open }) => open['decision'] === decision)?.open;
}

test('broker: a read action is called with the credential that reads', async (t) => {
  verifies('authority.credentials');
  const made = await sceneFor(t, {
    answering: (_request, response) => answerJson(response, { order: 'o-1', total: '5.00' }),
  });
  const { broker, upstream, permit, used, scene } = made;
  const token = await permit('orders.get', { order: 'o 1/ü' });
  const answer = answerOf(await broker.forward({ agent, token }));
  const { decision, index: _index, ...rest } = answer;
  const result = { order: 'o-1', total: '5.00' };
  assert.deepEqual(rest, { status: 'ok', http: 200, result, say: null });
  const [call] = upstream.received;
  assert.equal(call?.method, 'GET');
  assert.equal(call?.path, '/orders/o%201%2F%C3%BC');
  assert.equal(call?.headers['authorization'], `Bearer ${secretOf('crd_r')}`);
  assert.equal(call?.headers['idempotency-key'], decision);
  assert.deepEqual(used, ['crd_r']);
  assert.deepEqual(outcomeOf(made, decision), {
    decision,
    records: null,
    redeemedAt: scene.clock.ms,
    status: 'ok',
  });
});

test('broker: a write action gets the other credential, and sends what was decided', async (t) => {
  verifies('authority.credentials');
  const { broker, upstream, permit, used } = await sceneFor(t);
  const token = await permit('notes.add', { text: 'a', tags: ['x'] });
  assert.equal(answerOf(await broker.forward({ agent, token })).status, 'ok');
  const [call] = upstream.received;
  assert.deepEqual([call?.method, call?.path], ['POST', '/notes']);
  assert.deepEqual(JSON.parse(call?.body ?? ''), { tags: ['x'], text: 'a' });
  assert.equal(call?.headers['content-type'], 'application/json');
  assert.deepEqual(used, ['crd_w']);
});

test('broker: a permit is good for one call', async (t) => {
  verifies('evidence.before-effect');
  const { broker, upstream, permit } = await sceneFor(t);
  const token = await permit('notes.add', { text: 'a' });
  const both = await Promise.all([
    broker.forward({ agent, token }),
    broker.forward({ agent, token }),
  ]);
  assert.deepEqual(both.map(codeOf).sort(), ['done', 'permit-used']);
  assert.equal(codeOf(await broker.forward({ agent, token })), 'permit-used');
  assert.equal(upstream.received.length, 1);
});

test('broker: what a credential is used for stands in the log, or nothing goes out', async (t) => {
  verifies('authority.credentials', 'evidence.before-effect');
  const { broker, upstream, permit, noted, log } = await sceneFor(t);
  const token = await permit('notes.add', { text: 'a' });
  log.isTaking = false;
  assert.equal(codeOf(await broker.forward({ agent, token })), 'overloaded');
  assert.equal(upstream.received.length, 0);
  log.isTaking = true;
  const { decision } = answerOf(await broker.forward({ agent, token }));
  const use = { agent, credential: 'crd_w', version: 1, decision };
  assert.deepEqual(noted, [{ ...use, upstream: 'shop', method: 'POST' }]);
});

test('broker: a halt of a tool cancels its calls, one of the fleet all', async (t) => {
  verifies('human.halt-infrastructure');
  const { broker, permit, upstream, scene } = await sceneFor(t, {
    answering: () => undefined,
  });
  const writing = broker.forward({
    agent,
    token: await permit('notes.add', { text: 'a' }),
  });
  const reading = broker.forward({
    agent,
    token: await permit('orders.get', { order: '1' }),
  });
  await upstream.got(2);
  const stop = { agent, target: 'notes.add', reason: 'a test', by: 'ops' };
  void scene.guard.halt({ ...stop, scope: 'tool' });
  isCancelled(await writing);
  assert.equal(broker.inFlight(), 1);
  void scene.guard.halt({ ...stop, agent: null, scope: 'fleet', target: '' });
  isCancelled(await reading);
});

test('broker: a secret that is replaced while its call is prepared is not used', async (t) => {
  verifies('authority.credentials');
  const { broker, upstream, permit, credentials, secrets } = await sceneFor(t);
  const token = await permit('notes.add', { text: 'a' });
  const before = credentials.get('crd_w');
  assert.ok(before);
  const rotating = broker.forward({ agent, token });
  credentials.set('crd_w', { ...before, version: 2 });
  assert.equal(codeOf(await rotating), 'no-credential');
  const dropping = broker.forward({ agent, token });
  secrets.forget('crd_w');
  assert.equal(codeOf(await dropping), 'no-credential');
  assert.equal(upstream.received.length, 0);
  assert.equal(answerOf(await broker.forward({ agent, token })).status, 'ok');
});

test('broker: what is refused burns no permit', async (t) => {
  verifies('authority.credentials');
  const { broker, upstream, permit, credentials } = await sceneFor(t);
  const writing = credentials.get('crd_w');
  assert.ok(writing);
  credentials.delete('crd_w');
  const token = await permit('notes.add', { text: 'a' });
  assert.equal(codeOf(await broker.forward({ agent, token })), 'no-credential');
  credentials.set('crd_w', writing);
  assert.equal(answerOf(await broker.forward({ agent, token })).status, 'ok');
  const other = await permit('web.fetch', {});
  assert.equal(codeOf(await broker.forward({ agent, token: other })), 'no-upstream');
  const stray = await permit('orders.get', { order: '..' });
  assert.equal(codeOf(await broker.forward({ agent, token: stray })), 'not-forwardable');
  const surplus = await permit('orders.get', { order: 'o1', admin: 'yes' });
  assert.equal(codeOf(await broker.forward({ agent, token: surplus })), 'not-forwardable');
  assert.equal(upstream.received.length, 1);
});

test('broker: a credential that reads writes by no way, whatever the mapping says', async (t) => {
  verifies('authority.credentials');
  const { broker, upstream, permit } = await sceneFor(t, {
    tools: {
      'orders.get': { ...CALL, method: 'POST', path: '/orders', body: 'args' },
      'web.fetch': { ...CALL, path: '/fetch', query: 'rest' },
    },
  });
  const posting = await permit('orders.get', { order: 'o1' });
  assert.equal(codeOf(await broker.forward({ agent, token: posting })), 'no-credential');
  for (const name of ['_method', '_METHOD', 'X-HTTP-Method-Override', 'http_method']) {
    const token = await permit('web.fetch', { [name]: 'DELETE' });
    assert.equal(codeOf(await broker.forward({ agent, token })), 'not-forwardable', name);
  }
  assert.equal(upstream.received.length, 0);
});

test('broker: what an upstream says when it fails is an outcome, recorded first', async (t) => {
  verifies('evidence.before-effect');
  const statuses = [404, 500, 502, 504, 302];
  const made = await sceneFor(t, {
    answering: (_request, response) => {
      const status = statuses.shift() ?? 200;
      response.setHeader('location', 'http://127.0.0.1:1/');
      answerJson(response, { why: status }, status);
    },
  });
  const { broker, permit } = made;
  const seen: unknown[] = [];
  for (let turn = 0; turn < 5; turn += 1) {
    const token = await permit('notes.add', { text: String(turn) });
    const { status, http, decision } = answerOf(await broker.forward({ agent, token }));
    seen.push([status, http, outcomeOf(made, decision)?.['status']]);
  }
  assert.deepEqual(seen, [
    ['error', 404, 'error'],
    ['error', 500, 'error'],
    ['unknown', 502, 'unknown'],
    ['unknown', 504, 'unknown'],
    ['unknown', null, 'unknown'],
  ]);
});

test('broker: a late, a long and a lost answer are unknown, what never left is not', async (t) => {
  const { broker, permit, upstream } = await sceneFor(t, {
    timeoutMs: 200,
    maxBytes: 100,
    answering: ({ path }, response) => {
      if (path === '/orders/long') answerJson(response, { text: 'x'.repeat(200) });
      if (path === '/orders/lost') response.destroy();
    },
  });
  for (const order of ['late', 'long', 'lost']) {
    const token = await permit('orders.get', { order });
    const { status, http } = answerOf(await broker.forward({ agent, token }));
    assert.deepEqual([status, http], ['unknown', null], order);
  }
  const token = await permit('orders.get', { order: 'never' });
  await upstream.close();
  const answer = answerOf(await broker.forward({ agent, token }));
  assert.deepEqual(
    [answer.status, answer.say],
    ['not_sent', 'the connection to the upstream failed'],
  );
});

test('broker: a halt cancels the calls on their way, in the turn that latches it', async (t) => {
  verifies('human.halt-infrastructure');
  const { broker, permit, upstream, scene, dropped } = await sceneFor(t, {
    answering: () => undefined,
  });
  const [stopped, going] = [await scene.open(), await scene.open()];
  const tokens = [
    await permit('notes.add', { text: '1' }, stopped),
    await permit('notes.add', { text: '2' }, going),
  ];
  const [first, second] = tokens.map((token) => broker.forward({ agent, token }));
  await upstream.got(2);
  const stop = {
    agent,
    scope: 'session',
    target: stopped,
    reason: 'a test',
    by: 'ops',
  } as const;
  const { halt } = valueOf(await scene.guard.halt(stop));
  isCancelled(await first);
  const ends = (await scene.guard.findHalt(halt, 0))?.inFlight.map(({ end }) => end);
  assert.deepEqual(ends, ['cancelled'], 'the halt says so');
  assert.equal(broker.inFlight(), 1);
  assert.deepEqual(dropped, [
    {
      agent,
      scope: 'session',
      target: stopped,
      epoch: 1,
      credentials: ['crd_w'],
    },
  ]);
  valueOf(await scene.guard.halt({ ...stop, scope: 'agent', target: '' }));
  isCancelled(await second);
  assert.equal(broker.inFlight(), 0);
});

test('broker: nothing goes out for a halted agent, and again once it is resumed', async (t) => {
  verifies('human.halt-infrastructure');
  const { broker, permit, upstream, scene } = await sceneFor(t);
  const before = await permit('notes.add', { text: 'a' });
  const stop = {
    agent,
    scope: 'agent',
    target: '',
    reason: 'a test',
    by: 'ops',
  } as const;
  // The halt comes while the call is prepared: what was opened for it is gone.
  const racing = broker.forward({ agent, token: before });
  valueOf(await scene.guard.halt(stop));
  assert.match(codeOf(await racing), /^(?:permit-void|no-credential)$/);
  assert.equal(codeOf(await broker.forward({ agent, token: before })), 'permit-void');
  assert.equal(upstream.received.length, 0);
  valueOf(await scene.guard.resume(stop));
  const token = await permit('notes.add', { text: 'b' });
  assert.equal(answerOf(await broker.forward({ agent, token })).status, 'ok');
});

test('broker: calls on their way are bounded', async (t) => {
  const { broker, permit, upstream } = await sceneFor(t, {
    most: 1,
    answering: () => undefined,
  });
  const [one, two] = [await permit('notes.add', { text: '1' }), await permit('notes.add', {})];
  const running = broker.forward({ agent, token: one });
  await upstream.got(1);
  assert.equal(codeOf(await broker.forward({ agent, token: two })), 'overloaded');
  await broker.close();
  isCancelled(await running);
  assert.equal(codeOf(await broker.forward({ agent, token: two })), 'unavailable');
});

test('broker: a secret that an upstream gives back is neither recorded nor released', async (t) => {
  verifies('authority.credentials');
  const { broker, permit, scene } = await sceneFor(t, {
    answering: ({ headers }, response) => {
      const said = headers['authorization'] ?? '';
      const secret = said.slice('Bearer '.length);
      answerJson(response, {
        plain: said,
        encoded: Buffer.from(`x:${secret}`).toString('base64'),
        percent: encodeURIComponent(`[${secret}]`),
        [secret]: [secret],
      });
    },
  });
  const token = await permit('orders.get', { order: 'o1' });
  const answer = answerOf(await broker.forward({ agent, token }));
  const text = JSON.stringify(answer);
  const secret = secretOf('crd_r');
  for (const spelt of [secret, Buffer.from(secret).toString('base64').slice(2, -4)]) {
    assert.equal(text.includes(spelt), false);
    assert.equal(JSON.stringify(scene.entries()).includes(spelt), false);
  }
  assert.match(text, /"plain":"Bearer \[credential\]"/);
});
