import assert from 'node:assert/strict';
import { test } from 'node:test';

import { makeNotice } from '../../testing/notices.ts';
import { rulesFor } from '../../testing/notify-scene.ts';
import type { NotifyRules } from '../config/notify.ts';
import { routeNotice } from './route-notice.ts';

const rules = rulesFor(['desk', 'pager'], {
  routes: [
    { channels: ['pager'], severities: ['critical'], events: null, agents: null },
    { channels: ['desk'], severities: null, events: ['halt', 'finding'], agents: ['refunds'] },
  ],
});

function told(notice: Parameters<typeof makeNotice>[0], of: NotifyRules = rules): string[] {
  return routeNotice(makeNotice(notice), of, []).map(({ channel }) => channel);
}

test('routes: every member of a route narrows, and every route that fits counts', () => {
  assert.deepEqual(told({}), ['pager', 'desk']);
  assert.deepEqual(told({ agent: 'mail' }), ['pager']);
  assert.deepEqual(told({ severity: 'low', event: 'finding', phase: 'tells' }), ['desk']);
  assert.deepEqual(told({ severity: 'low', event: 'test', phase: 'tells' }), []);
});

test('routes: an end goes where its beginning went, in its rank', () => {
  const end = makeNotice({ event: 'resume', severity: 'low', phase: 'closes' });
  assert.deepEqual(routeNotice(end, rules, [{ channel: 'pager', rank: 0 }]), [
    { channel: 'pager', rank: 0 },
  ]);
});

test('routes: a pager does not ring for news that changes nothing', () => {
  const { channels } = rulesFor([]);
  const pager = {
    kind: 'pagerduty',
    url: 'https://events.example/',
    secret: { kind: 'file', path: '/k' },
  } as const;
  const paged = { ...rulesFor([]), channels: { ...channels, pager } };
  const thread = [{ channel: 'pager', rank: 0 }];
  const quiet = makeNotice({ event: 'halt-effective', severity: 'low', phase: 'updates' });
  assert.deepEqual(routeNotice(quiet, paged, thread), []);
  const loud = makeNotice({ event: 'halt-effective', severity: 'high', phase: 'updates' });
  assert.equal(routeNotice(loud, paged, thread).length, 1);
});
