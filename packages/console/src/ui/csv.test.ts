import assert from 'node:assert/strict';
import { test } from 'node:test';

import { csvOf } from './csv.ts';

test('csv: quotes, commas and line breaks stay within their cell', () => {
  assert.equal(
    csvOf(
      ['agent', 'waits'],
      [
        ['a "b", c', 2],
        ['x\ny', null],
      ],
    ),
    'agent,waits\r\n"a ""b"", c",2\r\n"x\ny",\r\n',
  );
});

test('csv: what an agent wrote is never a formula of a spreadsheet', () => {
  assert.equal(
    csvOf(['note'], [['=HYPERLINK("http://x")'], ['-2+3'], ['@SUM(A1)']]),
    'note\r\n"\'=HYPERLINK(""http://x"")"\r\n\'-2+3\r\n\'@SUM(A1)\r\n',
  );
});
