import assert from 'node:assert/strict';
import { test } from 'node:test';

import { sceneOf, verifies } from '@plumbline/testkit';

import { loadPact } from '../pact/load.ts';
import { allowedBad, judgeStaging } from './judge.ts';
import { lostIn, phaseOf, noStaging, noteStaging } from './book.ts';
import { whyMisrouted } from './why-misrouted.ts';
import { isStaged, nextPhase, placeOf, routeOf, type StagingRule } from './rule.ts';

const HEAD = `
pact: plumbline/v1
agent: shop
purpose: Sell things.
owner: shop@example.com
autonomy: 2
tools:
  orders.get: { effect: read }
  orders.create: { effect: write }
  orders.cancel: { effect: write }
allow:
  - { id: read, tool: orders.get }
  - { id: write, tool: [orders.create, orders.cancel] }
`;

function ruleOf(staging: string): StagingRule {
  const rule = sceneOf(`${HEAD}staging: ${staging}`).pact.staging;
  assert.ok(rule !== null);
  return rule;
}

function complaintsOf(staging: string): readonly string[] {
  const loaded = loadPact('p.yaml', () => `${HEAD}staging: ${staging}`);
  return loaded.ok ? [] : loaded.error.map(({ message }) => message);
}

test('staging: what is left out has stated defaults', () => {
  verifies('pact.staging');
  assert.deepEqual(ruleOf('{ tools: [orders.create] }'), {
    tools: ['orders.create'],
    upstream: 'staging',
    share: null,
    begins: 'staging',
    promoteAfterMs: 86_400_000,
    sample: 100,
    checks: [
      { name: 'errors', below: 0.1 },
      { name: 'refusals', below: 0.2 },
      { name: 'halts', below: null },
    ],
  });
  assert.equal(sceneOf(HEAD).pact.staging, null);
});

test('staging: a share alone begins live, with an upstream it comes second', () => {
  verifies('pact.staging');
  const alone = ruleOf('{ tools: [orders.create], share: 10% }');
  assert.deepEqual([alone.begins, nextPhase(alone, 'canary')], ['canary', 'promoted']);
  const both = ruleOf('{ tools: [orders.create], share: 10%, upstream: sandbox }');
  assert.deepEqual([both.begins, nextPhase(both, 'staging')], ['staging', 'canary']);
  const neither = ruleOf('{ tools: [orders.create] }');
  assert.equal(nextPhase(neither, 'staging'), 'promoted');
});

test('staging: what a person cannot have meant is refused with its place', () => {
  assert.deepEqual(complaintsOf('{ tools: [orders.craete] }'), [
    'unknown tool `orders.craete`, did you mean `orders.create`?',
  ]);
  assert.deepEqual(complaintsOf('{ tools: [orders.create], checks: [error] }'), [
    'expected one of `errors`, `refusals`, `latency`, `halts`, found `error`, ' +
      'did you mean `errors`?',
  ]);
  assert.deepEqual(complaintsOf('{ tools: [orders.create], sample: 20, checks: [errors] }'), [
    '`sample` of 20 is too small for check `errors`: make it at least 29',
  ]);
  assert.deepEqual(complaintsOf('{ tools: [orders.create], checks: { errors: { below: 60% } } }'), [
    'expected a percentage above 0% and at most 50%',
  ]);
});

test('staging: layers stage what any of them does, as strictly as any', () => {
  const base = `${HEAD}staging: { tools: [orders.cancel], share: 20%, upstream: box, sample: 200 }`;
  const own = HEAD.replace(/tools:\n(?: .*\n)+/, '').replaceAll('id: ', 'id: own-');
  const files = { 'base.yaml': base };
  const staged = '{ tools: [orders.create], promote_after: 48h, share: 5% }';
  const text = `${own}extends: base.yaml\nstaging: ${staged}`;
  const { staging } = sceneOf(text, files).pact;
  assert.deepEqual(staging?.tools, ['orders.create', 'orders.cancel']);
  assert.deepEqual(
    [staging.share, staging.sample, staging.promoteAfterMs],
    [0.05, 200, 172_800_000],
  );
  assert.equal(staging.begins, 'staging');
});

