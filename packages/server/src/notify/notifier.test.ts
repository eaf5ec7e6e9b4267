import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { FOUND } from '../../testing/fake-approvals.ts';
import { inFolder } from '../../testing/folder.ts';
import { decidedOpen } from '../../testing/log-entries.ts';
import {
  DOWN,
  haltOpen,
  type NotifyScene,
  notifyScene,
  type SceneOptions,
  TAKEN,
  type TestChannel,
  testChannel,
} from '../../testing/notify-scene.ts';
import type { ForeignVotes } from './channel.ts';

async function within(
  options: Partial<SceneOptions>,
  check: (scene: NotifyScene, hook: TestChannel) => Promise<void>,
): Promise<void> {
  await inFolder(async (folder) => {
    const hook = options.channels?.[0] ?? testChannel();
    const scene = await notifyScene({ folder, channels: [hook], ...options });
    try {
      await check(scene, hook);
      assert.deepEqual(scene.failures, []);
    } finally {
      await scene.close();
    }
  });
}

function entriesOf(
  { log }: NotifyScene,
  kind: string,
): readonly { readonly open: Record<string, unknown> }[] {
  const read = log.entries().map((bytes) => JSON.parse(Buffer.from(bytes).toString()));
  return read.filter((entry) => entry.kind === kind);
}

test('notices: a halt is told once, without its reason, and promises the next word', async () => {
  verifies('incident.notify');
  verifies('incident.first-notice');
  await within({}, async (scene, hook) => {
    await scene.write('halt', haltOpen('hlt_1'), { agent: 'refunds' });
    await scene.settle();
    assert.deepEqual(
      hook.taken.map(({ notice }) => [notice.event, notice.severity, notice.phase, notice.title]),
      [['halt', 'critical', 'opens', 'HALT: agent `refunds` is stopped']],
    );
    const notice = hook.taken[0]?.notice;
    assert.equal(notice?.nextWordAt, scene.now() + 1_800_000);
    assert.ok(!JSON.stringify(notice).includes('paid twice'));
    assert.deepEqual(
      entriesOf(scene, 'notified').map(({ open: { result, event, channel, entry } }) => [
        result,
        event,
        channel,
        entry,
      ]),
      [['delivered', 'halt', 'hook', 1]],
    );
  });
});

test('notices: a halt of every agent is told once, however many agents it stops', async () => {
  await within({}, async (scene, hook) => {
    const { epoch: _epoch, ...fleet } = haltOpen('hlt_1', { scope: 'fleet', incident: null });
    await scene.write('fleet_halted', fleet);
    for (const agent of ['a', 'b', 'c']) {
      await scene.write('halt', haltOpen('hlt_1', { scope: 'fleet' }), { agent });
    }
    await scene.settle();
    assert.deepEqual(
      hook.taken.map(({ notice }) => notice.title),
      ['HALT: every agent is stopped'],
    );
  });
});

test('notices: a resume is told where the halt was, in its thread', async () => {
  await within({}, async (scene, hook) => {
    await scene.write('halt', haltOpen('hlt_1'), { agent: 'refunds' });
    const { id: _id, epoch: _epoch, ...stop } = haltOpen('');
    await scene.write('resume', stop, { agent: 'refunds' });
    await scene.settle();
    const [halt, resume] = hook.taken.map(({ notice }) => notice);
    assert.equal(resume?.phase, 'closes');
    assert.equal(resume?.thread, halt?.thread);
    assert.equal(scene.notices.incidents()[0]?.keptAt, scene.now());
  });
});

test('notices: what is of severity low goes nowhere unless a route names it', async () => {
  await within({}, async (scene, hook) => {
    await scene.write('finding', { name: 'odd' }, { agent: 'refunds', session: 's1' });
    await scene.settle();
    assert.deepEqual(hook.taken, []);
  });
  const only = { events: null, agents: ['a'] };
  const routes = [{ channels: ['hook'], severities: ['low' as const], ...only }];
  await within({ rules: { routes } }, async (scene, hook) => {
    await scene.write('finding', { name: 'odd' }, { agent: 'refunds', session: 's1' });
    await scene.write('finding', { name: 'odd' }, { agent: 'a', session: 's2' });
    await scene.write('halt', haltOpen('hlt_1'), { agent: 'a' });
    await scene.settle();
    assert.deepEqual(
      hook.taken.map(({ notice }) => [notice.event, notice.agent]),
      [['finding', 'a']],
    );
  });
});

