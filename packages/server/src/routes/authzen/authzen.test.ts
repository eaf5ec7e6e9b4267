import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { SUPPORT_PACT } from '../../../testing/guard-pact.ts';
import { guardScene } from '../../../testing/guard-scene.ts';
import { type Answered, type OpenFake, openFake } from '../../../testing/open-fake.ts';
import {
  EVALUATION,
  EVALUATIONS,
  RICK,
  TODO_PACT,
  TODO_PACT_ATTESTED,
  USERS,
} from '../../../testing/todo-scenario.ts';

const ONE = '/access/v1/evaluation';
const MANY = '/access/v1/evaluations';

type Scene = { readonly fake: OpenFake; readonly session: string; readonly entries: () => number };

async function withScene(pact: string, run: (scene: Scene) => Promise<void>): Promise<void> {
  const scene = await guardScene({ pact });
  const session = await scene.open();
  const fake = await openFake({ guard: scene.guard });
  const before = scene.entries().length;
  try {
    await run({ fake, session, entries: () => scene.entries().length });
    assert.equal(scene.entries().length, before, 'a dry run was recorded');
    assert.equal(scene.guard.status('support')?.openSessions, 1);
    assert.deepEqual(fake.bugs, []);
  } finally {
    await fake.close();
  }
}

const opener = (fake: OpenFake): string => fake.key({ kind: 'opener', agents: ['support'] });
const post = (
  fake: OpenFake,
  asked: readonly [path: string, body: unknown],
  auth: string,
): Promise<Answered> => fake.ask({ method: 'POST', path: asked[0], body: asked[1], auth });

test('authzen: the published Todo scenario decides as published', async () => {
  verifies('enforce.every-path');
  await withScene(TODO_PACT, async ({ fake }) => {
    const auth = opener(fake);
    assert.equal(EVALUATION.length, 40);
    for (const { request, expected } of EVALUATION) {
      const { status, json, text } = await post(fake, [ONE, request], auth);
      assert.deepEqual(
        [status, json['decision']],
        [200, expected],
        `${JSON.stringify(request)}: ${text}`,
      );
    }
    for (const { request, expected } of EVALUATIONS) {
      const { json } = await post(fake, [MANY, request], auth);
      assert.deepEqual(decisionsOf(json), expected);
    }
  });
});

test('authzen: the same scenario decides the same over attested roles', async () => {
  await withScene(TODO_PACT_ATTESTED, async ({ fake }) => {
    const auth = opener(fake);
    for (const { request, expected } of EVALUATION) {
      const id: unknown = Reflect.get(Object(Reflect.get(request, 'subject')), 'id');
      const { email, roles } = USERS.find((user) => user.id === id) ?? RICK;
      const subject = { type: 'user', id, properties: { email, roles } };
      const { json, text } = await post(fake, [ONE, { ...request, subject }], auth);
      assert.equal(json['decision'], expected, text);
    }
  });
});

test('authzen: an agent is looked at in its own open session', async () => {
  await withScene(SUPPORT_PACT, async ({ fake, session }) => {
    const auth = fake.key({ kind: 'agent', agents: ['support'] });
    const subject = { type: 'agent', id: 'support' };
    const resource = { type: 'order', id: '7' };
    const look = (name: string, properties: object, context: object = { session }) =>
      post(fake, [ONE, { subject, action: { name, properties }, resource, context }], auth);
    const allowed = await look('orders.get', {});
    assert.equal(allowed.json['decision'], true);
    assert.equal(Reflect.get(Object(allowed.json['context']), 'verdict'), 'allow');
    const stepUp = await look('mail.send', { copies: 2, body: 'hello' });
    assert.equal(stepUp.json['decision'], false);
    assert.equal(Reflect.get(Object(stepUp.json['context']), 'verdict'), 'step_up');
    assert.deepEqual(Reflect.get(Object(stepUp.json['context']), 'rules'), ['many']);
    assert.equal((await look('orders.get', {}, {})).json['at'], 'context.session');
    assert.equal(
      (await look('orders.get', {}, { session: 'nope' })).json['code'],
      'unknown-session',
    );
    const other = { type: 'agent', id: 'mail' };
    const asked = { subject: other, action: { name: 't' }, resource, context: { session } };
    assert.equal((await post(fake, [ONE, asked], auth)).json['code'], 'unknown-agent');
    // What self-tests run in is nobody's, whatever the key is for.
    const probe = { ...asked, subject: { type: 'agent', id: 'support~probe' } };
    const reader = fake.key({ kind: 'service', scopes: ['read'] });
    assert.equal((await post(fake, [ONE, probe], reader)).json['code'], 'unknown-agent');
    const user = { ...asked, subject: { type: 'user', id: 'ada' } };
    assert.equal((await post(fake, [ONE, user], auth)).json['code'], 'forbidden');
  });
});

