import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type ApiKey,
  type Credential,
  type Vault,
  VaultError,
  type VaultFault,
} from '../src/store/vault.ts';

/** One place a vault is kept, which can be opened again and again. */
export type VaultPlace = {
  readonly open: (rootKey?: Uint8Array) => Promise<Vault>;
  /** Whether bytes stand anywhere in what the vault keeps, deleted or not. */
  readonly holds: (bytes: Uint8Array) => Promise<boolean>;
  readonly remove: () => Promise<void>;
};

/** An API key with nothing special about it. */
export function makeApiKey(part: Partial<ApiKey> = {}): ApiKey {
  return {
    id: 'k1',
    kind: 'person',
    name: 'Ada Lovelace',
    roles: ['admin'],
    scopes: [],
    agents: null,
    email: null,
    groups: [],
    hash: 'a'.repeat(64),
    addedAt: 1,
    addedBy: 'local',
    expiresAt: null,
    revokedAt: null,
    ...part,
  };
}

/** A credential with nothing special about it. */
export function makeCredential(part: Partial<Credential> = {}): Credential {
  return {
    id: 'crd_1',
    name: 'orders, reading',
    url: 'https://orders.example/',
    access: 'read',
    inject: { kind: 'bearer' },
    agents: ['support'],
    paths: [],
    methods: [],
    version: 1,
    addedAt: 1,
    addedBy: 'local',
    rotatedAt: null,
    expiresAt: null,
    revokedAt: null,
    usedAt: null,
    ...part,
  };
}

/** A check for `assert.rejects`: the vault's own refusal, with this fault. */
export function isFault(fault: VaultFault): (error: unknown) => boolean {
  return (error) => error instanceof VaultError && error.fault === fault;
}

/** The tests every vault passes; `makePlace` gives each an empty place of its own. */
export function testVault(kind: string, makePlace: () => Promise<VaultPlace>): void {
  const withPlace = (claim: string, check: (place: VaultPlace) => Promise<void>): void => {
    test(`${kind}: ${claim}`, async () => {
      const place = await makePlace();
      try {
        await check(place);
      } finally {
        await place.remove();
      }
    });
  };
  const withVault = (claim: string, check: (vault: Vault) => Promise<void>): void => {
    withPlace(claim, async (place) => {
      const vault = await place.open();
      try {
        await check(vault);
      } finally {
        await vault.close();
      }
    });
  };
  for (const [claim, check] of Object.entries(ofOneVault)) withVault(claim, check);
  for (const [claim, check] of Object.entries(ofOnePlace)) withPlace(claim, check);
}