test('notices: an approval is told when asked, when it runs out, and how it ended', async () => {
  verifies('human.approvals');
  await within({}, async (scene, hook) => {
    const ask = { ...FOUND.ask, askedAt: scene.now(), expiresAtMs: scene.now() + 300_000 };
    scene.asks.push({ ...FOUND, ask: { ...ask, id: 'apr_d1' } });
    await scene.write(
      'decided',
      {
        decision: 'd1',
        pact: `sha256:${'a'.repeat(64)}`,
        tool: 'refunds.issue',
        verdict: 'step_up',
        findings: [],
        charges: [],
        reserves: [],
        spends: [],
        permit: null,
      },
      { agent: 'refunds', session: 's1' },
    );
    await scene.settle();
    await scene.pass(245_000, 5_000);
    scene.asks[0] = {
      ...FOUND,
      ask: { ...ask, id: 'apr_d1', state: 'denied', endedAt: scene.now() },
    };
    await scene.pass(5_000);
    assert.deepEqual(
      hook.taken.map(({ notice }) => [notice.event, notice.approval]),
      [
        ['approval-asked', 'apr_d1'],
        ['approval-soon', 'apr_d1'],
        ['approval-ended', 'apr_d1'],
      ],
    );
    assert.match(hook.taken[2]?.notice.title ?? '', /is over: denied$/);
    assert.ok(!JSON.stringify(hook.taken).includes('ada'), 'nothing says for whom it was');
  });
});

test('notices: a late word is told, and a word is told to the same people', async () => {
  verifies('incident.first-notice');
  await within({}, async (scene, hook) => {
    await scene.write('halt', haltOpen('hlt_1'), { agent: 'refunds' });
    await scene.settle();
    await scene.pass(1_800_000, 60_000);
    assert.equal(hook.taken[1]?.notice.event, 'word-late');
    assert.match(scene.notices.attention().join(), /1 incidents wait for a word that is late/);
    const incident = scene.notices.incidents()[0]?.id ?? '';
    const said = await scene.notices.say({ incident, text: 'contained', nextMinutes: 60 }, 'k1');
    assert.equal(said.ok, true);
    await scene.settle();
    assert.deepEqual(
      [hook.taken[2]?.notice.event, hook.taken[2]?.notice.title],
      ['word', 'contained'],
    );
    assert.deepEqual(scene.notices.attention(), []);
    await scene.pass(3_600_000, 60_000);
    assert.equal(hook.taken[3]?.notice.event, 'word-late');
    const unknown = await scene.notices.say({ incident: 'no', text: 'x', nextMinutes: null }, 'k1');
    assert.equal(unknown.ok ? null : unknown.error.code, 'not-found');
  });
});

test('notices: a first notice that does not arrive is told elsewhere, and shown', async () => {
  verifies('incident.first-notice');
  const [hook, pager] = [testChannel('hook'), testChannel('pager')];
  pager.answer = () => DOWN;
  await within({ channels: [hook, pager] }, async (scene) => {
    await scene.write('halt', haltOpen('hlt_1'), { agent: 'a' });
    await scene.pass(59_000, 5_000);
    assert.equal(hook.taken.length, 1);
    assert.equal(scene.notices.incidents()[0]?.isFirstLate, false);
    await scene.pass(120_000, 5_000);
    assert.deepEqual(
      hook.taken.map(({ notice }) => [notice.event, notice.severity]),
      [
        ['halt', 'critical'],
        ['first-notice-late', 'high'],
      ],
    );
    assert.match(hook.taken[1]?.notice.title ?? '', /has not reached channel `pager`: HALT/);
    const [incident] = scene.notices.incidents();
    assert.equal(incident?.isFirstLate, true);
    assert.deepEqual(incident?.first, [
      { channel: 'hook', at: 1_700_000_005_000 },
      { channel: 'pager', at: null },
    ]);
  });
});

