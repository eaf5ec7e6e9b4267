import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { verifies } from '@plumbline/testkit';
import { inFolder } from '../../../testing/folder.ts';
import { isFault, makeApiKey, makeCredential, testVault } from '../../../testing/vault-contract.ts';
import type { Subject, Vault } from '../vault.ts';
import { openVault, openVaultReadOnly } from './vault.ts';

const rootKey = new Uint8Array(32).fill(1);

function holds(folder: string, bytes: Uint8Array): boolean {
  return readdirSync(folder).some((name) =>
    readFileSync(join(folder, name)).includes(Buffer.from(bytes)),
  );
}

/** Runs SQL on a vault's file, as somebody who has the file would. */
function tamper(file: string, sql: string): readonly Record<string, unknown>[] {
  const database = new DatabaseSync(file);
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
}

function bytesOf(row: Record<string, unknown> | undefined, column: string): Uint8Array {
  const value = row?.[column];
  assert.ok(value instanceof Uint8Array);
  return value;
}

async function inVault(check: (vault: Vault, file: string) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    const file = join(folder, 'vault.db');
    const vault = openVault({ file, rootKey, waitMs: 20 });
    try {
      await check(vault, file);
    } finally {
      await vault.close();
    }
  });
}

testVault('vault, embedded', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-'));
  const file = join(folder, 'vault.db');
  return {
    open: async (key = rootKey) => openVault({ file, rootKey: key }),
    holds: async (bytes) => holds(folder, bytes),
    remove: async () => rmSync(folder, { recursive: true }),
  };
});

test('vault: of an erased subject neither key nor name is left in any file', async () => {
  verifies('evidence.erasure');
  await inVault(async (vault, file) => {
    const folder = join(file, '..');
    const names = Array.from({ length: 400 }, (_, index) => `person ${index}`);
    const subjects: Subject[] = [];
    for (const name of names) subjects.push(await vault.subject(name));
    for (const at of [0, 1, 57, 200, 398, 399]) {
      const id: string = subjects[at]?.id ?? '';
      const [row] = tamper(file, `SELECT * FROM subject WHERE id = '${id}'`);
      const parts = ['key', 'name', 'name_hash'].map((column) => bytesOf(row, column));
      for (const part of parts) assert.equal(holds(folder, part), true);
      assert.equal(await vault.eraseSubject(id), true);
      for (const part of parts) assert.equal(holds(folder, part), false);
    }
    assert.equal(await vault.findSubject('person 58'), subjects[58]?.id);
  });
});

test('vault: an erasure that a reader holds up is refused, and can be repeated', async () => {
  await inVault(async (vault, file) => {
    const { id } = await vault.subject('ada');
    const reader = new DatabaseSync(file);
    reader.exec('BEGIN; SELECT * FROM subject');
    const rows = reader.prepare('SELECT id FROM subject').iterate();
    rows.next();
    await vault.subject('bob');
    await assert.rejects(vault.eraseSubject(id), isFault('locked'));
    assert.notEqual(await vault.subjectKey(id), undefined);
    reader.close();
    assert.equal(await vault.eraseSubject(id), true);
  });
});

test("vault: its files are its owner's alone", async () => {
  await inVault(async (vault, file) => {
    await vault.subject('ada');
    await vault.backup(`${file}.bak`);
    for (const name of readdirSync(join(file, '..'))) {
      assert.equal(statSync(join(file, '..', name)).mode & 0o077, 0, name);
    }
  });
});

test('vault: a row moved to another place does not open', async () => {
  await inVault(async (vault, file) => {
    const [ada, bob] = [await vault.subject('ada'), await vault.subject('bob')];
    await vault.putSecret('one', Uint8Array.of(1));
    await vault.putSecret('two', Uint8Array.of(2));
    await vault.addKey(makeApiKey({ id: 'k1', roles: ['viewer'] }));
    await vault.addKey(makeApiKey({ id: 'k2', roles: ['admin'] }));
    await vault.addCredential(makeCredential({ id: 'c1' }), Uint8Array.of(1));
    await vault.addCredential(makeCredential({ id: 'c2' }), Uint8Array.of(2));
    const other = "(SELECT secret FROM credential WHERE id = 'c1')";
    tamper(file, `UPDATE credential SET secret = ${other} WHERE id = 'c2'`);
    await assert.rejects(vault.credentialSecret({ id: 'c2', version: 1 }), isFault('damaged'));
    tamper(file, 'UPDATE subject SET key = (SELECT key FROM subject WHERE number = 1)');
    tamper(file, "UPDATE secret SET value = (SELECT value FROM secret WHERE name = 'one')");
    tamper(file, "UPDATE api_key SET record = (SELECT record FROM api_key WHERE id = 'k2')");
    assert.deepEqual(await vault.subjectKey(ada.id), ada.key);
    await assert.rejects(vault.subjectKey(bob.id), isFault('damaged'));
    await assert.rejects(vault.secret('two'), isFault('damaged'));
    await assert.rejects(vault.key('k1'), isFault('damaged'));
    assert.equal((await vault.key('k2'))?.id, 'k2');
  });
});

