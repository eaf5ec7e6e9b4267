import assert from 'node:assert/strict';
import { test } from 'node:test';

import { claimsIn } from './claims-in.ts';

test('audits: a claim that is cut short is text all the same', () => {
  const [claim] = claimsIn('output.answer', { text: `${'a'.repeat(1_999)}\u{1f600} and more` });
  assert.equal(claim?.text, `${'a'.repeat(1_999)}\ufffd…`);
});