test('notices: an hour of 500 loses nothing, repeats nothing, keeps the order', async () => {
  verifies('incident.notify');
  await within({ rules: { nextWordMs: 14_400_000 } }, async (scene, hook) => {
    hook.answer = () => DOWN;
    for (let at = 0; at < 40; at += 1) {
      await scene.write('finding', { name: 'role_claim' }, { agent: 'a', session: `s${at}` });
      if (at % 4 === 0) await scene.write('halt', haltOpen(`hlt_${at}`), { agent: `a${at}` });
      if (at % 4 === 1) {
        await scene.write('finding', { name: 'bypass' }, { agent: 'a', session: `s${at}` });
      }
      await scene.pass(90_000, 15_000);
    }
    assert.equal(scene.now() - 1_700_000_000_000, 3_600_000);
    assert.equal(hook.taken.length, 0);
    const tried = hook.attempts.length;
    assert.ok(tried > 60 && tried < 400, `it was tried ${tried} times in an hour`);
    hook.answer = () => TAKEN;
    await scene.pass(120_000, 15_000);
    const severities = hook.taken.map(({ notice }) => notice.severity);
    assert.deepEqual(severities, [
      ...Array.from({ length: 10 }, () => 'critical'),
      ...Array.from({ length: 10 }, () => 'high'),
      ...Array.from({ length: 40 }, () => 'medium'),
    ]);
    const keys = hook.taken.map(({ key }) => key);
    assert.equal(new Set(keys).size, keys.length, 'nothing was taken twice');
    assert.equal(entriesOf(scene, 'notified').length, keys.length);
  });
});

test('notices: Retry-After is kept to, and what is critical waits for no back-off', async () => {
  await within({}, async (scene, hook) => {
    hook.answer = () => ({ ...DOWN, retryAfterMs: 120_000 });
    await scene.write('finding', { name: 'bypass' }, { agent: 'a', session: 's1' });
    await scene.settle();
    await scene.write('halt', haltOpen('hlt_1'), { agent: 'a' });
    await scene.pass(119_000);
    assert.equal(hook.attempts.length, 1, 'Retry-After is kept to, also by what is critical');
    hook.answer = () => DOWN;
    await scene.pass(10_000);
    const before = hook.attempts.length;
    await scene.write('halt', haltOpen('hlt_2'), { agent: 'b' });
    hook.answer = () => TAKEN;
    await scene.settle();
    assert.ok(hook.attempts.length > before);
  });
});

test('notices: what is refused, or late by a day, is dead until a person retries it', async () => {
  await within({}, async (scene, hook) => {
    hook.answer = () => ({ kind: 'refused', fault: 'status-400' });
    await scene.write('halt', haltOpen('hlt_1'), { agent: 'a' });
    await scene.settle();
    const [dead] = scene.notices.messages({ state: 'dead', limit: 10 });
    assert.deepEqual([dead?.fault, dead?.attempts], ['status-400', 1]);
    assert.match(scene.notices.attention().join(), /1 messages could not be delivered/);
    hook.answer = () => TAKEN;
    await scene.pass(10_000);
    assert.equal(hook.taken.length, 0, 'it is not tried again by itself');
    const retried = await scene.notices.retry(dead?.key ?? '', 'k1');
    assert.deepEqual(retried, { ok: true, value: { retried: 1 } });
    await scene.settle();
    assert.equal(hook.taken[0]?.key, dead?.key);
    assert.deepEqual(
      entriesOf(scene, 'notified').map(({ open }) => open['result']),
      ['dead', 'retried', 'delivered'],
    );
    hook.answer = () => DOWN;
    await scene.write('halt', haltOpen('hlt_2'), { agent: 'b' });
    await scene.settle();
    await scene.pass(86_520_000, 600_000);
    const [late] = scene.notices.messages({ state: 'dead', limit: 10 });
    assert.deepEqual([late?.event, late?.fault], ['halt', 'status-500']);
  });
});

