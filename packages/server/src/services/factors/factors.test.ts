import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import {
  byCode,
  codesOf,
  factorsScene,
  personCaller,
  PURPOSE,
  taken,
  whyOf,
} from '../../../testing/factors-scene.ts';
import { VaultError } from '../../store/vault.ts';

const ada = personCaller('ada@example.com');
const lena = personCaller('lena@example.com');
const root = personCaller('root@example.com', { roles: ['admin'] });
const bare = { kind: 'totp', name: 'phone', proof: undefined, purpose: PURPOSE } as const;

test('factors: a code counts once the app was confirmed, and is taken once ever', async () => {
  verifies('authority.verified');
  const scene = await factorsScene();
  const { factors, wait } = scene;
  assert.equal(whyOf(await factors.check(ada, byCode('123456'))), 'bad-proof');
  const app = await scene.withApp(ada);
  assert.equal(whyOf(await factors.check(ada, byCode(app.code()))), 'bad-proof', 'it confirmed');
  wait(30_000);
  const code = app.code();
  const proven = taken(await factors.check(ada, byCode(code)));
  assert.equal(proven?.factor, app.id);
  assert.equal(proven?.mechanism, 'totp');
  assert.equal(whyOf(await factors.check(ada, byCode(code))), 'bad-proof', 'it was used');
  const { factors: after } = await scene.restart();
  assert.equal(whyOf(await after.check(ada, byCode(code))), 'bad-proof', 'after a restart');
  assert.equal(whyOf(await after.check(ada, byCode(app.code(1)))), 'done');
  assert.equal(whyOf(await after.check(ada, byCode(code))), 'bad-proof', 'older than the last');
});

test('factors: of two requests with one code at once, one gets through', async () => {
  const scene = await factorsScene();
  const app = await scene.withApp(ada);
  scene.wait(30_000);
  const asked = byCode(app.code());
  const answers = await Promise.all([1, 2, 3].map(() => scene.factors.check(ada, asked)));
  assert.deepEqual(answers.map(whyOf), ['done', 'bad-proof', 'bad-proof']);
});

test('factors: five wrong codes lock codes for a while, and then for longer', async () => {
  const scene = await factorsScene();
  const { factors, wait, written } = scene;
  const app = await scene.withApp(ada);
  wait(30_000);
  const guess = async (times: number): Promise<void> => {
    for (let each = 0; each < times; each += 1) {
      assert.equal(whyOf(await factors.check(ada, byCode(app.code(9)))), 'bad-proof');
    }
  };
  await guess(4);
  assert.equal(written.length, 1, 'four lock nothing');
  await guess(1);
  assert.equal(written[1]?.kind, 'factor_locked');
  assert.equal(written[1]?.open['untilMs'], 1_700_000_000_000 + 30_000 + 900_000);
  const locked = await factors.check(ada, byCode(app.code()));
  assert.equal(whyOf(locked), 'bad-proof', 'a right one too');
  assert.equal(locked.ok ? null : locked.error.retryAfterSeconds, 900);
  const again = await scene.restart();
  assert.equal(whyOf(await again.factors.check(ada, byCode(app.code()))), 'bad-proof');
  assert.equal(taken(await factors.list(ada, null)).lockedUntil, 1_700_000_930_000);
  wait(900_000);
  await guess(5);
  assert.equal(written[2]?.open['untilMs'], 1_700_000_930_000 + 1_800_000);
  wait(1_800_000);
  assert.equal(whyOf(await factors.check(ada, byCode(app.code()))), 'done');
  await guess(5);
  assert.equal(written[3]?.open['untilMs'], 1_700_002_730_000 + 900_000, 'a right one forgets it');
});

test('factors: the first takes a key alone, every other change a proof', async () => {
  const scene = await factorsScene();
  const { factors, wait } = scene;
  const app = await scene.withApp(ada);
  wait(30_000);
  assert.equal(whyOf(await factors.enrol(bare, ada)), 'needs-proof');
  assert.equal(
    whyOf(await factors.enrol({ ...bare, proof: { factor: 'totp', code: '000000' } }, ada)),
    'bad-proof',
  );
  const proof = { factor: 'totp', code: app.code() } as const;
  const second = taken(await factors.enrol({ ...bare, proof }, ada));
  assert.ok(second.kind === 'totp');
  const shows = codesOf(second.secret, () => 1_700_000_030_000);
  const confirmation = { code: shows() };
  taken(await factors.confirm({ id: second.id, confirmation }, ada));
  assert.equal(taken(await factors.list(ada, null)).rows.length, 2);
  const removal = { id: app.id, person: null, reason: 'old', purpose: PURPOSE };
  assert.equal(whyOf(await factors.remove({ ...removal, proof: undefined }, ada)), 'needs-proof');
  const shown = { factor: 'totp', code: app.code(1) } as const;
  taken(await factors.remove({ ...removal, proof: shown }, ada));
  wait(60_000);
  assert.equal(whyOf(await factors.check(ada, byCode(app.code()))), 'bad-proof', 'it is gone');
});

test('factors: two first ones begun at once do not both count without a proof', async () => {
  const { factors, withApp } = await factorsScene();
  const options = taken(await factors.enrol({ ...bare, kind: 'webauthn' }, ada));
  await withApp(ada);
  const confirmation = { response: {} };
  assert.equal(whyOf(await factors.confirm({ id: options.id, confirmation }, ada)), 'conflict');
});

