import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import type { Approval } from '../approval/approval.ts';
import { noteApproval, type Undoing } from './undoing.ts';

const ACTION = `sha256:${'a'.repeat(64)}` as const;

function said(undoing: Undoing, rest: Pick<Approval, 'outcome' | 'by'>): readonly string[] {
  const about = { id: 'apr_1.1', session: 's', action: ACTION, pact: ACTION, rules: ['large'] };
  const approval = { ...about, reason: 'so', expiresAtMs: 9, ...rest };
  noteApproval(undoing, { kind: 'approval', at: 1, approval });
  return [...undoing.overruled.keys()];
}

test('undoing: the last word of a person on an action counts, and that of nobody does not', () => {
  verifies('human.feedback');
  const undoing: Undoing = { overruled: new Map(), attempts: [] };
  assert.deepEqual(said(undoing, { outcome: 'denied', by: [] }), []);
  assert.deepEqual(said(undoing, { outcome: 'denied', by: ['lena'] }), [ACTION]);
  assert.deepEqual(said(undoing, { outcome: 'approved', by: ['omar'] }), []);
});