test('authzen: evaluations end where their semantic says', async () => {
  await withScene(TODO_PACT, async ({ fake }) => {
    const auth = opener(fake);
    const allowed = { action: { name: 'can_read_todos' } };
    const denied = { action: { name: 'can_wipe_todos' } };
    const top = { subject: { type: 'user', id: 'ada' }, resource: { type: 'todo', id: '1' } };
    const many = async (evaluations: readonly object[], semantic?: string) => {
      const options = semantic === undefined ? {} : { options: { evaluations_semantic: semantic } };
      return decisionsOf(
        (await post(fake, [MANY, { ...top, evaluations, ...options }], auth)).json,
      );
    };
    const mixed = [allowed, denied, allowed];
    assert.deepEqual(await many(mixed), [true, false, true]);
    assert.deepEqual(await many(mixed, 'execute_all'), [true, false, true]);
    assert.deepEqual(await many(mixed, 'deny_on_first_deny'), [true, false]);
    assert.deepEqual(await many(mixed, 'permit_on_first_permit'), [true]);
    assert.deepEqual(await many([{}, allowed]), [false, true]);
    const unknown = { ...top, evaluations: mixed, options: { evaluations_semantic: 'any' } };
    assert.equal((await post(fake, [MANY, unknown], auth)).status, 400);
    const none = await post(fake, [MANY, { ...top, ...allowed, evaluations: [] }], auth);
    assert.deepEqual([none.status, none.json['decision']], [200, true]);
    const plenty = { ...top, evaluations: Array.from({ length: 101 }, () => allowed) };
    assert.equal((await post(fake, [MANY, plenty], auth)).json['at'], 'evaluations');
  });
});

test('authzen: what is missing is named, what is unknown is ignored', async () => {
  await withScene(TODO_PACT, async ({ fake }) => {
    const auth = opener(fake);
    const whole = {
      subject: { type: 'user', id: 'ada' },
      action: { name: 'can_read_todos' },
      resource: { type: 'todo', id: '1' },
    };
    const at = async (body: unknown) => (await post(fake, [ONE, body], auth)).json['at'];
    assert.equal(await at({ ...whole, subject: undefined }), 'subject');
    assert.equal(await at({ ...whole, subject: { type: 'user' } }), 'subject.id');
    assert.equal(await at({ ...whole, subject: { id: 'ada' } }), 'subject.type');
    assert.equal(await at({ ...whole, action: {} }), 'action.name');
    assert.equal(await at({ ...whole, action: 'read' }), 'action');
    assert.equal(await at({ ...whole, resource: { id: '1' } }), 'resource.type');
    assert.equal(await at({ ...whole, context: 'now' }), 'context');
    assert.equal(await at('text'), '');
    assert.equal(await at({ ...whole, future: 1, subject: { ...whole.subject, x: 1 } }), undefined);
    const both = {
      ...whole,
      action: { ...whole.action, properties: { amount: 1 } },
      resource: { ...whole.resource, properties: { amount: 1000 } },
    };
    assert.equal(await at(both), 'action.properties.amount');
    const plain = await fake.ask({
      method: 'POST',
      path: ONE,
      auth,
      body: whole,
      headers: { 'content-type': 'text/plain', 'x-request-id': 'bfe9' },
    });
    assert.deepEqual([plain.status, plain.headers['x-request-id']], [400, 'bfe9']);
  });
});

test('authzen: the metadata names this daemon as the caller knows it', async () => {
  await withScene(TODO_PACT, async ({ fake }) => {
    const host = `localhost:${fake.port}`;
    const path = '/.well-known/authzen-configuration';
    const { json, headers } = await fake.ask({ path, headers: { host } });
    assert.equal(headers['content-type'], 'application/json');
    assert.deepEqual(json, {
      policy_decision_point: `http://${host}`,
      access_evaluation_endpoint: `http://${host}/access/v1/evaluation`,
      access_evaluations_endpoint: `http://${host}/access/v1/evaluations`,
    });
  });
});

function decisionsOf(json: Answered['json']): readonly unknown[] {
  const { evaluations } = json;
  assert.ok(Array.isArray(evaluations), JSON.stringify(json));
  return evaluations.map((each: unknown) => Reflect.get(Object(each), 'decision'));
}
