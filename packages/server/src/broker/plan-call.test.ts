import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { JsonObject } from '@plumbline/core';
import { verifies } from '@plumbline/testkit';
import * as fc from 'fast-check';

import { CALL } from '../../testing/broker-scene.ts';
import type { ToolCall } from '../config/config.ts';
import { planCall, type Upstreams } from './plan-call.ts';

function upstreamOf(call: Partial<ToolCall>, url = 'https://shop.example/api'): Upstreams {
  const tools = { use: { ...CALL, ...call } };
  const bounds = { timeoutMs: 1_000, maxBytes: 1_000 };
  return { shop: { url, staging: null, agents: null, ...bounds, tools } };
}

function plan(call: Partial<ToolCall>, args: JsonObject, url?: string): string {
  const planned = planCall(upstreamOf(call, url), {
    agent: 'support',
    tool: 'use',
    args,
    route: null,
  });
  if (!planned.ok) return `${planned.error.code}: ${planned.error.message}`;
  const { method, url: at, body } = planned.value;
  return [method, at.href, ...(body === null ? [] : [body])].join(' ');
}

test('calls: arguments fill the places that the mapping names', () => {
  const order = { path: '/orders/{id}/lines/{line.no}' };
  assert.equal(
    plan({ ...order, query: { expand: '{expand}', v: '2' } }, { id: 'a b', line: { no: 7 } }),
    'not-forwardable: argument `line` has no place in the call: name one in `upstreams`',
  );
  assert.equal(
    plan({ path: '/orders/{id}', query: { expand: '{expand}', v: '2' } }, { id: 'a&b=c?d#e' }),
    'GET https://shop.example/api/orders/a%26b%3Dc%3Fd%23e?v=2',
  );
  assert.equal(
    plan({ path: '/find', query: { tag: '{tags}' } }, { tags: ['a', 'b c'] }),
    'GET https://shop.example/api/find?tag=a&tag=b+c',
  );
  assert.equal(
    plan({ path: '/find', query: 'rest' }, { q: 'x', page: 2, exact: true }),
    'GET https://shop.example/api/find?q=x&page=2&exact=true',
  );
  assert.equal(
    plan({ method: 'PUT', path: '/o/{id}', body: 'rest' }, { id: '1', total: '5.00' }),
    'PUT https://shop.example/api/o/1 {"total":"5.00"}',
  );
  assert.equal(
    plan({ method: 'POST', path: '/o', body: 'args' }, { id: '1' }, 'https://shop.example'),
    'POST https://shop.example/o {"id":"1"}',
  );
});

test('calls: an argument that does not fit its place makes no call', () => {
  verifies('enforce.fail-closed');
  const path = '/orders/{id}';
  const bad: readonly JsonObject[] = [
    {},
    { id: '' },
    { id: null },
    { id: ['a'] },
    { id: { a: 1 } },
    { id: '.' },
    { id: '..' },
    { id: '../admin' },
    { id: 'a/../../b' },
    { id: '..\\b' },
    { id: '..;x' },
    { id: 'a\nb' },
    { id: '\ud800' },
    { id: 'x'.repeat(9_000) },
    { id: 'a', other: 1 },
    { id: 'a', _method: 'DELETE' },
  ];
  for (const args of bad) {
    assert.match(plan({ path }, args), /^not-forwardable: /, JSON.stringify(args).slice(0, 60));
  }
});

test('calls: a tool without a mapping, or of another agent, is not called', () => {
  const upstreams = upstreamOf({});
  const asked = { agent: 'support', tool: 'other', args: {}, route: null };
  const other = planCall(upstreams, asked);
  assert.equal(other.ok ? '' : other.error.code, 'no-upstream');
  const { shop } = upstreams;
  assert.ok(shop);
  const bound = { shop: { ...shop, agents: ['sales'] } };
  assert.equal(planCall(bound, { ...asked, tool: 'use' }).ok, false);
  assert.equal(planCall(bound, { ...asked, tool: 'use', agent: 'sales' }).ok, true);
  assert.equal(planCall(upstreams, { ...asked, tool: 'constructor' }).ok, false);
});

test('calls: whatever stands in an argument, host, steps and query stay as mapped', () => {
  verifies('authority.credentials');
  const call = { path: '/orders/{id}/lines', query: { q: '{q}' } };
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (id, q) => {
      const decided = { agent: 'a', tool: 'use', args: { id, q }, route: null };
      const planned = planCall(upstreamOf(call), decided);
      if (!planned.ok) return;
      const { url } = planned.value;
      assert.equal(url.origin, 'https://shop.example');
      const steps = url.pathname.split('/');
      assert.equal(steps.length, 5);
      assert.deepEqual([steps[1], steps[2], steps[4]], ['api', 'orders', 'lines']);
      assert.equal(decodeURIComponent(steps[3] ?? ''), id);
      assert.deepEqual([...url.searchParams], [['q', q]]);
      assert.equal(url.hash, '');
    }),
    { numRuns: 100 },
  );
});

test('calls: a staged action goes to the staging address, or nowhere', () => {
  verifies('pact.staging');
  const route = { side: 'staging', upstream: 'box', phase: 'staging' } as const;
  const asked = { agent: 'support', tool: 'use', args: {}, route };
  const { shop } = upstreamOf({});
  assert.ok(shop);
  const staged = { shop: { ...shop, staging: { name: 'box', url: 'https://box.example' } } };
  const planned = planCall(staged, asked);
  assert.ok(planned.ok);
  const { url, upstream } = planned.value;
  assert.deepEqual([url.href, upstream], ['https://box.example/', 'shop:box']);
  const live = planCall(staged, { ...asked, route: { ...route, side: 'live', upstream: null } });
  assert.equal(live.ok ? live.value.url.href : '', 'https://shop.example/api/');
  const none = planCall(upstreamOf({}), asked);
  assert.equal(
    none.ok ? '' : none.error.message,
    '`use` is staged, and `shop` has no staging upstream `box`: ' +
      'name one as `staging` in `upstreams`',
  );
  const other = planCall(staged, { ...asked, route: { ...route, upstream: 'copy' } });
  assert.equal(other.ok ? '' : other.error.code, 'no-upstream');
});
