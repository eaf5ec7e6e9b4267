import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { approvalForm } from './approver.ts';

test('approver: what nobody sees, or what turns what is seen, is shown by its number', () => {
  verifies('human.approvals');
  const args = { to: 'a\u202eb', note: 'x\u200by\u{e0041}\u2028', name: 'Zoë 家' };
  const action = { tool: 'mail.send', args };
  const form = approvalForm({ agent: 'support', principal: null, action, why: [] });
  assert.equal(
    form?.['message'],
    [
      'Approve this action of the agent support?',
      [
        'mail.send',
        '{',
        '  "to": "a\\u202eb",',
        '  "note": "x\\u200by\\udb40\\udc41\\u2028",',
        '  "name": "Zoë 家"',
        '}',
      ].join('\n'),
      '',
    ].join('\n\n'),
  );
});
