import assert from 'node:assert/strict';
import { test } from 'node:test';

import { shellWord } from './shell-word.ts';

test('shell-word: what a shell reads in a name stays a name', () => {
  assert.equal(shellWord('desk/a.pact.yaml'), 'desk/a.pact.yaml');
  assert.equal(shellWord(''), "''");
  assert.equal(shellWord('-rf'), "'-rf'");
  assert.equal(shellWord('lobby; rm -rf $HOME'), "'lobby; rm -rf $HOME'");
  assert.equal(shellWord("x'$(id)'"), String.raw`'x'\''$(id)'\'''`);
});
