import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { fakeApi } from '../../../testing/fake-api.ts';
import { type OpenFake, openFake } from '../../../testing/open-fake.ts';

const COOKIE = 'c'.repeat(43);
const KEPT = 'Path=/; Max-Age=43200; HttpOnly; SameSite=Strict';
const ADMIN = {
  id: '0123456789abcdef',
  kind: 'person' as const,
  roles: ['admin' as const],
  scopes: [],
  agents: null,
  person: { id: 'ada', email: null, groups: [] },
  signIn: 'sgn_1',
};

describe('the console', () => {
  let fake: OpenFake;
  let origin: string;
  const signIns = {
    ...fakeApi().api.services.signIns,
    callerOf: (cookie: string) => (cookie === COOKIE ? ADMIN : undefined),
  };
  before(async () => {
    fake = await openFake({ services: { signIns } });
    origin = `http://127.0.0.1:${fake.port}`;
  });
  after(() => fake.close());

  const cookie = { cookie: `a=b; plumbline-console=${COOKIE}` };
  const page = { 'x-plumbline-console': '1', 'sec-fetch-site': 'same-origin' };
  const addAgent = (headers: Record<string, string>) =>
    fake.ask({ method: 'POST', path: '/api/v1/agents', body: { agent: 'a' }, headers });

  test('console: with the cookie a route answers as for the key', async () => {
    const { status } = await fake.ask({ path: '/api/v1/agents', headers: cookie });
    assert.equal(status, 200);
    assert.equal((await addAgent({ ...cookie, ...page })).status, 201);
    assert.equal((await addAgent({ ...cookie, origin, 'x-plumbline-console': '1' })).status, 201);
  });

  test('console: a cookie that is good no more is like none', async () => {
    const headers = { cookie: `plumbline-console=${'d'.repeat(43)}` };
    const { status, json } = await fake.ask({ path: '/api/v1/agents', headers });
    assert.deepEqual([status, json['code']], [401, 'no-key']);
  });

  test('console: a cookie counts for nothing beside a key that is wrong', async () => {
    const auth = `Bearer plk_${'0'.repeat(16)}_${'0'.repeat(64)}`;
    const { json } = await fake.ask({ path: '/api/v1/agents', auth, headers: cookie });
    assert.equal(json['code'], 'bad-key');
  });

  test('console: what another page sends with the cookie is refused', async () => {
    const foreign: readonly Record<string, string>[] = [
      {},
      { 'x-plumbline-console': '1' },
      { 'sec-fetch-site': 'same-origin' },
      { ...page, 'sec-fetch-site': 'cross-site' },
      { ...page, 'sec-fetch-site': 'same-site' },
      { ...page, 'sec-fetch-site': 'none' },
      { ...page, origin: 'https://evil.example' },
      { ...page, origin: 'null' },
      { ...page, 'x-plumbline-console': '0' },
    ];
    for (const headers of foreign) {
      const { status, json } = await addAgent({ ...cookie, ...headers });
      assert.deepEqual([status, json['code']], [403, 'bad-origin'], JSON.stringify(headers));
    }
    const read = await fake.ask({
      path: '/api/v1/agents',
      headers: { ...cookie, 'sec-fetch-site': 'cross-site' },
    });
    assert.equal(read.json['code'], 'bad-origin');
  });

  test('console: a name that was rebound to the daemon is refused', async () => {
    const headers = { ...cookie, ...page, host: 'evil.example' };
    assert.equal((await addAgent(headers)).json['code'], 'bad-host');
  });

  test('console: signing in gives a cookie no script and no other page can use', async () => {
    const body = { way: 'key', key: 'plk_…' };
    const signed = await fake.ask({ method: 'POST', path: '/console/session', body });
    assert.equal(signed.status, 201);
    assert.deepEqual(signed.headers['set-cookie'], [`plumbline-console=${COOKIE}; ${KEPT}`]);
    assert.equal(signed.headers['cache-control'], 'no-store');
    assert.ok(!signed.text.includes(COOKIE));
    const headers = { 'sec-fetch-site': 'cross-site' };
    const foreign = await fake.ask({ method: 'POST', path: '/console/session', body, headers });
    assert.equal(foreign.json['code'], 'bad-origin');
  });

  test('console: behind TLS the cookie is of this host alone', async () => {
    const listen = { ...fake.api.settings.listen, isBehindProxy: true };
    const secure = await openFake({ services: { signIns }, settings: { listen } });
    const body = { way: 'key', key: 'plk_…' };
    const signed = await secure.ask({ method: 'POST', path: '/console/session', body });
    assert.deepEqual(signed.headers['set-cookie'], [
      `__Host-plumbline-console=${COOKIE}; ${KEPT}; Secure`,
    ]);
    const ask = async (headers: Record<string, string>) =>
      (await secure.ask({ path: '/api/v1/agents', headers })).status;
    assert.equal(await ask(cookie), 401);
    assert.equal(await ask({ cookie: `__Host-plumbline-console=${COOKIE}` }), 200);
    await secure.close();
  });

  test('console: signing out takes the cookie away, and takes no other page', async () => {
    const out = (headers: Record<string, string>) =>
      fake.ask({ method: 'DELETE', path: '/console/session', headers });
    assert.equal((await out(cookie)).json['code'], 'bad-origin');
    const done = await out({ ...cookie, ...page });
    assert.deepEqual(done.json, { signedOut: true });
    assert.deepEqual(done.headers['set-cookie'], [
      'plumbline-console=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict',
    ]);
  });

  test('console: who tries too many keys is not told any more what was wrong', async () => {
    const refused = { ok: false as const, error: { code: 'bad-key' as const, message: 'no' } };
    const wrong = { ...signIns, signIn: () => Promise.resolve(refused) };
    const limits = { ...fake.api.settings.limits, badKeysPerMinute: 2 };
    const strict = await openFake({ services: { signIns: wrong }, settings: { limits } });
    const body = { way: 'link', link: 'x' };
    const codes = [];
    for (let each = 0; each < 3; each += 1) {
      const { json } = await strict.ask({ method: 'POST', path: '/console/session', body });
      codes.push(json['code']);
    }
    assert.deepEqual(codes, ['bad-key', 'bad-key', 'rate-limited']);
    assert.deepEqual(strict.refused, ['bad-sign-in', 'bad-sign-in', 'bad-sign-in']);
    await strict.close();
  });

  test('console: who has to wait is told how long', async () => {
    const error = { code: 'bad-proof' as const, message: 'too many', retryAfterSeconds: 900 };
    const locked = { ...signIns, signIn: () => Promise.resolve({ ok: false as const, error }) };
    const limits = { ...fake.api.settings.limits, badKeysPerMinute: 1 };
    const open = await openFake({ services: { signIns: locked }, settings: { limits } });
    const body = { way: 'key', key: 'plk_…' };
    const tries = [
      await open.ask({ method: 'POST', path: '/console/session', body }),
      await open.ask({ method: 'POST', path: '/console/session', body }),
    ];
    assert.deepEqual(
      tries.map(({ status, json }) => [status, json['code']]),
      [
        [403, 'bad-proof'],
        [429, 'rate-limited'],
      ],
    );
    assert.equal(tries[0]?.headers['retry-after'], '900');
    assert.match(String(tries[1]?.headers['retry-after']), /^[1-5]?[0-9]$|^60$/);
    await open.close();
  });

  test('console: an issuer sends a browser back to pages of the console alone', async () => {
    const begun = await fake.ask({ path: '/console/oidc/0123456789ab?to=/console/agents/x' });
    assert.deepEqual([begun.status, begun.headers['location']], [302, 'https://login.example/']);
    assert.deepEqual(begun.headers['set-cookie'], [
      'plumbline-flow=s; Path=/; Max-Age=600; HttpOnly; SameSite=Lax',
    ]);
    const deep = '/console/evidence?q=tool%3Arefund+verdict:deny&at=(1)';
    const fine = `/console/oidc/0123456789ab?to=${encodeURIComponent(deep)}`;
    assert.equal((await fake.ask({ path: fine })).status, 302);
    const strays = [
      '/console/../log',
      '/console/a/%2E%2e/x',
      '/console/..',
      '/console/oidc/a?to=b',
    ];
    const others = ['https://evil.example/', '//evil.example', '/console//evil.example', '/x'];
    for (const to of [...others, ...strays, '/console/\\\\evil', '/console/\r\nx: y']) {
      const path = `/console/oidc/0123456789ab?to=${encodeURIComponent(to)}`;
      assert.equal((await fake.ask({ path })).status, 400, to);
    }
    const ended = await fake.ask({ path: '/console/oidc/back?code=c&state=s' });
    assert.deepEqual([ended.status, ended.headers['location']], [302, '/console/agents']);
    assert.deepEqual(ended.headers['set-cookie'], [
      'plumbline-flow=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax',
      `plumbline-console=${COOKIE}; ${KEPT}`,
    ]);
  });

  test('console: who could not sign in with an issuer is told so on the page', async () => {
    const failed = { ok: false as const, problem: 'no-role' as const, why: 'none' };
    const gone = { ok: false as const, problem: 'issuer-away' as const, why: 'refused' };
    const to = '/console/halts';
    const refusing = {
      ...signIns,
      begin: () => Promise.resolve(gone),
      end: () => Promise.resolve({ ...failed, to }),
    };
    const strict = await openFake({ services: { signIns: refusing } });
    const { headers } = await strict.ask({ path: '/console/oidc/back?error=access_denied' });
    assert.equal(headers['location'], '/console/halts#problem=no-role');
    assert.equal(headers['set-cookie']?.length, 1);
    const begun = await strict.ask({ path: '/console/oidc/0123456789ab?to=/console/halts' });
    assert.equal(begun.headers['location'], '/console/halts#problem=issuer-away');
    await strict.close();
  });

  test('console: another page begins no signing in with an issuer by itself', async () => {
    for (const site of ['cross-site', 'same-site']) {
      const begun = await fake.ask({
        path: '/console/oidc/0123456789ab?to=/console/halts',
        headers: { 'sec-fetch-site': site },
      });
      assert.deepEqual([begun.status, begun.headers['location']], [302, '/console/halts']);
      assert.equal(begun.headers['set-cookie'], undefined);
    }
    const own = { path: '/console/oidc/0123456789ab', headers: { 'sec-fetch-site': 'none' } };
    assert.equal((await fake.ask(own)).headers['location'], 'https://login.example/');
  });

  test('console: a page that others led to asks before it takes a link', async () => {
    const led = async (headers: Record<string, string>, path = '/console/sign-in') => {
      const { status, headers: said } = await fake.ask({ path, headers });
      return status === 302 ? said['location'] : status;
    };
    assert.equal(await led({}), 200);
    assert.equal(await led({ 'sec-fetch-site': 'none' }), 200);
    assert.equal(await led({ 'sec-fetch-site': 'same-origin' }), 200);
    assert.equal(await led({ 'sec-fetch-site': 'cross-site' }), '/console/sign-in?led');
    assert.equal(await led({ 'sec-fetch-site': 'same-site' }), '/console/sign-in?led');
    assert.equal(await led({ 'sec-fetch-site': 'cross-site' }, '/console/sign-in?led'), 200);
    assert.equal(await led({ 'sec-fetch-site': 'cross-site' }, '/console/halts'), 200);
  });

  test('console: of several cookies of its name the good one counts', async () => {
    const bad = `plumbline-console=${'d'.repeat(43)}`;
    const good = `plumbline-console=${COOKIE}`;
    const ask = async (text: string) =>
      (await fake.ask({ path: '/api/v1/agents', headers: { cookie: text } })).status;
    assert.equal(await ask(`${bad}; ${good}`), 200);
    assert.equal(await ask(`${good}; ${bad}`), 200);
    assert.equal(await ask(`plumbline-console=x; ${bad}; ${good}`), 200);
    const many = Array.from(
      { length: 32 },
      (_, each) => `plumbline-console=${String(each).padStart(43, 'd')}; `,
    );
    assert.equal(await ask(`${many.join('')}${good}`), 401, 'a bounded number is looked at');
  });

  test('console: two cookies that are good for different people are good for nobody', async () => {
    const [eve, other] = ['e'.repeat(43), 'f'.repeat(43)];
    const callers = new Map([
      [COOKIE, ADMIN],
      [other, { ...ADMIN, signIn: 'sgn_2' }],
      [eve, { ...ADMIN, signIn: 'sgn_3', person: { id: 'eve', email: null, groups: [] } }],
    ]);
    const several = { ...signIns, callerOf: (value: string) => callers.get(value) };
    const open = await openFake({ services: { signIns: several } });
    const ask = async (values: readonly string[], more: Record<string, string> = {}) => {
      const text = values.map((value) => `plumbline-console=${value}`).join('; ');
      return (await open.ask({ path: '/api/v1/agents', headers: { cookie: text, ...more } }))
        .status;
    };
    assert.equal(await ask([COOKIE, other]), 200);
    assert.equal(await ask([eve, COOKIE]), 401);
    assert.equal(await ask([eve, COOKIE], { 'x-plumbline-sign-in': 'sgn_1' }), 200);
    await open.close();
  });

  test('console: a page that shows one person never asks as another', async () => {
    const ask = async (signIn: string) => {
      const headers = { ...cookie, 'x-plumbline-sign-in': signIn };
      return (await fake.ask({ path: '/api/v1/agents', headers })).json['code'];
    };
    assert.equal(await ask('sgn_1'), undefined);
    assert.equal(await ask('sgn_2'), 'no-key');
  });

  test('console: only what changes something, or says so, counts as use', async () => {
    const used: string[] = [];
    const counted = { ...signIns, use: (id: string) => void used.push(id) };
    const open = await openFake({ services: { signIns: counted } });
    await open.ask({ path: '/api/v1/agents', headers: cookie });
    await open.ask({ path: '/console/session', headers: cookie });
    assert.deepEqual(used, []);
    const own = { ...cookie, ...page };
    const body = { agent: 'a' };
    await open.ask({ method: 'POST', path: '/api/v1/agents', body, headers: own });
    assert.deepEqual(used, ['sgn_1']);
    const path = '/console/session/use';
    assert.equal((await open.ask({ method: 'POST', path, headers: own })).status, 200);
    assert.deepEqual(used, ['sgn_1', 'sgn_1']);
    const foreign = await open.ask({ method: 'POST', path, headers: cookie });
    assert.equal(foreign.json['code'], 'bad-origin');
    await open.close();
  });

  test('console: roles that were taken in an emergency are shown while they last', async () => {
    const found = fakeApi().api.services.signIns;
    const shown = await found.signIn({
      with: { way: 'key', key: 'k', proof: undefined },
      purpose: { path: '', body: {} },
      browser: null,
      address: '',
    });
    assert.ok(shown.ok);
    const { breakGlass } = fakeApi().api.services;
    const open = await openFake({
      services: {
        signIns: { ...signIns, find: () => shown.value.shown },
        breakGlass: {
          ...breakGlass,
          lift: (caller) => ({ ...caller, roles: [...caller.roles, 'approver'] }),
        },
      },
    });
    const { json } = await open.ask({ path: '/console/session', headers: cookie });
    assert.deepEqual(json['roles'], ['admin', 'approver']);
    await open.close();
  });

  test('console: signing in ends what the browser was signed in with before', async () => {
    const ended: (readonly string[])[] = [];
    const replacing = {
      ...signIns,
      replace: (cookies: readonly string[]) => Promise.resolve(void ended.push(cookies)),
    };
    const open = await openFake({ services: { signIns: replacing } });
    const body = { way: 'key', key: 'plk_…' };
    await open.ask({ method: 'POST', path: '/console/session', body, headers: cookie });
    assert.deepEqual(ended, [[COOKIE]]);
    await open.close();
  });

  test('console: a link says whose it is on the own page alone, wrong ones count', async () => {
    const path = '/console/links/owner';
    const body = { link: 't' };
    const said = await fake.ask({ method: 'POST', path, body });
    assert.deepEqual(said.json, { person: 'ada@example.com', name: 'ada', expiresAtMs: 1 });
    const headers = { 'sec-fetch-site': 'cross-site' };
    const foreign = await fake.ask({ method: 'POST', path, body, headers });
    assert.equal(foreign.json['code'], 'bad-origin');
    const refused = { ok: false as const, error: { code: 'bad-key' as const, message: 'no' } };
    const open = await openFake({ services: { signIns: { ...signIns, ownerOf: () => refused } } });
    await open.ask({ method: 'POST', path, body });
    assert.deepEqual(open.refused, ['bad-sign-in']);
    await open.close();
  });

  test('console: deep links get the page, hashed files never do', async () => {
    for (const path of ['/console/', '/console/rooms/a.b', '/console/agents/x/pact?tab=1']) {
      const { status, headers } = await fake.ask({ path });
      assert.equal(status, 200, path);
      assert.equal(headers['cache-control'], 'no-cache');
      const policy = String(headers['content-security-policy']);
      assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self';/);
      assert.ok(policy.includes("frame-ancestors 'none'") && !policy.includes('unsafe'));
      assert.equal(headers['referrer-policy'], 'no-referrer');
      assert.equal(headers['x-frame-options'], 'DENY');
      assert.equal(headers['cross-origin-opener-policy'], 'same-origin');
    }
    const known = await fake.ask({ path: '/console/', headers: { 'if-none-match': 'W/"page"' } });
    assert.deepEqual([known.status, known.text], [304, '']);
    const root = await fake.ask({ path: '/' });
    assert.deepEqual([root.status, root.headers['location']], [302, '/console/']);
  });

  test('console: what is not built is said on the page, with the command', async () => {
    const site = { file: () => Promise.resolve(undefined) };
    const bare = await openFake({ site });
    const { status, text } = await bare.ask({ path: '/console/' });
    assert.equal(status, 503);
    assert.match(text, /npm run console/);
    const gone = await bare.ask({ path: '/console/assets/old-1.js' });
    assert.equal(gone.json['code'], 'not-found');
    await bare.close();
  });
});