test('vault: a backup is the whole vault, encrypted, and never overwrites', async () => {
  await inVault(async (vault, file) => {
    const ada = await vault.subject('ada');
    await vault.putSecret('log', Uint8Array.of(1));
    const copy = `${file}.bak`;
    await vault.backup(copy);
    await assert.rejects(vault.backup(copy), isFault('disk'));
    await assert.rejects(vault.backup('/nowhere/at/all'), isFault('disk'));
    await vault.eraseSubject(ada.id);
    assert.equal(readFileSync(copy).includes(Buffer.from(ada.key)), false);
    const restored = openVault({ file: copy, rootKey });
    assert.deepEqual(await restored.subjectKey(ada.id), ada.key);
    assert.deepEqual([...((await restored.secret('log')) ?? [])], [1]);
    await restored.close();
    assert.throws(
      () => openVault({ file: copy, rootKey: rootKey.map(() => 5) }),
      /another root key/,
    );
  });
});

test('vault: is read while it is written, and a reader writes nothing', async () => {
  await inVault(async (vault, file) => {
    const ada = await vault.subject('ada');
    const reader = openVaultReadOnly({ file, rootKey });
    const bob = await vault.subject('bob');
    assert.deepEqual(await reader.subjectKey(ada.id), ada.key);
    assert.equal(await reader.findSubject('bob'), bob.id);
    await vault.eraseSubject(ada.id);
    assert.equal(await reader.subjectKey(ada.id), undefined);
    // The class has every method; a reader's type has those that read.
    const writer = reader as Vault;
    await assert.rejects(writer.putSecret('x', Uint8Array.of(1)), isFault('disk'));
    await reader.close();
  });
});

test('vault: a reader opens what nobody has open, and makes no file', async () => {
  await inFolder(async (folder) => {
    const file = join(folder, 'vault.db');
    assert.throws(() => openVaultReadOnly({ file, rootKey }), isFault('disk'));
    assert.deepEqual(readdirSync(folder), []);
    const vault = openVault({ file, rootKey });
    const { id } = await vault.subject('ada');
    await vault.close();
    const reader = openVaultReadOnly({ file, rootKey });
    assert.equal(await reader.findSubject('ada'), id);
    await reader.close();
  });
});

test('vault: a full disk refuses what is written, and keeps what was', async () => {
  await inFolder(async (folder) => {
    const file = join(folder, 'vault.db');
    const vault = openVault({ file, rootKey, maxPages: 20 });
    const ada = await vault.subject('ada');
    await assert.rejects(vault.putSecret('big', new Uint8Array(90_000)), isFault('disk'));
    await assert.rejects(vault.putSecret('big', new Uint8Array(90_000)), /the disk is full/);
    assert.deepEqual(await vault.subject('ada'), ada);
    await vault.putSecret('small', Uint8Array.of(1));
    await vault.close();
  });
  await inFolder(async (folder) => {
    const file = join(folder, 'vault.db');
    assert.throws(() => openVault({ file, rootKey, maxPages: 3 }), isFault('disk'));
  });
});

test('vault: another kind of file, and a damaged one, are refused as they are', async () => {
  await inFolder(async (folder) => {
    const file = join(folder, 'vault.db');
    const open = (): Vault => openVault({ file, rootKey });
    for (const bytes of ['', 'not a database, and long enough to be read as one'.repeat(99)]) {
      writeFileSync(file, bytes);
      assert.throws(open, isFault('damaged'));
      assert.equal(readFileSync(file, 'utf8'), bytes);
    }
    rmSync(file);
    tamper(file, 'CREATE TABLE other (a)');
    assert.throws(open, /is no vault/);
    rmSync(file);
    const vault = open();
    for (let index = 0; index < 50; index += 1) await vault.subject(`person ${index}`);
    await vault.close();
    const bytes = readFileSync(file);
    bytes.fill(0xee, 8192, 8192 + 4096);
    writeFileSync(file, bytes);
    assert.throws(open, isFault('damaged'));
    assert.deepEqual(readFileSync(file), bytes);
    writeFileSync(file, bytes.subarray(0, bytes.length - 4096));
    assert.throws(open, isFault('damaged'));
    assert.throws(() => openVault({ file: folder, rootKey }), isFault('disk'));
  });
});

test('vault: a newer schema is refused, and so is one made by other steps', async () => {
  await inFolder(async (folder) => {
    const file = join(folder, 'vault.db');
    await openVault({ file, rootKey }).close();
    const [version] = tamper(file, 'PRAGMA user_version');
    tamper(file, 'PRAGMA user_version = 99');
    assert.throws(() => openVault({ file, rootKey }), isFault('newer-schema'));
    assert.throws(() => openVaultReadOnly({ file, rootKey }), isFault('newer-schema'));
    tamper(file, `PRAGMA user_version = ${String(version?.['user_version'])}`);
    await openVault({ file, rootKey }).close();
    tamper(file, "UPDATE migration SET digest = 'other'");
    assert.throws(() => openVault({ file, rootKey }), isFault('damaged'));
  });
});

test('vault: losing the check of its root key is damage', async () => {
  await inFolder(async (folder) => {
    const file = join(folder, 'vault.db');
    const vault = openVault({ file, rootKey });
    tamper(file, 'DELETE FROM root');
    await vault.close();
    await openVault({ file, rootKey }).close();
    const again = openVault({ file, rootKey });
    await again.subject('ada');
    await again.close();
    tamper(file, 'DELETE FROM root');
    assert.throws(() => openVault({ file, rootKey: rootKey.map(() => 2) }), isFault('damaged'));
  });
});

test(
  'vault: a second writer waits, then is told that another holds it',
  { timeout: 9000 },
  async () => {
    await inVault(async (vault, file) => {
      const other = new DatabaseSync(file);
      other.exec('BEGIN IMMEDIATE');
      await assert.rejects(vault.subject('ada'), isFault('locked'));
      other.exec('COMMIT');
      other.close();
      assert.equal((await vault.subject('ada')).key.length, 32);
    });
  },
);
