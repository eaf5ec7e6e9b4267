import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import type { NoticeRoute } from '../config/notify.ts';
import { notificationOf } from './notification.ts';

const HOOK = {
  kind: 'webhook',
  url: 'http://127.0.0.1/',
  secret: { kind: 'file', path: '/s' },
} as const;
const ANY = { severities: null, events: null, agents: null };

function said(routes: readonly NoticeRoute[]): readonly (string | null)[] {
  const { state, why } = notificationOf(
    { channels: { pager: HOOK, desk: HOOK }, routes },
    'support',
  );
  return [state, why];
}

test('drills: the record says who is told of a drill, and who would be of a halt', () => {
  verifies('human.drills');
  const pager = { ...ANY, channels: ['pager'], severities: ['critical'] } as const;
  const desk = { ...ANY, channels: ['desk'], events: ['drill'] } as const;
  assert.deepEqual(said([]), [
    'skipped',
    'a halt goes to pager, desk; no route names the event `drill`',
  ]);
  assert.deepEqual(said([pager, desk]), [
    'practised',
    'a halt goes to pager; the drill went to desk',
  ]);
  assert.deepEqual(said([{ ...pager, agents: ['other'] }]), [
    'failed',
    'no route tells anybody of a halt of the agent',
  ]);
  assert.equal(notificationOf({ channels: {}, routes: [] }, 'support').state, 'skipped');
});
