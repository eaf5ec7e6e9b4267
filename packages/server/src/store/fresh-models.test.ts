import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeEntry } from '../../testing/log-entries.ts';
import { MemoryModels } from '../../testing/memory-models.ts';
import { freshModels } from './fresh-models.ts';

test('fresh models: an answer holds what was durable when it was asked for', async () => {
  const models = new MemoryModels();
  const entries = [makeEntry('heartbeat', { at: 1 })];
  const fresh = freshModels(models, { caughtUp: () => models.fold(0, entries) });
  assert.equal((await fresh.events({})).rows.length, 1);
  assert.equal((await fresh.events({})).nextIndex, 1);
});

test('fresh models: what is too far behind answers with what it holds', async () => {
  const models = new MemoryModels();
  const never = { caughtUp: () => new Promise<void>(() => undefined) };
  const page = await freshModels(models, never, 5).events({});
  assert.deepEqual(page.rows, []);
  assert.equal(page.nextIndex, 0);
});
