import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { verifies } from '@plumbline/testkit';
import * as fc from 'fast-check';

import { type OpenFake, openFake } from '../../testing/open-fake.ts';
import { requestOf } from '../../testing/route-request.ts';
import {
  decideBody,
  outcomeBody,
  readDecide,
  readOutcome,
  readRedeem,
  redeemBody,
} from './actions/action-shapes.ts';
import { evaluation, readEvaluation } from './authzen/evaluation-shapes.ts';
import { ROUTES } from './route-table.ts';
import type { Route } from './route.ts';

const POSTS = ROUTES.filter(({ bodySpec }) => bodySpec !== null && bodySpec.media !== 'form');
const seed = 20260101;

describe('hostile bodies', () => {
  let fake: OpenFake;
  const keys = new Map<string, string>();
  before(async () => {
    fake = await openFake();
    keys.set('agent', fake.key({ kind: 'agent', agents: ['refunds'] }));
    keys.set('opener', fake.key({ kind: 'opener', agents: ['refunds'] }));
    keys.set('admin', fake.key({ roles: ['admin'] }));
  });
  after(() => fake.close());

  const send = async (route: Route, raw: Buffer) => {
    const asked = requestOf(route, 'refunds');
    const { method = 'POST', path } = asked;
    const auth = keys.get(keyFor(route)) ?? '';
    const known = fake.calls.length;
    const given = await fake.ask({ method, path, auth, raw });
    const called = fake.calls.length - known;
    return { ...given, called };
  };

  const refused = async (route: Route, raw: Buffer, statuses: readonly number[]) => {
    const { status, headers, json, called, text } = await send(route, raw);
    assert.ok(statuses.includes(status), `${route.name}: ${status} ${text}`);
    assert.equal(headers['content-type'], 'application/problem+json');
    assert.equal(json['status'], status);
    assert.equal(called, 0, `${route.name} did something`);
  };

  test('bodies: what is not I-JSON is a bad request everywhere, and nothing is done', async () => {
    verifies('enforce.fail-closed');
    const wrong: readonly Buffer[] = [
      Buffer.from(''),
      Buffer.from('{'),
      Buffer.from('{"a":1}}'),
      Buffer.from('\uFEFF{}'),
      Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
      Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]),
      Buffer.from('['.repeat(30_000)),
      Buffer.from(`${'['.repeat(30_000)}${']'.repeat(30_000)}`),
      Buffer.from(`${'{"a":'.repeat(9_000)}1${'}'.repeat(9_000)}`),
      Buffer.from('{"a":1e400}'),
      Buffer.from('{"a":9007199254740993}'),
      Buffer.from('{"a":{"b":1,"b":2}}'),
      Buffer.from(String.raw`{"a":"\ud800"}`),
      Buffer.from(String.raw`{"\udfff":1}`),
      Buffer.from('null'),
      Buffer.from('[]'),
      Buffer.from('"text"'),
      Buffer.from('NaN'),
      Buffer.from('{"__proto__":{"session":"s1"}}'),
    ];
    for (const route of POSTS) for (const raw of wrong) await refused(route, raw, [400]);
  });

  test('bodies: any one member of the wrong kind is a bad request', async () => {
    const kinds = [null, true, 7.5, -1, '', [], {}, 'x'.repeat(2000), [[]], { a: 1 }];
    for (const route of POSTS) {
      const example = Object(route.bodySpec?.example);
      for (const name of Object.keys(example)) {
        for (const kind of kinds) {
          const raw = Buffer.from(JSON.stringify({ ...example, [name]: kind }));
          const { status, headers } = await send(route, raw);
          const isAnswered = status < 300;
          assert.ok(isAnswered || [400, 403, 404].includes(status), `${route.name}.${name}`);
          if (isAnswered) continue;
          assert.equal(headers['content-type'], 'application/problem+json');
        }
      }
    }
    assert.deepEqual(fake.bugs, []);
  });

  test('bodies: a member nobody knows is a bad request but where others own it', async () => {
    for (const route of POSTS) {
      const raw = Buffer.from(JSON.stringify({ ...route.bodySpec?.example, surprise: 1 }));
      const { status, json } = await send(route, raw);
      const isOpen = route.path.startsWith('/access/') || route.name === 'takeHookEvent';
      if (isOpen) assert.equal(status, 200);
      else assert.deepEqual([status, json['at']], [400, 'surprise'], route.name);
    }
  });

  test('bodies: random JSON never meets a bug', async () => {
    const body = fc.oneof(
      fc.json({ maxDepth: 6 }).map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
    );
    const property = fc.asyncProperty(fc.constantFrom(...POSTS), body, async (route, raw) => {
      const { status } = await send(route, raw);
      return status === 200 || status === 400 || status === 403;
    });
    await fc.assert(property, { seed, numRuns: 300 });
    assert.deepEqual(fake.bugs, []);
  });
});

test('bodies: reading by hand accepts what the shapes accept', () => {
  const pairs = [
    { read: readDecide, shape: decideBody, names: ['session', 'request', 'tool', 'args', 'trace'] },
    { read: readRedeem, shape: redeemBody, names: ['token'] },
    {
      read: readOutcome,
      shape: outcomeBody,
      names: ['session', 'decision', 'status', 'result', 'records'],
    },
    {
      read: readEvaluation,
      shape: evaluation,
      names: ['subject', 'action', 'resource', 'context'],
    },
  ];
  const id = fc.constantFrom('s1', 'a'.repeat(128), 'a'.repeat(129), '', 'a b', 'é');
  const trace = fc.record(
    {
      traceId: fc.constantFrom('a'.repeat(32), 'A'.repeat(32)),
      spanId: fc.constant('b'.repeat(16)),
    },
    { requiredKeys: ['traceId'] },
  );
  const entity = fc.record(
    { type: id, id, name: id, properties: fc.object({ maxDepth: 1 }), more: fc.constant(1) },
    { requiredKeys: ['type', 'id', 'name'] },
  );
  const value = fc.oneof(id, trace, entity, fc.constantFrom('ok', 'unknown'), fc.jsonValue());
  for (const { read, shape, names } of pairs) {
    const members = fc.dictionary(fc.constantFrom(...names, 'other'), value, { maxKeys: 6 });
    const property = fc.property(
      fc.oneof({ weight: 9, arbitrary: members }, fc.jsonValue()),
      (given) => {
        const json: unknown = JSON.parse(JSON.stringify(given));
        return read(json).ok === shape.safeParse(json).success;
      },
    );
    fc.assert(property, { seed, numRuns: 400 });
  }
});

function keyFor({ rights }: Route): string {
  if (rights[0] === 'act') return 'agent';
  return rights.includes('open-session') || rights[0] === 'speak-for-principal'
    ? 'opener'
    : 'admin';
}
