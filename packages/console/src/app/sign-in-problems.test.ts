import assert from 'node:assert/strict';
import { test } from 'node:test';

import { problemWords } from './sign-in-problems.ts';

test('sign-in problems: an address picks among the words of the console and adds none', () => {
  assert.match(problemWords('issuer-away'), /^The issuer cannot be reached/);
  for (const text of ['call 555-1234', '__proto__', 'constructor', '']) {
    assert.match(problemWords(text), /^Signing in with the issuer came to nothing/, text);
  }
});
