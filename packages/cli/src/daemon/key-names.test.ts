import assert from 'node:assert/strict';
import { test } from 'node:test';

import { keyNames } from './key-names.ts';

test('keys: names are shown to whoever may read them, and ids to others', async () => {
  const rows = [{ id: '0011223344556677', name: 'Ada' }];
  const show = await keyNames({ peek: () => Promise.resolve({ isFine: true, body: { rows } }) });
  assert.equal(show('0011223344556677'), 'Ada (0011223344556677)');
  assert.equal(show('local'), 'local');
  assert.equal(show(null), '–');
  const refused = { isFine: false, body: { code: 'forbidden' } };
  const bare = await keyNames({ peek: () => Promise.resolve(refused) });
  assert.equal(bare('0011223344556677'), '0011223344556677');
});
