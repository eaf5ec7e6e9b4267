import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { ConfigError } from './config-error.ts';
import type { Config } from './config.ts';
import { loadConfig } from './load-config.ts';
import { printConfig } from './print-config.ts';

function loaded(upstreams: object): Config {
  const environment = { HOME: '/h', PLUMBLINE_UPSTREAMS: JSON.stringify(upstreams) };
  return loadConfig(environment);
}

function said(upstreams: object): string {
  try {
    loaded(upstreams);
  } catch (cause) {
    assert.ok(cause instanceof ConfigError);
    return cause.message;
  }
  return 'no fault';
}

const url = 'https://shop.example/api';

function tool(call: object): object {
  return { shop: { url, tools: { 'orders.get': { method: 'GET', path: '/', ...call } } } };
}

test('upstreams: what is left out has its default, and prints back as it is', () => {
  const config = loaded(tool({ path: '/orders/{order.id}' }));
  assert.deepEqual(config.upstreams, {
    shop: {
      url,
      staging: null,
      agents: null,
      timeoutMs: 10_000,
      maxBytes: 262_144,
      tools: {
        'orders.get': {
          method: 'GET',
          path: '/orders/{order.id}',
          query: {},
          body: null,
          records: null,
        },
      },
    },
  });
  assert.deepEqual(printConfig(config)['upstreams'], config.upstreams);
});

test('upstreams: a call that leaves its path, or writes as a read, is no configuration', () => {
  verifies('authority.credentials');
  const wrong: readonly object[] = [
    tool({ path: 'orders' }),
    tool({ path: '/orders?all=1' }),
    tool({ path: '/orders#x' }),
    tool({ path: '/a/../b' }),
    tool({ path: '/a/.' }),
    tool({ path: '//host' }),
    tool({ path: '/{}' }),
    tool({ path: '/%2e%2e/b' }),
    tool({ method: 'TRACE' }),
    tool({ body: 'args' }),
    tool({ method: 'HEAD', body: 'rest' }),
    tool({ method: 'POST', query: 'rest', body: 'rest' }),
    tool({ query: { _method: 'DELETE' } }),
    tool({ query: { 'x-http-method-override': '{m}' } }),
    tool({ query: { a: 'x{m}' } }),
    tool({ header: 'x' }),
    { shop: { url: 'ftp://shop.example', tools: {} } },
    { shop: { url: 'https://ada:pw@shop.example', tools: {} } },
    { shop: { url: 'https://shop.example/?a=1', tools: {} } },
    { shop: { url, agents: ['Not A Name'], tools: {} } },
  ];
  for (const upstreams of wrong) {
    assert.match(said(upstreams), /upstreams/i, JSON.stringify(upstreams));
    assert.doesNotMatch(said(upstreams), /pw@/);
  }
});

test('upstreams: two may have one tool for different agents alone', () => {
  const tools = { use: { method: 'GET', path: '/' } };
  const [a, b] = [
    { url, tools, agents: ['a'] },
    { url, tools, agents: ['b'] },
  ];
  assert.equal(said({ one: a, two: b }), 'no fault');
  assert.match(said({ one: a, two: a }), /has the tool `use` that `one` has for the same agents/);
  assert.match(said({ one: a, two: { url, tools } }), /has for the same agents/);
});