const ofOneVault: Readonly<Record<string, (vault: Vault) => Promise<void>>> = {
  'a name has one subject, also when it is asked for twice at once': async (vault) => {
    const [one, two] = await Promise.all([vault.subject('ada'), vault.subject('ada')]);
    assert.deepEqual(one, two);
    assert.match(one.id, /^sub_[0-9a-f]{32}$/);
    assert.equal(one.key.length, 32);
    assert.equal(await vault.findSubject('ada'), one.id);
    assert.deepEqual(await vault.subjectKey(one.id), one.key);
    const other = await vault.subject('bob');
    assert.notEqual(other.id, one.id);
    assert.notDeepEqual(other.key, one.key);
  },
  'looking a name up makes no subject': async (vault) => {
    assert.equal(await vault.findSubject('ada'), undefined);
    assert.equal(await vault.findSubject('ada'), undefined);
    assert.equal(await vault.subjectKey(`sub_${'0'.repeat(32)}`), undefined);
  },
  'an erased subject has no key, and its name gets another': async (vault) => {
    const { id } = await vault.subject('ada');
    const { id: other } = await vault.subject('bob');
    assert.equal(await vault.eraseSubject(id), true);
    assert.equal(await vault.eraseSubject(id), false);
    assert.equal(await vault.eraseSubject('sub_unknown'), false);
    assert.equal(await vault.subjectKey(id), undefined);
    assert.equal(await vault.findSubject('ada'), undefined);
    assert.equal(await vault.findSubject('bob'), other);
    assert.notEqual((await vault.subject('ada')).id, id);
  },
  'names that look alike are different people': async (vault) => {
    const names = ['ada', 'Ada', 'ada ', 'a\u0301da', '\u00e1da', "a'da", 'x'.repeat(1024)];
    const subjects = await Promise.all(names.map((name) => vault.subject(name)));
    assert.equal(new Set(subjects.map(({ id }) => id)).size, names.length);
    await assert.rejects(vault.subject(''), /bug: a name of 0 bytes/);
    await assert.rejects(vault.subject('x'.repeat(1025)), /bug: a name of 1025 bytes/);
  },
  'a secret is the one put last': async (vault) => {
    assert.equal(await vault.secret('log'), undefined);
    await vault.putSecret('log', Uint8Array.of(1, 2, 3));
    await vault.putSecret('log', Uint8Array.of(4, 5));
    await vault.putSecret('empty', Uint8Array.of());
    assert.deepEqual([...((await vault.secret('log')) ?? [])], [4, 5]);
    assert.deepEqual([...((await vault.secret('empty')) ?? [9])], []);
    await vault.removeSecret('log');
    await vault.removeSecret('log');
    assert.equal(await vault.secret('log'), undefined);
  },
  'keys come back as they were added, in order': async (vault) => {
    const keys = [
      makeApiKey({ id: 'z' }),
      makeApiKey({ id: 'a', kind: 'agent', agents: ['refunds'], expiresAt: 9 }),
      makeApiKey({ id: 'm', kind: 'service', roles: [], scopes: ['read'] }),
    ];
    for (const key of keys) await vault.addKey(key);
    assert.deepEqual(await vault.keys(), keys);
    assert.deepEqual(await vault.key('a'), keys[1]);
    assert.equal(await vault.key('q'), undefined);
    await assert.rejects(vault.addKey(makeApiKey({ id: 'a' })));
    assert.deepEqual(await vault.keys(), keys);
  },
  'a key is revoked once': async (vault) => {
    await vault.addKey(makeApiKey());
    assert.equal(await vault.revokeKey('k1', 50), true);
    assert.equal(await vault.revokeKey('k1', 60), false);
    assert.equal(await vault.revokeKey('k2', 60), false);
    assert.deepEqual(await vault.key('k1'), makeApiKey({ revokedAt: 50 }));
  },
  'credentials come back as they were added, in order, and their secrets apart': async (vault) => {
    const [first, second] = [makeCredential({ id: 'crd_z' }), makeCredential({ id: 'crd_a' })];
    await vault.addCredential(first, Uint8Array.of(1));
    await vault.addCredential(second, Uint8Array.of(2));
    await assert.rejects(vault.addCredential(second, Uint8Array.of(3)));
    assert.deepEqual(await vault.credentials(), [first, second]);
    assert.deepEqual(await secretOf(vault, 'crd_a', 1), [2]);
    assert.equal(await secretOf(vault, 'crd_q', 1), null);
  },
  'a credential keeps its secret, gets another for another version, or loses it': async (vault) => {
    await vault.addCredential(makeCredential(), Uint8Array.of(1));
    assert.equal(await vault.putCredential(makeCredential({ usedAt: 5 }), undefined), true);
    assert.deepEqual(await secretOf(vault, 'crd_1', 1), [1]);
    assert.equal(await secretOf(vault, 'crd_1', 2), null);
    assert.equal(await vault.putCredential(makeCredential({ version: 2 }), Uint8Array.of(7)), true);
    assert.deepEqual(await secretOf(vault, 'crd_1', 2), [7]);
    assert.equal(await secretOf(vault, 'crd_1', 1), null);
    assert.equal(
      await vault.putCredential(makeCredential({ version: 2, revokedAt: 9 }), null),
      true,
    );
    assert.equal(await secretOf(vault, 'crd_1', 2), null);
    assert.deepEqual(await vault.credentials(), [makeCredential({ version: 2, revokedAt: 9 })]);
    assert.equal(await vault.putCredential(makeCredential({ id: 'crd_2' }), null), false);
  },
};

const ofOnePlace: Readonly<Record<string, (place: VaultPlace) => Promise<void>>> = {
  'everything is there after it was closed and opened again': async (place) => {
    const first = await place.open();
    const subject = await first.subject('ada');
    await first.putSecret('log', Uint8Array.of(1));
    await first.addKey(makeApiKey());
    await first.close();
    const second = await place.open();
    assert.deepEqual(await second.subject('ada'), subject);
    assert.deepEqual([...((await second.secret('log')) ?? [])], [1]);
    assert.deepEqual(await second.keys(), [makeApiKey()]);
    await second.close();
  },
  'another root key is refused, and changes nothing': async (place) => {
    const first = await place.open();
    const { id } = await first.subject('ada');
    await first.close();
    const stranger = new Uint8Array(32).fill(99);
    await assert.rejects(place.open(stranger), isFault('wrong-root-key'));
    const second = await place.open();
    assert.equal(await second.findSubject('ada'), id);
    await second.close();
  },
  'nothing secret stands at rest as it is': async (place) => {
    const vault = await place.open();
    const { key } = await vault.subject('ada.lovelace@example.com');
    const secret = Buffer.from('the secret of the log, as it is');
    await vault.putSecret('log', secret);
    const apiKey = makeApiKey({ name: 'Grace Hopper', hash: 'beef'.repeat(16) });
    await vault.addKey(apiKey);
    const token = Buffer.from('the token of an upstream');
    await vault.addCredential(makeCredential({ name: 'Grace Hopper' }), token);
    for (const bytes of [
      key,
      secret,
      token,
      Buffer.from('ada.lovelace'),
      Buffer.from('Grace Hopper'),
    ]) {
      assert.equal(await place.holds(bytes), false);
    }
    assert.equal(await place.holds(Buffer.from(apiKey.hash)), false);
    await vault.close();
    assert.equal(await place.holds(secret), false);
  },
  'two connections make one subject of a name': async (place) => {
    const [one, two] = [await place.open(), await place.open()];
    const made = await one.subject('ada');
    assert.deepEqual(await two.subject('ada'), made);
    await two.eraseSubject(made.id);
    assert.equal(await one.subjectKey(made.id), undefined);
    await one.close();
    await two.close();
  },
};

async function secretOf(
  vault: Vault,
  id: string,
  version: number,
): Promise<readonly number[] | null> {
  const secret = await vault.credentialSecret({ id, version });
  return secret === undefined ? null : [...secret];
}
