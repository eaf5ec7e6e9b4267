import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verifies } from '@plumbline/testkit';

import { eraseSubject, type ErasingNeeds, finishErasure } from './erasure.ts';
import { served } from './served.ts';
import type { OpenEntry } from './write-entry.ts';

const STEPS = ['putSecret', 'forget', 'erase', 'write', 'removeSecret'] as const;

/** A person's data that loses power before one step, once. */
class Scene {
  readonly secrets = new Map<string, Uint8Array>();
  readonly written: OpenEntry[] = [];
  readonly done: string[] = [];
  hasKey = true;
  dies: string | null = null;

  #step(name: (typeof STEPS)[number]): void {
    if (this.dies === name) throw new Error('the power went');
    this.done.push(name);
  }

  needs(): ErasingNeeds {
    return {
      guard: {
        forget: async () => {
          this.#step('forget');
          return served({ sessions: ['ses_1'] });
        },
      },
      vault: {
        secret: async (name) => this.secrets.get(name),
        putSecret: async (name, value) => {
          this.#step('putSecret');
          this.secrets.set(name, value);
        },
        removeSecret: async (name) => {
          this.#step('removeSecret');
          this.secrets.delete(name);
        },
      },
      erase: async () => {
        this.#step('erase');
        const had = this.hasKey;
        this.hasKey = false;
        return had;
      },
      write: async (entry) => {
        this.#step('write');
        this.written.push(entry);
        return served({ index: 7, at: 1 });
      },
    };
  }
}

const ada = { subject: 'sub_1', name: 'ada@example.com', by: 'local' };

test('erasure: interrupted before any step, it is finished by the next start', async () => {
  verifies('evidence.erasure');
  for (const dies of STEPS) {
    const scene = new Scene();
    scene.dies = dies;
    await assert.rejects(eraseSubject(scene.needs(), ada));
    scene.dies = null;
    const finished = await finishErasure(scene.needs(), null);
    assert.ok(finished.ok);
    const isBegun = dies !== 'putSecret';
    assert.equal(scene.hasKey, !isBegun, dies);
    assert.equal(scene.written.length > 0, isBegun, dies);
    assert.equal(scene.secrets.size, 0, dies);
  }
});

test('erasure: asking again by name after the name is gone finishes it', async () => {
  const scene = new Scene();
  scene.dies = 'write';
  await assert.rejects(eraseSubject(scene.needs(), ada));
  scene.dies = null;
  const finished = await finishErasure(scene.needs(), ada.name);
  assert.ok(finished.ok);
  assert.deepEqual(finished.value, {
    erased: { index: 7, subject: 'sub_1', sessions: ['ses_1'] },
    isAsked: true,
  });
  const told = JSON.stringify(scene.written);
  assert.doesNotMatch(told, /ada@example/);
});

test('erasure: a guard that refuses keeps the key, and the erasure begun', async () => {
  const scene = new Scene();
  const refuses = {
    forget: async () =>
      ({ ok: false, error: { code: 'unavailable', message: 'stopped' } }) as const,
  };
  const said = await eraseSubject({ ...scene.needs(), guard: refuses }, ada);
  assert.equal(said.ok, false);
  assert.equal(scene.hasKey, true);
  assert.equal(scene.secrets.size, 1);
});
