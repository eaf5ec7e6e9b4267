import assert from 'node:assert/strict';
import { generateKeyPairSync, type JsonWebKey, type KeyObject, sign } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import type { IssuerConfig, TokenUse, WorkloadConfig } from '../config/authority.ts';
import { type Identity, makeIdentity } from './identity.ts';
import type { Checked } from './token-fault.ts';

const NOW = 1_800_000_000_000;
const AT = NOW / 1_000;
const ISSUER = 'https://login.example.com';
const SPIFFE = 'spiffe://example.org/ns/prod/sa/refunds';

const WORKLOADS: readonly WorkloadConfig[] = [
  {
    proof: { kind: 'token', issuer: ISSUER, subject: 'refunds-agent' },
    kind: 'agent',
    agents: ['refunds'],
    scopes: [],
    grants: [],
  },
  { proof: { kind: 'spiffe', id: SPIFFE }, kind: 'opener', agents: null, scopes: [], grants: [] },
];

type Signer = { readonly jwk: JsonWebKey; readonly key: KeyObject };

function rsa(bits: number, kid: string): Signer {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: bits });
  return { jwk: { ...publicKey.export({ format: 'jwk' }), kid }, key: privateKey };
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function signed({ jwk, key }: Signer, said: object): string {
  const text = `${part({ alg: 'RS256', kid: jwk['kid'] })}.${part(said)}`;
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
}

function claims(of: object = {}): object {
  return { iss: ISSUER, aud: 'people', sub: 'ada', iat: AT, exp: AT + 600, jti: 'j', ...of };
}

function saidOf(checked: Checked<unknown>): string {
  if (checked.ok) return 'taken';
  return checked.fault.kind === 'bad' ? checked.fault.check : checked.fault.kind;
}

describe('what an issuer publishes and signs', () => {
  const strong = rsa(2_048, 'strong');
  const weak = rsa(1_024, 'weak');
  let folder = '';
  const open = (uses: readonly TokenUse[], of: Partial<IssuerConfig> = {}): Identity =>
    makeIdentity({
      authority: {
        issuers: uses.map((use) => ({
          issuer: ISSUER,
          audience: use,
          for: use,
          keys: { kind: 'file', path: path.join(folder, 'jwks.json') },
          algorithms: ['RS256', 'ES256', 'EdDSA'],
          typ: null,
          azp: null,
          client: null,
          clockSkewMs: 60_000,
          maxTokenAgeMs: 3_600_000,
          replay: 'once',
          freshMs: 600_000,
          staleMs: 3_600_000,
          claims: { email: 'email', groups: 'groups', roles: 'roles' },
          roles: new Map([['ops', 'admin']]),
          principal: 'sub',
          record: ['roles'],
          ...of,
        })),
        workloads: WORKLOADS,
      },
      egress: { request: () => Promise.reject(new Error('no network')) },
      clock: () => NOW,
      monotonicMs: () => 0,
    });
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'published-keys-'));
    const odd = [
      { kty: 'EC', crv: 'P-256', kid: 'no-point' },
      { kty: 'EC', crv: 'P-256', x: 'AA', y: 'BB', kid: 'no-curve-point' },
      { kty: 'OKP', crv: 'Ed25519', x: 'AA', kid: 'short' },
      { kty: 'RSA', n: 5, e: 'AQAB', kid: 'number' },
      { ...strong.jwk, kid: 'signs-only', key_ops: ['sign'] },
      { ...strong.jwk, kid: 'does-both', key_ops: ['sign', 'verify'] },
    ];
    const keys = [weak.jwk, ...odd, strong.jwk];
    await writeFile(path.join(folder, 'jwks.json'), JSON.stringify({ keys }));
  });
  after(() => rm(folder, { recursive: true }));

  test('published keys: a weak or unreadable one is none, and its neighbours are', async () => {
    verifies('authority.verified');
    const identity = open(['people']);
    const said = async (token: string) => saidOf(await identity.callerOf(token));
    assert.equal(await said(signed(weak, claims())), 'key');
    assert.equal(await said(signed(strong, claims())), 'taken');
    const heads = [
      { alg: 'ES256', kid: 'no-point' },
      { alg: 'ES256', kid: 'no-curve-point' },
      { alg: 'EdDSA', kid: 'short' },
      { alg: 'RS256', kid: 'number' },
    ];
    for (const head of heads) {
      assert.equal(await said(`${part(head)}.${part(claims())}.AAAA`), 'key', head.kid);
    }
    const named = (kid: string): Signer => ({ ...strong, jwk: { kid } });
    assert.equal(await said(signed(named('signs-only'), claims())), 'key');
    assert.equal(await said(signed(named('does-both'), claims())), 'taken');
  });

  test('tokens: a workload is no person and no principal, whatever its audience', async () => {
    verifies('authority.verified', 'authority.no-path');
    const identity = open(['people', 'principals', 'workloads']);
    const token = (sub: string, aud: string) =>
      signed(strong, claims({ sub, aud, roles: ['ops'] }));
    const agent = await identity.callerOf(token('refunds-agent', 'workloads'));
    assert.equal(agent.ok && agent.value.kind, 'agent');
    for (const sub of ['refunds-agent', SPIFFE, `${SPIFFE}-2`]) {
      assert.equal(saidOf(await identity.callerOf(token(sub, 'people'))), 'workload', sub);
    }
    for (const sub of ['refunds-agent', SPIFFE]) {
      assert.equal(saidOf(await identity.principalOf(token(sub, 'principals'))), 'workload', sub);
    }
    const ada = await identity.callerOf(token('ada', 'people'));
    assert.deepEqual(ada.ok && ada.value.roles, ['admin']);
  });

  test('tokens: an address in another alphabet is not that of its look-alike', async () => {
    verifies('authority.verified');
    const email = '\u212aim@example.com';
    const token = signed(strong, claims({ email, email_verified: true }));
    const caller = await open(['people']).callerOf(token);
    assert.ok(caller.ok, saidOf(caller));
    assert.equal(caller.value.person?.id, `${ISSUER}|ada`);
  });

  test('tokens: one without a time of issue is remembered for as long as it is taken', async () => {
    verifies('authority.session-binding');
    const identity = open(['principals'], { issuer: 'spiffe://example.com' });
    const sub = 'spiffe://example.com/ada';
    const day = { iss: undefined, iat: undefined, aud: 'principals', sub, exp: AT + 86_400 };
    const proven = await identity.principalOf(signed(strong, claims(day)));
    assert.ok(proven.ok, saidOf(proven));
    assert.equal(proven.value.token.untilMs, NOW + 86_400_000 + 60_000);
  });
});
