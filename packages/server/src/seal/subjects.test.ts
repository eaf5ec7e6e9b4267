import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Subject } from '../store/vault.ts';
import { type SubjectVault, Subjects } from './subjects.ts';

/** A vault in memory that counts what it is asked and answers when told to. */
class CountingVault implements SubjectVault {
  readonly keys: Map<string, Uint8Array> = new Map();
  asked = 0;
  gate: Promise<void> = Promise.resolve();

  async subject(name: string): Promise<Subject> {
    this.asked += 1;
    const key = this.keys.get(name) ?? new Uint8Array(32).fill(this.keys.size);
    this.keys.set(name, key);
    await this.gate;
    return { id: name, key };
  }

  async subjectKey(id: string): Promise<Uint8Array | undefined> {
    this.asked += 1;
    const key = this.keys.get(id);
    await this.gate;
    return key;
  }

  async eraseSubject(id: string): Promise<boolean> {
    return this.keys.delete(id);
  }
}

test('subjects: one is loaded once, however many ask at once', async () => {
  const vault = new CountingVault();
  vault.keys.set('a', new Uint8Array(32));
  const subjects = new Subjects(vault);
  const [one, two] = await Promise.all([subjects.byId('a'), subjects.byId('a')]);
  assert.equal(one, two);
  assert.equal(await subjects.byId('a'), one);
  assert.equal(await subjects.named('a'), one);
  assert.equal(subjects.cached('a'), one);
  assert.equal(vault.asked, 2);
});

test('subjects: an unknown one is asked for again', async () => {
  const subjects = new Subjects(new CountingVault());
  assert.equal(await subjects.byId('a'), undefined);
  const { id } = await subjects.named('a');
  assert.equal((await subjects.byId(id))?.id, 'a');
});

test('subjects: the ones used last are held', async () => {
  const vault = new CountingVault();
  const subjects = new Subjects(vault, 2);
  await subjects.named('a');
  await subjects.named('b');
  subjects.cached('a');
  await subjects.named('c');
  assert.deepEqual(
    ['a', 'b', 'c'].map((id) => subjects.cached(id)?.id),
    ['a', undefined, 'c'],
  );
});

test('subjects: an erased one is let go, and a load under way does not bring it back', async () => {
  const vault = new CountingVault();
  const subjects = new Subjects(vault);
  await subjects.named('a');
  const erasing = subjects.erase('a');
  assert.equal(subjects.cached('a'), undefined);
  assert.equal(await erasing, true);
  vault.keys.set('b', new Uint8Array(32));
  const gate = Promise.withResolvers<void>();
  vault.gate = gate.promise;
  const loading = subjects.byId('b');
  await subjects.erase('b');
  gate.resolve();
  await loading;
  assert.equal(subjects.cached('b'), undefined);
});
