import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { type OpenFake, openFake } from '../../testing/open-fake.ts';
import { requestOf } from '../../testing/route-request.ts';
import type { IssuerConfig, WorkloadConfig } from '../config/authority.ts';
import type { Identity } from '../identity/identity.ts';
import type { Checked } from '../identity/token-fault.ts';
import { knownWorkloads } from '../identity/workloads.ts';
import type { Caller } from './caller.ts';
import { ROUTES } from './route-table.ts';

const ID = 'spiffe://example.org/ns/prod/sa/refunds';
const BARE = { scopes: [], grants: [] };

const WORKLOADS: readonly WorkloadConfig[] = [
  { ...BARE, proof: { kind: 'spiffe', id: ID }, kind: 'agent', agents: ['refunds'] },
  { ...BARE, proof: { kind: 'dns', name: 'refunds.local' }, kind: 'agent', agents: ['refunds'] },
  {
    ...BARE,
    proof: { kind: 'token', issuer: 'https://kube', subject: 'system:serviceaccount:prod:refunds' },
    kind: 'agent',
    agents: ['refunds'],
  },
];

const known = knownWorkloads(WORKLOADS);

function tokenOf(issuer: string, subject: string): Checked<Caller> {
  const config: IssuerConfig = {
    issuer,
    audience: 'plumbline',
    for: 'workloads',
    keys: { kind: 'discovery' },
    algorithms: ['ES256'],
    typ: null,
    azp: null,
    client: null,
    clockSkewMs: 0,
    maxTokenAgeMs: 1,
    replay: 'once',
    freshMs: 1,
    staleMs: 1,
    claims: { email: 'email', groups: 'groups', roles: 'roles' },
    roles: new Map([['admin', 'admin']]),
    principal: 'sub',
    record: [],
  };
  const claims = { roles: ['admin'], groups: ['support-lead'], email: 'ada@example.com' };
  return known.ofToken({ issuer: config, subject, claims, issuedAtMs: 0, expiresAtMs: 1 });
}

/** An agent's identity, by each way it can be shown but a key. */
const WAYS: Readonly<Record<string, Checked<Caller | null>>> = {
  'a JWT-SVID': tokenOf('spiffe://example.org', ID),
  'a token of a cluster': tokenOf('https://kube', 'system:serviceaccount:prod:refunds'),
  'a SPIFFE certificate': known.ofCertificate({ kind: 'spiffe', id: ID }),
  'a certificate by name': known.ofCertificate({ kind: 'dns', names: ['refunds.local'] }),
};

/** What no agent may do, whatever shows who it is. */
const NEVER = [
  'openSession',
  'closeSession',
  'addClaims',
  'giveGrant',
  'proposePact',
  'approvePact',
  'rollbackPact',
  'haltAgent',
  'haltAll',
  'resumeAgent',
  'resumeAll',
  'castVote',
  'castVotes',
  'giveSeat',
  'makeApprovalLink',
  'decideGate',
  'addLock',
  'addNodeLock',
  'removeLock',
  'removeNodeLock',
  'addCorrection',
  'closeReview',
  'acceptTool',
  'reportBypasses',
  'promoteStaging',
  'startBreakGlass',
  'reviewBreakGlass',
  'enrolFactor',
  'removeFactor',
  'addCredential',
  'rotateCredential',
  'revokeCredential',
  'addKey',
  'openDecision',
  'rollLog',
  'eraseSubject',
];

function identityOf(caller: Checked<Caller | null>): Identity {
  assert.ok(caller.ok);
  const { value } = caller;
  assert.ok(value !== null);
  return {
    recent: () => undefined,
    callerOf: () => Promise.resolve({ ok: true, value }),
    namesBehind: () => [],
    workloadOf: () => ({ ok: true, value: null }),
    principalOf: () => Promise.reject(new Error('an agent proves no principal')),
  };
}

async function letThrough(fake: OpenFake, auth: string, agent: string): Promise<string[]> {
  const open: string[] = [];
  for (const route of ROUTES) {
    if (route.rights.length === 0 || route.name === 'getLogFile') continue;
    const { status, json } = await fake.ask({ ...requestOf(route, agent), auth });
    if (status === 403 || (status === 404 && json['code'] === 'unknown-agent')) continue;
    open.push(route.name);
  }
  return open;
}

for (const [way, caller] of Object.entries(WAYS)) {
  test(`authority: an agent known by ${way} may what its key may, and nothing else`, async () => {
    verifies('authority.session-binding', 'authority.verified');
    const fake = await openFake({ services: { identity: identityOf(caller) } });
    try {
      const key = fake.key({ kind: 'agent', agents: ['refunds'] });
      const byKey = await letThrough(fake, key, 'refunds');
      assert.deepEqual(await letThrough(fake, 'Bearer a.b.c', 'refunds'), byKey);
      assert.deepEqual(
        byKey.filter((name) => NEVER.includes(name)),
        [],
      );
      assert.ok(byKey.includes('decideAction'));
      const elsewhere = await letThrough(fake, 'Bearer a.b.c', 'mail');
      assert.deepEqual(elsewhere, await letThrough(fake, key, 'mail'));
      // What spans agents and takes `act`, as the evaluation of the standard, decides by itself.
      assert.deepEqual(
        elsewhere.filter((name) => !name.startsWith('evaluate')),
        [],
      );
    } finally {
      await fake.close();
    }
  });
}

test('authority: what no agent may do is spelt like the routes are', () => {
  const names = ROUTES.map(({ name }) => name);
  assert.deepEqual(
    NEVER.filter((name) => !names.includes(name)),
    [],
  );
});
