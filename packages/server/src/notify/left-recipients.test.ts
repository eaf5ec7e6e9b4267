import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { inFolder } from '../../testing/folder.ts';
import {
  haltOpen,
  type NotifyScene,
  notifyScene,
  TAKEN,
  testChannel,
} from '../../testing/notify-scene.ts';
import type { Sent } from './channel.ts';

const PARTLY: Sent = {
  kind: 'delivered',
  reference: null,
  left: [
    { recipient: 2, fault: 'smtp-550', isFinal: true },
    { recipient: 3, fault: 'smtp-451', isFinal: false },
  ],
};

const ends = ({ notices }: NotifyScene): readonly string[] =>
  notices
    .messages({ limit: 10 })
    .map(({ key, state, fault }) => `${key.replace(/^.*_mail/, '')} ${state} ${fault ?? '-'}`)
    .toSorted();

test('notices: who was told counts as told, and whom it did not reach is tried alone', async () => {
  verifies('incident.notify');
  const mail = testChannel('mail');
  const left = /~[23]$/;
  mail.answer = ({ key }) => (left.test(key) ? TAKEN : PARTLY);
  await inFolder(async (folder) => {
    const scene = await notifyScene({ folder, channels: [mail] });
    await scene.write('halt', haltOpen('hlt_1'), { agent: 'a' });
    await scene.settle();
    assert.deepEqual(ends(scene), [' delivered -', '~2 dead smtp-550', '~3 delivered -']);
    const whole = mail.taken[0]?.key ?? '';
    assert.deepEqual(
      mail.taken.map(({ key, notice }) => [key.slice(whole.length), notice.title]),
      [
        ['', 'HALT: agent `a` is stopped'],
        ['~3', 'HALT: agent `a` is stopped'],
      ],
    );
    await scene.close();
    // The ledger alone says who was not reached, also where the outbox is lost.
    await inFolder(async (other) => {
      const again = await notifyScene({ folder: other, channels: [mail], log: scene.log });
      assert.deepEqual(ends(again), [' delivered -', '~2 dead -', '~3 delivered -']);
      assert.equal(mail.taken.length, 2, 'nothing is told again');
      assert.equal((await again.notices.retry(`${whole}~2`, 'k1')).ok, true);
      await again.settle();
      assert.equal(mail.taken[2]?.key, `${whole}~2`);
      assert.equal(mail.taken[2]?.notice.title, 'HALT: agent `a` is stopped');
      await again.close();
    });
  });
});

test('notices: what is left for a recipient is not lost with the outbox', async () => {
  verifies('incident.notify');
  const mail = testChannel('mail');
  mail.answer = ({ key }) => {
    if (!key.includes('~')) return PARTLY;
    return { kind: 'later', fault: 'smtp-451', isAnswered: true, retryAfterMs: null };
  };
  await inFolder(async (folder) => {
    const scene = await notifyScene({ folder, channels: [mail] });
    await scene.write('halt', haltOpen('hlt_1'), { agent: 'a' });
    await scene.settle();
    await scene.close();
    await inFolder(async (other) => {
      mail.answer = () => TAKEN;
      const again = await notifyScene({ folder: other, channels: [mail], log: scene.log });
      assert.deepEqual(ends(again), [' delivered -', '~2 dead -', '~3 delivered -']);
      await again.close();
    });
  });
});

test('notices: a message of which nothing is known any more holds nobody back', async () => {
  const hook = testChannel();
  await inFolder(async (folder) => {
    const scene = await notifyScene({ folder, channels: [hook] });
    const about = { channel: 'hook', kind: 'webhook', thread: 'thr_1', event: 'test' };
    const open = { ...about, severity: 'critical', entry: null, attempts: 1, fault: null };
    await scene.write('notified', { ...open, key: 'ntc_1_hook', result: 'dead' });
    await scene.write('notified', { ...open, key: 'ntc_1_hook', result: 'retried', by: 'k1' });
    await scene.write('halt', haltOpen('hlt_1'), { agent: 'a' });
    await scene.settle();
    assert.deepEqual(
      hook.taken.map(({ notice }) => notice.event),
      ['halt'],
    );
    const [dead] = scene.notices.messages({ state: 'dead', limit: 10 });
    assert.equal(dead?.fault, 'forgotten');
    assert.deepEqual(await scene.notices.retry(null, 'k1'), { ok: true, value: { retried: 0 } });
    await scene.close();
  });
});
