import assert from 'node:assert/strict';
import { test } from 'node:test';

import { forTerminal } from './screen.ts';

test('screen: a name tells a terminal nothing, and colours and lines stay', () => {
  const hostile = 'a\u001b]0;title\u0007 \u001b[2J\u001b[8mhidden \u202eevil\rb';
  assert.equal(
    forTerminal(hostile),
    'a\ufffd]0;title\ufffd \ufffd[2J\ufffd[8mhidden \ufffdevil\ufffdb',
  );
  const plain = '\u001b[1mname\u001b[22m\t\u001b[31mé – 你好\u001b[39m\nnext';
  assert.equal(forTerminal(plain), plain);
});
