import assert from 'node:assert/strict';
import { test } from 'node:test';

import { csvMoment, csvOf } from './csv.ts';

test('csv: quotes, commas and line breaks stay within their cell', () => {
  assert.equal(
    csvOf(
      ['agent', 'waits'],
      [
        ['a "b", c', 2],
        ['x\ny', null],
      ],
    ),
    '\ufeffagent,waits\r\n"a ""b"", c",2\r\n"x\ny",\r\n',
  );
});

test('csv: what an agent wrote is never a formula of a spreadsheet', () => {
  assert.equal(
    csvOf(['note'], [['=HYPERLINK("http://x")'], ['-2+3'], ['@SUM(A1)'], [' =1'], ['\uff1d1']]),
    '\ufeffnote\r\n"\'=HYPERLINK(""http://x"")"\r\n\'-2+3\r\n\'@SUM(A1)\r\n\' =1\r\n\'\uff1d1\r\n',
  );
  assert.equal(csvOf(['note'], [['a = b'], [-3]]), '\ufeffnote\r\na = b\r\n-3\r\n');
});

test('csv: a moment is a date to a spreadsheet', () => {
  assert.equal(csvMoment(1_795_820_851_140), '2026-11-27 23:07:31');
});
