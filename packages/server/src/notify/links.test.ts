import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { FOUND } from '../../testing/fake-approvals.ts';
import { inFolder } from '../../testing/folder.ts';
import { decidedOpen } from '../../testing/log-entries.ts';
import { haltOpen, notifyScene, testChannel } from '../../testing/notify-scene.ts';
import { ATTENTION, linkTo, placeOf } from './links.ts';

const URL_HERE = 'https://plumb.example';

test('links: a message leads to the page of what it is about, and holds no key', async () => {
  verifies('incident.notify');
  const hook = testChannel();
  await inFolder(async (folder) => {
    const rules = { url: URL_HERE };
    const scene = await notifyScene({ folder, channels: [hook], rules });
    await scene.write('halt', haltOpen('hlt_1'), { agent: 'refunds' });
    await scene.settle();
    const effective = { halt: 'hlt_1', epoch: 1, latchedAt: 1, effectiveMs: 9, acknowledged: 0 };
    const ends = { ranOut: 1, running: 1, finished: 0, notSent: 0 };
    await scene.write('halt_effective', { ...effective, ...ends }, { agent: 'refunds' });
    await scene.write('finding', { name: 'bypass' }, { agent: 'refunds', session: 'ses_1' });
    scene.asks.push({ ...FOUND, ask: { ...FOUND.ask, id: 'apr_d1' } });
    const decided = decidedOpen({ verdict: 'step_up' });
    await scene.write('decided', decided, { agent: 'refunds', session: 's1' });
    await scene.write('factor_locked', { person: 'psn_1', untilMs: 1 });
    await scene.settle();
    const incident = scene.notices.incidents().find(({ title }) => title.startsWith('HALT'));
    const word = { incident: incident?.id ?? '', text: 'contained', nextMinutes: null };
    assert.ok((await scene.notices.say(word, 'k1')).ok);
    await scene.settle();
    const links = hook.taken.map(({ notice }) => [notice.event, notice.link]);
    assert.deepEqual(Object.fromEntries(links), {
      halt: 'https://plumb.example/console/halts/hlt_1',
      'halt-effective': 'https://plumb.example/console/halts/hlt_1',
      bypass: 'https://plumb.example/console/sessions/ses_1',
      'approval-asked': 'https://plumb.example/console/approvals/apr_d1',
      'factor-locked': 'https://plumb.example/console/attention',
      word: 'https://plumb.example/console/agents/refunds',
    });
    await scene.close();
  });
});

test('links: without an address there are none, and names stay one step of a path', () => {
  assert.equal(linkTo(null, ATTENTION), null);
  const odd = linkTo('https://x', placeOf({ agent: '../a?b#c' }));
  assert.equal(odd, 'https://x/console/agents/..%2Fa%3Fb%23c');
});
