import assert from 'node:assert/strict';
import { createHmac, createPublicKey } from 'node:crypto';
import { after, before, describe, test } from 'node:test';

import { verifies } from '@plumbline/testkit';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

import { type OidcScene, openOidcScene } from '../../testing/oidc-scene.ts';
import type { IssuerConfig } from '../config/authority.ts';
import { parseNetwork } from '../egress/address.ts';
import { makeEgress } from '../egress/egress.ts';
import { type Identity, makeIdentity } from './identity.ts';
import type { Checked } from './token-fault.ts';

const ISSUER: Omit<IssuerConfig, 'issuer' | 'audience'> = {
  for: 'people',
  keys: { kind: 'discovery' },
  algorithms: ['RS256', 'ES256', 'EdDSA'],
  typ: null,
  azp: null,
  client: null,
  clockSkewMs: 60_000,
  maxTokenAgeMs: 86_400_000,
  replay: 'once',
  freshMs: 600_000,
  staleMs: 3_600_000,
  claims: { email: 'email', groups: 'groups', roles: 'roles' },
  roles: new Map([['pl-ops', 'operator']]),
  principal: 'email',
  record: ['roles', 'acr'],
};

const ADA = {
  sub: 'ada-1',
  email: 'Ada@example.com',
  email_verified: true,
  groups: ['support-lead', 'no group'],
  roles: ['pl-ops', 'pl-unknown'],
};