test('staging: of a hundred at most four may be bad, of fewer than 29 none is enough', () => {
  assert.deepEqual(
    [allowedBad(100, 0.1), allowedBad(50, 0.1), allowedBad(29, 0.1), allowedBad(28, 0.1)],
    [4, 1, 0, -1],
  );
  assert.equal(allowedBad(1_000, 0.5), 473);
  assert.equal(allowedBad(1_000, 0.01), 4);
});

test('staging: a session has one place, and the stated share of them is live', () => {
  verifies('pact.staging');
  const rule = ruleOf('{ tools: [orders.*], share: 25% }');
  const live = Array.from({ length: 4_000 }, (_, index) => `ses_${index}`).filter((session) => {
    return routeOf(rule, 'canary', { pact: 'sha256:p', session }).side === 'live';
  });
  assert.ok(live.length > 900 && live.length < 1_100, String(live.length));
  assert.equal(placeOf('sha256:p', 'ses_1'), placeOf('sha256:p', 'ses_1'));
  assert.ok(isStaged(rule, 'orders.create'));
  assert.ok(!isStaged(rule, 'mail.send'));
  const of = { pact: 'sha256:p', session: 'ses_1' };
  assert.equal(routeOf(rule, 'promoted', of).side, 'live');
  assert.deepEqual(routeOf(rule, 'fallen-back', of), {
    side: 'staging',
    upstream: 'staging',
    phase: 'fallen-back',
  });
});

test('staging: what was never sent does not count, and an unknown end only in the end', () => {
  const rule = ruleOf('{ tools: [orders.*], sample: 29 }');
  const book = noStaging();
  noteStaging(book, rule, { kind: 'armed', at: 0, open: { pact: 'p' } });
  const route = { side: 'staging', upstream: 'staging', phase: 'staging' };
  const decided = (decision: string): void =>
    noteStaging(book, rule, {
      kind: 'decided',
      at: 1,
      open: { decision, pact: 'p', verdict: 'allow', findings: [], route },
    });
  const ended = (decision: string, status: string, at = 2): void =>
    noteStaging(book, rule, { kind: 'outcome', at, open: { decision, status, redeemedAt: 1 } });
  for (const each of ['a', 'b', 'c', 'd']) decided(each);
  ended('a', 'not_sent');
  ended('b', 'ok', 10_001);
  ended('c', 'unknown');
  ended('c', 'ok');
  ended('d', 'unknown', 3);
  ended('nobody', 'error');
  const { outcomes, errors, slow } = phaseOf(book, rule, { pact: 'p', nowMs: 2 });
  assert.deepEqual([outcomes, errors, slow], [2, 0, 1]);
  const moveAt = (nowMs: number): string | undefined => {
    const phase = phaseOf(book, rule, { pact: 'p', nowMs });
    return judgeStaging(rule, phase, { nowMs, lost: lostIn(book, nowMs) })?.to;
  };
  assert.equal(moveAt(600_002), undefined);
  assert.equal(moveAt(600_003), 'fallen-back');
});

test('staging: a way that the record does not give is found', () => {
  verifies('pact.staging', 'evidence.recompute');
  const rule = ruleOf('{ tools: [orders.*], upstream: box }');
  const why = (route: object, tool = 'orders.create'): string | null => {
    const open = { pact: 'p', tool, route: { ...route } };
    return whyMisrouted(noStaging(), rule, { at: 1, session: 's', open });
  };
  const due = { side: 'staging', upstream: 'box', phase: 'staging' };
  assert.equal(why(due), null);
  const live = { side: 'live', upstream: null, phase: 'promoted' };
  assert.equal(why(live), 'it went to `live`, and `staging` was due');
  assert.equal(why({ ...due, upstream: 'other' }), 'it went to `staging`, and `staging` was due');
  assert.equal(why(due, 'mail.send'), 'the tool that was routed is not staged');
});