test('factors: they are a person’s, whatever key they come with, and nobody else’s', async () => {
  verifies('authority.verified');
  const scene = await factorsScene();
  const { factors, wait } = scene;
  const app = await scene.withApp(ada);
  wait(30_000);
  assert.equal(whyOf(await factors.check(lena, byCode(app.code()))), 'bad-proof');
  const token = personCaller('ada@example.com', { id: 'oidc_0123456789abcdef' });
  assert.equal(whyOf(await factors.check(token, byCode(app.code()))), 'done');
  const socket = personCaller('', { id: 'local', kind: 'local', person: null });
  assert.equal(whyOf(await factors.enrol(bare, socket)), 'forbidden');
  assert.equal(whyOf(await factors.check(socket, byCode('123456'))), 'forbidden');
  const begun = taken(await factors.enrol(bare, lena));
  const stolen = { id: begun.id, confirmation: { code: '123456' } };
  assert.equal(whyOf(await factors.confirm(stolen, ada)), 'not-found');
});

test('factors: an admin removes those of others, and their own like everybody', async () => {
  verifies('human.break-glass');
  const scene = await factorsScene();
  const { factors, written } = scene;
  const app = await scene.withApp(ada);
  const own = await scene.withApp(root);
  const removal = { reason: 'lost', proof: undefined, purpose: PURPOSE };
  const of = { ...removal, id: app.id, person: 'ada@example.com' };
  assert.equal(whyOf(await factors.remove(of, lena)), 'forbidden');
  assert.equal(whyOf(await factors.list(lena, 'ada@example.com')), 'forbidden');
  assert.equal(taken(await factors.list(root, 'ada@example.com')).rows[0]?.id, app.id);
  taken(await factors.remove(of, root));
  assert.equal(written.at(-1)?.kind, 'factor_removed');
  assert.equal(whyOf(await factors.remove(of, root)), 'not-found');
  const self = { ...removal, id: own.id, person: 'root@example.com' };
  assert.equal(whyOf(await factors.remove(self, root)), 'needs-proof');
});

test('factors: a vault put back from a backup brings none back that was removed', async () => {
  const scene = await factorsScene();
  const app = await scene.withApp(ada);
  scene.wait(30_000);
  const { factors } = await scene.restart([app.id]);
  assert.equal(whyOf(await factors.check(ada, byCode(app.code()))), 'bad-proof');
  assert.deepEqual(taken(await factors.list(ada, null)).rows, []);
});

test('factors: neither addresses nor secrets stand in the ledger', async () => {
  const scene = await factorsScene();
  const { factors, written } = scene;
  const token = personCaller('ada@example.com', { id: 'oidc_0123456789abcdef' });
  const begun = taken(await factors.enrol(bare, token));
  assert.ok(begun.kind === 'totp');
  const code = codesOf(begun.secret, () => 1_700_000_000_000)();
  taken(await factors.confirm({ id: begun.id, confirmation: { code } }, token));
  assert.equal(written[0]?.kind, 'factor_enrolled');
  assert.match(JSON.stringify(written[0]?.open['person']), /^"per_[0-9a-f]{32}"$/);
  assert.ok(!JSON.stringify(written).includes('example.com'));
  assert.ok(!JSON.stringify([written, await factors.list(token, null)]).includes(begun.secret));
});

test('factors: what the log does not take is not enrolled, yet removed', async () => {
  const scene = await factorsScene();
  const begun = taken(await scene.factors.enrol(bare, ada));
  assert.ok(begun.kind === 'totp');
  const app = await scene.withApp(lena);
  scene.stop();
  const code = codesOf(begun.secret, () => 1_700_000_000_000)();
  const confirmed = await scene.factors.confirm({ id: begun.id, confirmation: { code } }, ada);
  assert.equal(whyOf(confirmed), 'unavailable');
  assert.deepEqual(taken(await scene.factors.list(ada, null)).rows, []);
  const of = { id: app.id, person: 'lena@example.com', reason: 'lost', proof: undefined };
  assert.equal(whyOf(await scene.factors.remove({ ...of, purpose: PURPOSE }, root)), 'unavailable');
  assert.deepEqual(taken(await scene.factors.list(lena, null)).rows, []);
});

test('factors: nothing demanded is nothing asked, and a code is no WebAuthn', async () => {
  const scene = await factorsScene();
  const app = await scene.withApp(ada);
  scene.wait(30_000);
  const asked = byCode(app.code());
  assert.equal(taken(await scene.factors.check(ada, { ...asked, demand: 'none' })), null);
  assert.equal(
    whyOf(await scene.factors.check(ada, { ...asked, demand: 'webauthn' })),
    'needs-proof',
  );
  assert.equal(
    whyOf(await scene.factors.check(ada, { ...asked, proof: undefined })),
    'needs-proof',
  );
  assert.equal(whyOf(await scene.factors.check(ada, asked)), 'done', 'none of them used it up');
});

test('factors: what the vault cannot keep was not proved, and the code is good later', async () => {
  const scene = await factorsScene();
  const app = await scene.withApp(ada);
  scene.wait(30_000);
  const asked = byCode(app.code());
  const full = (): never => {
    throw new VaultError('disk', 'no space is left: free some');
  };
  Object.assign(scene.secrets, { set: full });
  assert.equal(whyOf(await scene.factors.check(ada, asked)), 'unavailable');
  Reflect.deleteProperty(scene.secrets, 'set');
  assert.equal(whyOf(await scene.factors.check(ada, asked)), 'done');
});
