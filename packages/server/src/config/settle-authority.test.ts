import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isJsonObject } from '@plumbline/core';
import { verifies } from '@plumbline/testkit';

import { ConfigError } from './config-error.ts';
import { type Environment, loadConfig } from './load-config.ts';
import { printConfig } from './print-config.ts';

const PEOPLE = { issuer: 'https://login.example.com', audience: 'plumbline', for: 'people' };
const AGENT = 'spiffe://example.org/ns/prod/sa/refunds';

function load(authority: object, settings: Readonly<Record<string, string>> = {}) {
  const environment: Environment = {
    HOME: '/nowhere',
    ...Object.fromEntries(
      Object.entries(authority).map(([name, value]) => [
        `PLUMBLINE_AUTHORITY_${name.toUpperCase()}`,
        JSON.stringify(value),
      ]),
    ),
  };
  return loadConfig(environment, { settings: new Map(Object.entries(settings)) });
}

function said(authority: object, settings: Readonly<Record<string, string>> = {}): string {
  try {
    load(authority, settings);
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.message;
  }
  return 'no fault';
}

test('authority: an issuer is discovered unless told otherwise, with bounds by default', () => {
  verifies('authority.verified');
  const { authority } = load({ issuers: [PEOPLE] });
  const [issuer] = authority.issuers;
  assert.deepEqual(issuer?.keys, { kind: 'discovery' });
  assert.deepEqual(issuer?.algorithms, ['RS256', 'ES256', 'EdDSA', 'Ed25519']);
  assert.equal(issuer?.clockSkewMs, 60_000);
  assert.equal(issuer?.maxTokenAgeMs, 86_400_000);
  assert.equal(issuer?.replay, 'once');
});

test('authority: what would weaken a check is refused with its place', () => {
  verifies('authority.verified');
  const issuers = (of: object) => said({ issuers: [{ ...PEOPLE, ...of }] });
  assert.match(issuers({ algorithms: ['HS256'] }), /^PLUMBLINE_AUTHORITY_ISSUERS: `authority/);
  assert.match(issuers({ algorithms: ['none'] }), /must be `RS256` or/);
  assert.match(issuers({ algorithms: [] }), /must list at least 1/);
  assert.match(issuers({ clockSkewMs: 300_001 }), /must be at most 300000/);
  assert.match(issuers({ issuer: 'http://login.example.com' }), /must be an https URL/);
  assert.match(issuers({ jwksUri: 'http://login.example.com/jwks' }), /http is for loopback/);
  assert.match(issuers({ jwksUri: 'https://a/jwks', jwksFile: 'b' }), /not both/);
  const domain = { issuer: 'spiffe://example.org' };
  assert.match(issuers({ ...domain, for: 'workloads' }), /its bundle of keys/);
  assert.match(issuers({ ...domain, jwksFile: 'b' }), /names workloads, and no people/);
  assert.match(issuers({ for: 'workloads', roles: { a: 'admin' } }), /`roles` are for people/);
  assert.match(issuers({ freshMs: 2_000, staleMs: 1_000 }), /must not be below `freshMs`/);
  assert.match(said({ issuers: [PEOPLE, { ...PEOPLE, for: 'principals' }] }), /stands twice/);
  const bySub = { ...PEOPLE, for: 'principals', principal: 'sub' };
  const other = { ...bySub, issuer: 'https://other.example.com' };
  assert.match(said({ issuers: [bySub, other] }), /two people by one `sub`/);
  assert.equal(issuers({ issuer: 'http://127.0.0.1:9000' }), 'no fault');
});

test('authority: no workload is of two kinds, and none is believed without a voucher', () => {
  verifies('authority.verified');
  const bundle = { issuer: 'spiffe://example.org', audience: 'plumbline', for: 'workloads' };
  const issuers = [{ ...bundle, jwksFile: '/bundle.json' }];
  const workloads = (...each: object[]) => said({ issuers, workloads: each });
  const agent = { spiffe: AGENT, kind: 'agent', agents: ['refunds'] };
  assert.equal(workloads(agent), 'no fault');
  assert.match(workloads(agent, { spiffe: AGENT, kind: 'opener' }), /stands twice/);
  assert.match(workloads({ ...agent, agents: null }), /exactly one agent/);
  assert.match(workloads({ ...agent, dns: 'a.example' }), /exactly one of/);
  assert.match(workloads({ ...agent, spiffe: 'spiffe://example.org/*' }), /no SPIFFE id/);
  assert.match(workloads({ ...agent, spiffe: 'spiffe://example.org/a/../b' }), /no SPIFFE id/);
  assert.match(workloads({ ...agent, spiffe: 'spiffe://other.org/a' }), /nobody vouches/);
  assert.match(workloads({ kind: 'opener', dns: 'a.example' }), /set `listen.clientCaFile`/);
  assert.match(workloads({ kind: 'opener', subject: 'a', issuer: 'https://b' }), /its issuer is/);
  assert.match(workloads({ ...agent, scopes: ['read'] }), /nothing else has them/);
  const grants = [{ claim: 'roles', values: ['crm-export'] }];
  assert.match(workloads({ ...agent, grants }), /only an opener attests/);
  assert.equal(workloads({ spiffe: AGENT, kind: 'opener', grants }), 'no fault');
});

test('authority: one bundle for certificates vouches for one trust domain', () => {
  verifies('authority.verified');
  const tls = { 'listen.certFile': 'c', 'listen.keyFile': 'k', 'listen.clientCaFile': 'ca' };
  const opener = { kind: 'opener' };
  const two = [
    { ...opener, spiffe: 'spiffe://a.org/x' },
    { ...opener, spiffe: 'spiffe://b.org/x' },
  ];
  assert.match(said({ workloads: two }, tls), /vouches for one trust domain, not for `a.org`/);
  assert.match(said({}, { 'listen.clientCaFile': 'ca' }), /takes TLS/);
});

test('authority: what is printed reads back as the same', () => {
  const issuers = [{ ...PEOPLE, roles: { ops: 'operator' }, typ: 'at+jwt', jwksFile: '/k.json' }];
  const authority = printConfig(load({ issuers }))['authority'];
  assert.ok(isJsonObject(authority));
  const { issuers: printed = null, workloads = null } = authority;
  const again = load({ issuers: printed, workloads });
  assert.deepEqual(printConfig(again)['authority'], authority);
});