describe('tokens', () => {
  let scene: OidcScene;
  const loopback = parseNetwork('127.0.0.0/8');
  const egress = makeEgress({ allowed: loopback === undefined ? [] : [loopback] });
  const time = { now: 0, monotonic: 0 };
  const open = (...issuers: Partial<IssuerConfig>[]): Identity =>
    makeIdentity({
      authority: {
        issuers: issuers.map((each) => ({
          ...ISSUER,
          issuer: scene.issuer,
          audience: 'RS256',
          ...each,
        })),
        workloads: [],
      },
      egress,
      clock: () => time.now,
      monotonicMs: () => time.monotonic,
    });
  before(async () => {
    scene = await openOidcScene();
    time.now = Date.now();
  });
  after(async () => {
    await egress.close();
    await scene.close();
  });
  const claims = (of: object = {}): Record<string, unknown> => {
    const iat = Math.floor(time.now / 1000);
    return { iss: scene.issuer, aud: 'RS256', sub: 'ada-1', iat, exp: iat + 600, ...of };
  };
  const check = async (token: string, ...issuers: Partial<IssuerConfig>[]) =>
    saidOf(await open(...(issuers.length === 0 ? [{}] : issuers)).callerOf(token));

  test('tokens: whoever signs in at a real provider is a person of mapped roles', async () => {
    verifies('authority.verified');
    for (const client of ['RS256', 'ES256', 'EdDSA'] as const) {
      const token = await scene.signIn(ADA, client);
      const caller = await open({ audience: client }).callerOf(token);
      assert.ok(caller.ok, saidOf(caller));
      const { id, kind, roles, person } = caller.value;
      assert.match(id, /^oidc_[0-9a-f]{16}$/);
      assert.equal(kind, 'person');
      assert.deepEqual(roles, ['operator']);
      assert.deepEqual(person, {
        id: 'ada@example.com',
        email: 'ada@example.com',
        groups: ['support-lead'],
        names: ['ada-1', 'Ada@example.com'],
      });
    }
  });

  test('tokens: an address the issuer did not verify names nobody', async () => {
    verifies('authority.verified');
    const token = await scene.signIn({ ...ADA, sub: 'eve', email_verified: false });
    const caller = await open({}).callerOf(token);
    assert.ok(caller.ok);
    assert.equal(caller.value.person?.email, null);
    assert.equal(caller.value.person?.id, `${scene.issuer}|eve`);
  });

  test('tokens: an address that holds what nobody sees names nobody', async () => {
    const email = 'ada\u202e@example.com';
    const caller = await open({}).callerOf(await scene.signIn({ ...ADA, sub: 'mal', email }));
    assert.ok(caller.ok);
    assert.equal(caller.value.person?.email, null);
  });

  test('tokens: without a mapped role there are no roles', async () => {
    verifies('authority.verified');
    const token = await scene.signIn({ ...ADA, roles: ['admin', 'approver'] });
    const caller = await open({}).callerOf(token);
    assert.deepEqual(caller.ok && caller.value.roles, []);
  });

  test('tokens: what is not signed with a key pair is refused', async () => {
    verifies('authority.verified');
    const none = `${part({ alg: 'none' })}.${part(claims())}.`;
    assert.equal(await check(none), 'malformed');
    assert.equal(await check(`${none}AA`), 'algorithm');
    const signed = await scene.sign(claims());
    assert.equal(await check(`${signed.split('.').slice(0, 2).join('.')}.AA`), 'signature');
    assert.equal(await check(signed.replace(/^[^.]+/, part({ alg: 'nOnE' }))), 'algorithm');
  });

  test('tokens: a public key is no shared secret', async () => {
    verifies('authority.verified');
    const [rsa = {}] = scene.keys();
    const key = createPublicKey({ key: rsa, format: 'jwk' });
    for (const alg of ['HS256', 'HS512']) {
      const head = `${part({ alg, kid: rsa.kid })}.${part(claims())}`;
      for (const secret of [
        key.export({ type: 'spki', format: 'pem' }),
        key.export({ type: 'spki', format: 'der' }),
        key.export({ type: 'pkcs1', format: 'pem' }),
      ]) {
        const hash = alg === 'HS256' ? 'sha256' : 'sha512';
        const mac = createHmac(hash, secret).update(head).digest('base64url');
        assert.equal(await check(`${head}.${mac}`), 'algorithm');
      }
    }
  });

  test('tokens: an algorithm of another key, or not a configured one, is refused', async () => {
    verifies('authority.verified');
    const es = await scene.sign(claims(), { alg: 'ES256' });
    assert.equal(await check(es, { algorithms: ['RS256'] }), 'algorithm');
    const [rsa = {}] = scene.keys();
    assert.equal(await check(await scene.sign(claims(), { alg: 'ES256', kid: rsa.kid })), 'key');
  });

  test('tokens: what a token says of its own key is not looked at', async () => {
    verifies('authority.verified');
    const own = await generateKeyPair('RS256', { extractable: true });
    const jwk = { ...(await exportJWK(own.publicKey)), kid: 'mine' };
    const [rsa = {}] = scene.keys();
    const places = {
      jwk,
      jku: 'http://127.0.0.1:1/jwks',
      x5u: 'http://127.0.0.1:1/x',
      x5c: ['AA=='],
    };
    const forged = (kid: string) =>
      new SignJWT(claims())
        .setProtectedHeader({ alg: 'RS256', kid, ...places })
        .sign(own.privateKey);
    assert.equal(await check(await forged('mine')), 'key');
    assert.equal(await check(await forged(rsa.kid ?? '')), 'signature');
    for (const kid of ['../../etc/passwd', "' OR 1=1 --", 'http://127.0.0.1:1/k', '__proto__']) {
      assert.equal(await check(await forged(kid)), 'key', kid);
    }
    assert.equal(await check(await scene.sign(claims(), places)), 'taken');
  });

  test('tokens: issuer and audience are exact', async () => {
    verifies('authority.verified');
    const said = async (of: object, ...issuers: Partial<IssuerConfig>[]) =>
      check(await scene.sign(claims(of)), ...issuers);
    assert.equal(await said({}), 'taken');
    assert.equal(await said({ iss: `${scene.issuer}/` }), 'issuer');
    assert.equal(await said({ iss: [scene.issuer] }), 'issuer');
    assert.equal(await said({ iss: undefined }), 'issuer');
    assert.equal(await said({ aud: 'another' }), 'audience');
    assert.equal(await said({ aud: 'rs256' }), 'audience');
    assert.equal(await said({ aud: undefined }), 'audience');
    assert.equal(await said({ aud: [] }), 'audience');
    assert.equal(await said({}, { for: 'principals' }), 'audience');
    const two = { aud: ['RS256', 'another'] };
    assert.equal(await said(two), 'authorized-party');
    assert.equal(await said({ ...two, azp: 'front' }, { azp: 'front' }), 'taken');
    assert.equal(await said({ ...two, azp: 'other' }, { azp: 'front' }), 'authorized-party');
    const both = { aud: ['RS256', 'ES256'], azp: 'front' };
    assert.equal(await said(both, {}, { audience: 'ES256' }), 'audience');
  });

  test('tokens: times are held to, with a bounded skew', async () => {
    verifies('authority.verified');
    const at = Math.floor(time.now / 1000);
    const said = async (of: object) => check(await scene.sign(claims(of)));
    assert.equal(await said({ exp: at - 59 }), 'taken');
    assert.equal(await said({ exp: at - 60 }), 'expired');
    assert.equal(await said({ exp: undefined }), 'claims');
    assert.equal(await said({ exp: 'never' }), 'claims');
    assert.equal(await said({ nbf: at + 60 }), 'taken');
    assert.equal(await said({ nbf: at + 62 }), 'not-yet-valid');
    assert.equal(await said({ iat: at + 62 }), 'not-yet-valid');
    assert.equal(await said({ iat: undefined }), 'claims');
    assert.equal(await said({ iat: at - 86_400 - 62 }), 'too-old');
    assert.equal(await said({ exp: 1e300 }), 'claims');
  });

  test('tokens: what is too large, doubled or asks for more is refused', async () => {
    verifies('authority.verified');
    assert.equal(await check(await scene.sign(claims({ pad: 'x'.repeat(20_000) }))), 'too-large');
    const [head = '', , mark = ''] = (await scene.sign(claims())).split('.');
    const twice = `{"aud":"other",${JSON.stringify(claims()).slice(1)}`;
    assert.equal(
      await check(`${head}.${Buffer.from(twice).toString('base64url')}.${mark}`),
      'malformed',
    );
    const heads = Buffer.from('{"alg":"RS256","alg":"none"}').toString('base64url');
    assert.equal(await check(`${heads}.${part(claims())}.${mark}`), 'malformed');
    assert.equal(
      await check(`${part({ alg: 'RS256', crit: ['exp'] })}.${part(claims())}.AA`),
      'critical-header',
    );
    assert.equal(await check(await scene.sign(claims({ sub: '' }))), 'subject');
    assert.equal(await check(await scene.sign(claims({ sub: 7 }))), 'subject');
    const typ = { typ: 'at+jwt' };
    assert.equal(await check(await scene.sign(claims()), typ), 'type');
    assert.equal(await check(await scene.sign(claims(), typ), typ), 'taken');
    assert.equal(await check('a.b'), 'malformed');
  });

  test('tokens: a key that is new is fetched, and one that went is not taken', async () => {
    verifies('authority.verified');
    const identity = open({});
    const old = await scene.sign(claims());
    const said = async (token: string) => saidOf(await identity.callerOf(token));
    assert.equal(await said(old), 'taken');
    await scene.rotate();
    const fresh = await scene.sign(claims());
    const times = scene.asked();
    // Nobody asks again within 30 seconds, whatever key is named.
    assert.equal(await said(fresh), 'key');
    assert.equal(scene.asked(), times);
    time.monotonic += 30_000;
    assert.deepEqual(await Promise.all([said(fresh), said(fresh)]), ['taken', 'taken']);
    assert.equal(scene.asked(), times + 1);
    assert.equal(await said(old), 'key');
    for (let tries = 0; tries < 5; tries += 1) {
      await said(await scene.sign(claims(), { kid: `none-${tries}` }));
    }
    assert.equal(scene.asked(), times + 1);
  });

  test('tokens: an issuer that does not answer is outlived by its keys, for so long', async () => {
    verifies('authority.verified');
    const identity = open({});
    const said = async () => saidOf(await identity.callerOf(await scene.sign(claims())));
    scene.turn('off');
    assert.equal(await said(), 'unavailable');
    scene.turn('on');
    assert.equal(await said(), 'unavailable');
    time.monotonic += 2_000;
    assert.equal(await said(), 'taken');
    scene.turn('off');
    time.monotonic += 3_599_999;
    assert.equal(await said(), 'taken');
    time.monotonic += 1;
    assert.equal(await said(), 'unavailable');
    scene.turn('on');
    time.monotonic += 2_000;
    assert.equal(await said(), 'taken');
  });

  test('tokens: what was taken is known for 30 seconds, and never past its end', async () => {
    verifies('authority.verified');
    const identity = open({});
    const exp = Math.floor(time.now / 1000) + 10;
    const token = await scene.sign(claims({ exp }));
    assert.equal(identity.recent(token), undefined);
    assert.equal(saidOf(await identity.callerOf(token)), 'taken');
    assert.equal(identity.recent(token)?.kind, 'person');
    time.now += 11_000;
    assert.equal(identity.recent(token), undefined);
    const long = await scene.sign(claims());
    assert.equal(saidOf(await identity.callerOf(long)), 'taken');
    // A clock that is set back lets nobody in for longer.
    time.monotonic += 30_000;
    time.now -= 3_600_000;
    assert.equal(identity.recent(long), undefined);
    time.now += 3_600_000;
  });

  test("tokens: a principal's token proves who and what, and tells itself apart", async () => {
    verifies('authority.verified', 'authority.session-binding');
    const identity = open({ for: 'principals' });
    const at = Math.floor(time.now / 1000);
    const said = { email: 'Ada@example.com', email_verified: true, roles: ['crm-export'] };
    const proven = await identity.principalOf(
      await scene.sign(claims({ ...said, auth_time: at - 100, jti: 'j-1', exp: at + 600 })),
    );
    assert.ok(proven.ok, saidOf(proven));
    const { principal, token, claims: found } = proven.value;
    assert.equal(principal, 'ada@example.com');
    assert.match(token.digest, /^[0-9a-f]{32}$/);
    assert.equal(token.untilMs, (at + 600) * 1000 + 60_000);
    assert.deepEqual(found, [
      {
        id: `oidc_${token.digest}_0`,
        name: 'roles',
        values: ['crm-export'],
        mechanism: 'oidc',
        verifiedAtMs: (at - 100) * 1000,
        expiresAtMs: (at + 600) * 1000,
      },
    ]);
    const again = await identity.principalOf(await scene.sign(claims({ ...said, jti: 'j-1' })));
    assert.equal(again.ok && again.value.token.digest, token.digest);
    assert.equal(saidOf(await identity.principalOf(await scene.sign(claims()))), 'email');
    assert.equal(saidOf(await open({}).principalOf(await scene.sign(claims(said)))), 'audience');
  });
});

function saidOf(checked: Checked<unknown>): string {
  if (checked.ok) return 'taken';
  return checked.fault.kind === 'bad' ? checked.fault.check : checked.fault.kind;
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