test('notices: at the bound the least pressing become digests that count each', async () => {
  await within({ rules: { waiting: 100 } }, async (scene, hook) => {
    hook.answer = () => DOWN;
    await scene.write('halt', haltOpen('hlt_1'), { agent: 'a' });
    for (let at = 0; at < 250; at += 1) {
      await scene.write('finding', { name: 'role_claim' }, { agent: 'a', session: `s${at}` });
    }
    await scene.settle();
    const waiting = scene.notices.messages({ state: 'waiting', limit: 1_000 });
    assert.ok(waiting.length <= 101, `${waiting.length} wait`);
    hook.answer = () => TAKEN;
    await scene.pass(120_000, 15_000);
    const told = hook.taken.reduce((sum, { notice }) => {
      const counted = notice.facts.find(([name]) => name === 'role-claim');
      if (notice.event === 'digest') return sum + Number(counted?.[1] ?? 0);
      return notice.event === 'role-claim' ? sum + 1 : sum;
    }, 0);
    assert.equal(told, 250);
    assert.equal(hook.taken[0]?.notice.event, 'halt');
  });
});

test('notices: a lost outbox is made again from the ledger, and repeats nothing', async () => {
  verifies('incident.notify');
  const hook = testChannel();
  await within({ channels: [hook] }, async (first) => {
    await first.write('halt', haltOpen('hlt_1'), { agent: 'a' });
    await first.settle();
    hook.answer = () => DOWN;
    await first.write('halt', haltOpen('hlt_2'), { agent: 'b' });
    await first.settle();
    hook.answer = () => TAKEN;
    await within({ channels: [hook], log: first.log, start: first.now() }, async (again) => {
      await again.settle();
      assert.deepEqual(
        hook.taken.map(({ notice }) => notice.agent),
        ['a', 'b'],
      );
      assert.equal(entriesOf(again, 'notifying').length, 1);
    });
  });
});

test('notices: a channel is told of nothing from before it was configured', async () => {
  const other = testChannel('other');
  await within({}, async (first) => {
    await first.write('halt', haltOpen('hlt_1'), { agent: 'a' });
    await first.settle();
    const both = { channels: [testChannel(), other], log: first.log, start: first.now() };
    await within(both, async (again) => {
      await again.write('halt', haltOpen('hlt_2'), { agent: 'b' });
      await again.settle();
      assert.deepEqual(
        other.taken.map(({ notice }) => notice.agent),
        ['b'],
      );
    });
  });
});

test('notices: names from elsewhere break no line and are short', async () => {
  await within({}, async (scene, hook) => {
    await scene.write(
      'tool_quarantined',
      { tool: `pay\n\u202Eevil${'x'.repeat(500)}`, server: 's', why: 'changed', signs: [] },
      { agent: 'a' },
    );
    await scene.settle();
    const { title = '' } = hook.taken[0]?.notice ?? {};
    assert.ok(!/[\n\u202E]/u.test(title));
    assert.ok(title.length < 250);
  });
});

test('notices: what people said at a service is offered once, as their word', async () => {
  verifies('human.approvals');
  const hook = testChannel('now');
  hook.answer = () => ({ kind: 'delivered', reference: 'change_request:1' });
  const vote = { id: 'v1', person: 'lena@example.com', outcome: 'approve' } as const;
  const votes = (): Promise<ForeignVotes> => Promise.resolve({ ok: true, votes: [vote] });
  const asking = { ...hook, channel: { ...hook.channel, kind: 'servicenow', votes } };
  await within({ channels: [asking] }, async (scene) => {
    const ask = { ...FOUND.ask, id: 'apr_d1', expiresAtMs: scene.now() + 300_000 };
    scene.asks.push({ ...FOUND, ask });
    const of = { agent: 'refunds', session: 's1' };
    await scene.write('decided', decidedOpen({ verdict: 'step_up' }), of);
    await scene.pass(60_000, 5_000);
    assert.deepEqual(scene.votes, [
      {
        approval: 'apr_d1',
        outcome: 'approve',
        reason: 'given in servicenow',
        person: 'lena@example.com',
        by: 'servicenow:now',
        mechanism: 'servicenow',
      },
    ]);
  });
});
