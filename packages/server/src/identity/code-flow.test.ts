import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { type OidcScene, openOidcScene } from '../../testing/oidc-scene.ts';
import type { IssuerConfig } from '../config/authority.ts';
import { makeEgress } from '../egress/egress.ts';
import { parseNetwork } from '../egress/address.ts';
import { type CodeFlow, makeCodeFlow } from './code-flow.ts';
import { makeIdentity } from './identity.ts';

const EMMA = { sub: 'emma', email: 'emma@example.com', email_verified: true, roles: ['ops'] };
const BACK = 'http://127.0.0.1/console/oidc/back';

describe('signing in with an issuer', () => {
  let provider: OidcScene;
  const egress = makeEgress({
    allowed: [parseNetwork('127.0.0.0/8')].flatMap((each) => each ?? []),
  });
  before(async () => {
    provider = await openOidcScene();
  });
  after(async () => {
    await egress.close();
    await provider.close();
  });

  const flowOf = (of: Partial<IssuerConfig> = {}, secret = 'a-secret-of-the-test'): CodeFlow => {
    const issuer: IssuerConfig = {
      issuer: provider.issuer,
      audience: 'RS256',
      for: 'people',
      keys: { kind: 'discovery' },
      algorithms: ['RS256'],
      typ: null,
      azp: null,
      client: {
        name: null,
        secret: { kind: 'credential', name: 'oidc' },
        scopes: ['openid'],
      },
      clockSkewMs: 60_000,
      maxTokenAgeMs: 60_000,
      replay: 'once',
      freshMs: 600_000,
      staleMs: 600_000,
      claims: { email: 'email', groups: 'groups', roles: 'roles' },
      roles: new Map([['ops', 'operator']]),
      principal: 'email',
      record: [],
      ...of,
    };
    const authority = { issuers: [issuer], workloads: [] };
    const clocks = { clock: Date.now, monotonicMs: () => performance.now() };
    const identity = makeIdentity({ authority, egress, ...clocks });
    const secretOf = () => ({ ok: true as const, secret });
    return makeCodeFlow({ issuers: [issuer], identity, egress, clock: Date.now, secretOf });
  };

  const begin = async (flow: CodeFlow) => {
    const begun = await flow.begin({
      issuer: flow.issuers[0]?.id ?? '',
      back: BACK,
      to: '/console/agents',
    });
    assert.ok(begun.ok, begun.ok ? '' : begun.why);
    return begun.value;
  };

  test('code flow: whoever signs in there is whom the ID token names, with its roles', async () => {
    verifies('authority.verified');
    const flow = flowOf();
    const { place, sealed } = await begin(flow);
    const asked = new URL(place).searchParams;
    assert.equal(asked.get('code_challenge_method'), 'S256');
    assert.ok((asked.get('state') ?? '').length > 20 && (asked.get('nonce') ?? '').length > 20);
    assert.ok(!sealed.includes(asked.get('state') ?? ''));
    const url = await provider.visit(EMMA, place);
    const ended = await flow.end({ url, sealed });
    assert.ok(ended.ok, ended.ok ? '' : ended.why);
    const { caller, to } = ended.value;
    assert.equal(to, '/console/agents');
    assert.deepEqual([caller.person?.email, caller.roles], ['emma@example.com', ['operator']]);
    const again = await flow.end({ url, sealed });
    assert.equal(again.ok, false, 'a code is used once');
  });

  test('code flow: what was not begun in this browser is not ended in it', async () => {
    const flow = flowOf();
    const [own, other] = [await begin(flow), await begin(flow)];
    const url = await provider.visit(EMMA, own.place);
    for (const sealed of ['', 'A'.repeat(60), other.sealed]) {
      const ended = await flow.end({ url, sealed });
      assert.equal(ended.ok, false, sealed);
    }
  });

  test('code flow: a wrong secret, and an issuer that is away, sign nobody in', async () => {
    const flow = flowOf({}, 'a wrong secret');
    const { place, sealed } = await begin(flow);
    const url = await provider.visit(EMMA, place);
    const wrong = await flow.end({ url, sealed });
    assert.deepEqual(wrong.ok || [wrong.problem, wrong.to], ['issuer-refused', '/console/agents']);
    assert.ok(!wrong.ok && !wrong.why.includes('a wrong secret'));
    const unknown = await flow.begin({ issuer: 'x', back: BACK, to: '/' });
    assert.equal(unknown.ok, false);
  });

  test('code flow: who turned away at the issuer is told that', async () => {
    const flow = flowOf();
    const { place, sealed } = await begin(flow);
    const state = new URL(place).searchParams.get('state') ?? '';
    for (const [error, problem] of [
      ['access_denied', 'declined'],
      ['server_error', 'issuer-refused'],
    ] as const) {
      const query = new URLSearchParams({ error, state, iss: provider.issuer });
      const url = new URL(`${BACK}?${query.toString()}`);
      const ended = await flow.end({ url, sealed });
      assert.equal(ended.ok ? null : ended.problem, problem);
    }
  });

  test('code flow: an issuer that was away is asked at once, ten times a minute', async () => {
    const flow = flowOf();
    const press = () =>
      flow.begin({ issuer: flow.issuers[0]?.id ?? '', back: BACK, to: '/console/' });
    provider.turn('off');
    const away = await press();
    provider.turn('on');
    assert.equal(away.ok ? null : away.problem, 'issuer-away');
    assert.equal((await press()).ok, true);
    const other = flowOf();
    const again = () =>
      other.begin({ issuer: flow.issuers[0]?.id ?? '', back: BACK, to: '/console/' });
    provider.turn('off');
    for (let each = 0; each < 10; each += 1) assert.equal((await again()).ok, false);
    provider.turn('on');
    const late = await again();
    assert.equal(late.ok ? null : late.problem, 'issuer-away');
  });
});
