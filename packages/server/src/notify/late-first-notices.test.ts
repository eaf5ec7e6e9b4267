import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { inFolder } from '../../testing/folder.ts';
import { DOWN, haltOpen, notifyScene, testChannel } from '../../testing/notify-scene.ts';

const INCIDENTS = 230;

test('notices: every late first notice is told of, however many more pressing wait', async () => {
  verifies('incident.first-notice');
  await inFolder(async (folder) => {
    const [hook, pager] = [testChannel('hook'), testChannel('pager')];
    pager.answer = () => DOWN;
    const scene = await notifyScene({ folder, channels: [hook, pager] });
    for (let at = 0; at < INCIDENTS; at += 1) {
      await scene.write('halt', haltOpen(`hlt_${at}`), { agent: `a${at}` });
    }
    await scene.write('finding', { name: 'bypass' }, { agent: 'z', session: 's1' });
    await scene.pass(70_000, 35_000);
    const late = hook.taken.filter(({ notice }) => notice.event === 'first-notice-late');
    assert.equal(late.length, INCIDENTS + 1);
    assert.ok(late.some(({ notice }) => notice.agent === 'z'));
    await scene.close();
  });
});
