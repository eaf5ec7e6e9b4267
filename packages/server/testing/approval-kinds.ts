import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '@plumbline/testkit';

import { text } from './ask-daemon.ts';
import { Trial } from './approval-trial.ts';
import { APPROVAL_MS, type ApprovalWorld } from './approval-world.ts';

/** Runs one trial of its kind to its end, and fails when it went wrong. */
export type TrialKind = (
  world: ApprovalWorld,
  of: { readonly name: string; readonly dice: Random },
) => Promise<void>;

const TEXT_FORM = { outcome: 'approve', reason: 'by link' };

/** What is tried, by name. Every one of them may meet a daemon that is killed and started again. */
export const TRIAL_KINDS: Readonly<Record<string, TrialKind>> = {
  /** Approved is one thing, and another is tried in its place. */
  swapped: async (world, { name }) => {
    const trial = await Trial.open(world, 'calm', name);
    const ask = await trial.ask();
    await trial.vote(ask, 'lena', 'approve');
    const other = { ...trial.args, copies: 9 };
    const body = { session: trial.session, request: trial.request, tool: 'mail.send', args: other };
    for (;;) {
      const said = await world.tryPost('local', 'agents/calm/actions/decide', body);
      if (said === 'conflict') break;
      assert.ok(typeof said === 'string', `swapped under the same id: ${JSON.stringify(said)}`);
      await sleep(20);
    }
    const fresh = await trial.decide(other, 'other');
    assert.equal(fresh['verdict'], 'step_up', 'swapped under another id');
    await trial.untilDone(ask, (again) => trial.vote(again, 'lena', 'approve'));
  },

  /** Everything is sent twice at once: the vote, the request and the permit. */
  doubled: async (world, { name }) => {
    const trial = await Trial.open(world, 'double', name);
    const ask = await trial.ask();
    const approve = async (id: string): Promise<void> => {
      const votes = [trial.vote(id, 'lena', 'approve'), trial.vote(id, 'lena', 'approve')];
      await Promise.all([...votes, trial.vote(id, 'omar', 'approve')]);
    };
    const [one, two] = await Promise.all([
      trial.vote(ask, 'lena', 'approve'),
      trial.vote(ask, 'lena', 'approve'),
    ]);
    assert.ok(one !== 'counted' || two !== 'counted', 'one person counted twice');
    assert.equal(await trial.act(), 'step_up', 'one person of two');
    await trial.vote(ask, 'omar', 'approve');
    await trial.act(3);
    if (trial.upstream.effects.size === 0) await trial.untilDone(ask, approve);
    assert.equal(trial.upstream.effects.size, 1);
    assert.notEqual(await trial.act(), 'step_up', 'a repeat has the first answer');
    assert.equal(trial.upstream.effects.size, 1);
  },

  /** A link is used again and again, where two people are needed. */
  replayed: async (world, { name }) => {
    const trial = await Trial.open(world, 'double', name);
    const ask = await trial.ask();
    const made = await world.post('lena', `approvals/${ask}/links`, { person: 'lena@example.com' });
    const url = text(made['url']);
    await Promise.all([1, 2, 3].map(() => world.sendForm(url, TEXT_FORM)));
    let status = 0;
    while (status !== 404) {
      status = await world.sendForm(url, TEXT_FORM);
      if (status === 0) await sleep(20);
    }
    assert.equal(await trial.act(), 'step_up', 'a link that was replayed is two people');
    const approve = async (id: string): Promise<void> => {
      await Promise.all([trial.vote(id, 'lena', 'approve'), trial.vote(id, 'omar', 'approve')]);
    };
    await trial.vote(ask, 'omar', 'approve');
    await trial.untilDone(ask, approve);
  },

  /** The enforcement point waits while daemons come and go between approval and execution. */
  patient: async (world, { name, dice }) => {
    const trial = await Trial.open(world, 'calm', name);
    const ask = await trial.ask();
    await trial.vote(ask, 'vera', 'approve');
    await sleep(dice.below(APPROVAL_MS / 2));
    await trial.untilDone(ask, (again) => trial.vote(again, 'lena', 'approve'));
  },

  /** Nobody answers in time, or the approval runs out before it is used. */
  late: async (world, { name, dice }) => {
    if (dice.chance(0.5)) {
      const trial = await Trial.open(world, 'hasty', name);
      const ask = await trial.tryAsk();
      if (ask === null) return;
      await sleep(1_000 + dice.below(300));
      assert.equal(await trial.vote(ask, 'lena', 'approve'), 'conflict', 'a vote after the end');
      trial.isDenied = true;
      assert.equal(await trial.act(), 'deny');
      assert.equal(await trial.stateOf(ask), 'expired');
      return;
    }
    const trial = await Trial.open(world, 'calm', name);
    const ask = await trial.ask();
    await trial.vote(ask, 'lena', 'approve');
    await sleep(APPROVAL_MS + dice.below(200));
    assert.equal(await trial.act(), 'step_up', 'an approval that ran out');
    assert.equal(trial.upstream.effects.size, 0);
  },

  /** Right at the deadline: whoever is first, it happens at most once. */
  deadline: async (world, { name, dice }) => {
    const trial = await Trial.open(world, 'hasty', name);
    const ask = await trial.tryAsk();
    if (ask === null) return;
    await sleep(940 + dice.below(80));
    const voted = await trial.vote(ask, 'lena', 'approve');
    const ending = await trial.act();
    // A vote whose answer was lost is told as one that came before.
    if (ending === 'done') assert.ok(['counted', 'conflict'].includes(voted));
    if ((await trial.stateOf(ask)) === 'expired') assert.equal(trial.upstream.effects.size, 0);
  },

  /** Another pact is armed while people vote and the request comes again. */
  moving: async (world, { name, dice }) => {
    const trial = await Trial.open(world, 'moving', name);
    const first = await trial.decide(trial.args, 'r0');
    const ask = text(first['approval']);
    await sleep(dice.below(60));
    const voted = await trial.vote(ask, 'lena', 'approve');
    await sleep(dice.below(60));
    const said = await trial.decide(trial.args, 'r0');
    const state = await trial.stateOf(ask);
    if (said['verdict'] === 'allow') assert.equal(state, 'used', `${voted}, and then ${state}`);
    else assert.equal(said['verdict'], 'step_up', JSON.stringify(said));
  },

  /** A halt comes while people vote and the request comes again; it is lifted afterwards. */
  halted: async (world, { name, dice }) => {
    const trial = await Trial.open(world, 'calm', name);
    const ask = await trial.ask();
    const stop = { scope: 'session', target: trial.session, reason: 'trial' };
    const voting = trial.vote(ask, 'omar', 'approve');
    await sleep(dice.below(10));
    const acting = trial.act();
    await world.post('local', 'agents/calm/halt', stop);
    await Promise.all([acting, voting]);
    // What was forwarded before the halt was answered is no fault; from here on nothing is.
    const effects = trial.upstream.effects.size;
    assert.ok(['deny', 'done', 'lost'].includes(await trial.act()), 'a halted session');
    assert.equal(trial.upstream.effects.size, effects, 'forwarded while halted');
    await world.post('local', 'agents/calm/resume', stop);
    const said = await trial.decide(trial.args, 'after');
    assert.equal(said['verdict'], 'step_up', `after a halt: ${JSON.stringify(said)}`);
  },

  /** One approves and one denies, at once. */
  raced: async (world, { name, dice }) => {
    const trial = await Trial.open(world, dice.chance(0.5) ? 'calm' : 'double', name);
    const ask = await trial.ask();
    const acting = sleep(dice.below(20)).then(() => trial.act());
    await Promise.all([
      trial.vote(ask, 'lena', 'approve'),
      trial.vote(ask, 'omar', 'deny'),
      trial.vote(ask, 'vera', 'approve'),
      acting,
    ]);
    await trial.act();
    const state = await trial.stateOf(ask);
    const effects = trial.upstream.effects.size;
    if (state === 'denied') assert.equal(effects, 0, 'executed although denied');
    else assert.ok(effects <= 1 && ['used', 'lapsed', 'approved'].includes(state), state);
  },
};
