import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { auditScene, type AuditScene, reviewer, servedOf } from '../../../testing/audit-scene.ts';
import { checkRecord } from '../../../testing/check-record.ts';
import { valueOf } from '../../../testing/guard-scene.ts';
import { kindsAt } from '../../../testing/log-entries.ts';
import { LOCAL } from '../../routes/gate/authenticate.ts';
import type { Served } from '../services.ts';
import type { ClaimFinding } from './audits.ts';

const LENA = reviewer('lena@example.com');
const OMAR = reviewer('omar@example.com');

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const codeOf = (served: Served<unknown>): string => (served.ok ? 'done' : served.error.code);

async function allRight(scene: AuditScene, item: string): Promise<readonly ClaimFinding[]> {
  const { claims } = servedOf(await scene.audits.show(item, LENA));
  return claims.map(({ claim }) => ({ claim, finding: 'right' }));
}

test('audits: what closed is drawn by a committed seed; a verifier does it again', async (t) => {
  verifies('human.audit-sample');
  const scene = await auditScene(t);
  servedOf(await scene.audits.begin('support', LOCAL));
  const [commitment] = scene.opens('audit_begun').map((open) => open['commitment']);
  for (let place = 0; place < 10; place += 1) await scene.play({ resolved: place < 6 });
  await scene.play();
  await scene.play({ status: 'error' });
  const shown = servedOf(await scene.audits.draw({ agent: 'support', raise: null }, LOCAL));
  assert.deepEqual([shown.sessions, shown.drawn, shown.percent], [12, 4, 10]);
  assert.deepEqual(kindsAt(scene.log, shown.entries), ['audit_drawn']);
  const [open] = scene.opens('audit_drawn');
  assert.deepEqual(open?.['strata'], [
    { stratum: 'resolved', count: 6, drawn: 1 },
    { stratum: 'unresolved', count: 4, drawn: 1 },
    { stratum: 'ok', count: 1, drawn: 1 },
    { stratum: 'not-ok', count: 1, drawn: 1 },
  ]);
  assert.equal(JSON.stringify(scene.opens('audit_begun')).includes(textOf(open?.['seed'])), false);
  assert.match(textOf(commitment), /^sha256:[0-9a-f]{64}$/);
  const { draws, brokenCount } = await checkRecord(scene);
  assert.equal(brokenCount, 0);
  assert.deepEqual(
    draws.map(({ drawn: many, why }) => [many, why]),
    [[4, null]],
  );
});

test('audits: a session without decisions is none, and one period follows the other', async (t) => {
  const scene = await auditScene(t);
  const { audits, guard } = scene;
  assert.equal(codeOf(await audits.draw({ agent: 'support', raise: null }, LOCAL)), 'conflict');
  assert.equal(codeOf(await audits.begin('nobody', LOCAL)), 'unknown-agent');
  // Opened before the audit began, and so left out.
  const early = {
    agent: 'support',
    principal: 'ada',
    task: null,
    room: null,
    name: null,
    subject: null,
  };
  const { session } = valueOf(
    await guard.openSession({ ...early, attributes: { customer_id: 'c' }, openedBy: 'front-end' }),
  );
  servedOf(await audits.begin('support', LOCAL));
  assert.equal(codeOf(await audits.begin('support', LOCAL)), 'conflict');
  valueOf(await guard.closeSession({ agent: 'support', session }));
  assert.equal(codeOf(await audits.draw({ agent: 'support', raise: null }, LOCAL)), 'conflict');
  await scene.play({ resolved: true });
  servedOf(await audits.draw({ agent: 'support', raise: null }, LOCAL));
  await scene.play({ resolved: true });
  await scene.play({ resolved: true });
  const second = servedOf(await audits.draw({ agent: 'support', raise: 'it looks odd' }, LOCAL));
  assert.deepEqual([second.sessions, second.percent, second.raised], [2, 20, 'stated']);
  const rows = await audits.list('support');
  assert.deepEqual(
    rows.map(({ state, sessions }) => [state, sessions]),
    [
      ['running', 0],
      ['drawn', 2],
      ['drawn', 1],
    ],
  );
});

test('audits: a reviewer sees the session and nothing of what the agent reported', async (t) => {
  verifies('human.audit-sample');
  const scene = await auditScene(t);
  servedOf(await scene.audits.begin('support', LOCAL));
  const says = 'Your order was shipped. It arrives on Monday.';
  const session = await scene.play({ resolved: true, says });
  servedOf(await scene.audits.draw({ agent: 'support', raise: null }, LOCAL));
  const [queued] = await scene.audits.queue('support', LENA);
  const shown = servedOf(await scene.audits.show(queued?.item ?? '', LENA));
  assert.deepEqual(shown.turns, [
    { kind: 'message', from: 'principal', text: 'where is my order?' },
    {
      kind: 'action',
      tool: 'orders.get',
      args: { order: '1042' },
      was: 'let-through',
      result: { state: 'shipped' },
      claims: ['c1'],
    },
    {
      kind: 'action',
      tool: 'output.answer',
      args: { text: says },
      was: 'let-through',
      result: null,
      claims: ['c2', 'c3'],
    },
  ]);
  assert.deepEqual(shown.claims, [
    { claim: 'c1', kind: 'action', text: 'orders.get {"order":"1042"}' },
    { claim: 'c2', kind: 'statement', text: 'Your order was shipped.' },
    { claim: 'c3', kind: 'statement', text: 'It arrives on Monday.' },
  ]);
  const told = JSON.stringify({ shown, queued });
  for (const hidden of [session, 'resolved', '"ok"', 'stratum', 'status']) {
    assert.equal(told.includes(hidden), false, hidden);
  }
  const reads = scene.opens('read');
  const by = LENA.id;
  assert.deepEqual(reads, [{ by, session, decision: null, audit: queued?.item ?? '' }]);
});

test('audits: judged claim by claim, once, and it becomes truth data and figures', async (t) => {
  verifies('human.audit-sample', 'human.feedback');
  const scene = await auditScene(t);
  servedOf(await scene.audits.begin('support', LOCAL));
  await scene.play({ resolved: true, says: 'It was shipped. It arrives on Monday.' });
  const { audit } = servedOf(await scene.audits.draw({ agent: 'support', raise: null }, LOCAL));
  const item = `${audit}-1`;
  const judge = (claims: readonly ClaimFinding[], resolved: 'yes' | 'no' = 'no') =>
    scene.audits.judge({ item, resolved, claims, note: null }, LENA);
  const early = await scene.audits.figures({ audit, isPartial: false });
  assert.match(early.ok ? '' : early.error.message, /^1 of 1 drawn sessions .* wait/);
  const missing = await judge([{ claim: 'c1', finding: 'right' }]);
  assert.match(missing.ok ? '' : missing.error.message, /missing: c2, c3/);
  assert.equal(codeOf(await judge([{ claim: 'c9', finding: 'right' }])), 'bad-request');
  servedOf(
    await judge([
      { claim: 'c1', finding: 'right' },
      { claim: 'c2', finding: 'right' },
      { claim: 'c3', finding: 'wrong', note: 'the carrier says Friday' },
    ]),
  );
  assert.equal(codeOf(await judge([])), 'conflict');
  const { rows } = servedOf(await scene.cases.list('support', LOCAL));
  assert.deepEqual(
    rows.map(({ tool, label, expect, source, note }) => [tool, label, expect, source, note]),
    [
      ['orders.get', 'should-allow', 'allow', 'audit', null],
      ['output.answer', 'wrong-arguments', 'deny', 'audit', 'the carrier says Friday'],
    ],
  );
  const figures = servedOf(await scene.audits.figures({ audit, isPartial: false }));
  assert.deepEqual([figures.claimed, figures.audited.share, figures.isWide], [1, 0, true]);
  assert.deepEqual(figures.strata[0]?.claims, { right: 2, wrong: 1, unsure: 0 });
  const [open] = scene.opens('audit_judged');
  assert.equal(JSON.stringify(open).includes('Friday'), false, 'words are sealed');
  assert.equal((await checkRecord(scene)).brokenCount, 0);
});

test('audits: nobody judges what they voted on, asked for, or looked at before', async (t) => {
  verifies('human.audit-sample', 'human.approvals');
  const scene = await auditScene(t);
  const { guard, audits } = scene;
  servedOf(await audits.begin('support', LOCAL));
  const of = { agent: 'support', principal: 'Eve@example.com', task: null, room: null };
  const opening = { ...of, attributes: { customer_id: 'c' }, name: null, subject: null };
  const { session } = valueOf(await guard.openSession({ ...opening, openedBy: 'front-end' }));
  const asked = { agent: 'support', session, request: 'r1', tool: 'refunds.pay', args: {} };
  valueOf(await guard.decide(asked));
  const ask = guard.asks.list()[0]?.ask.id ?? '';
  const voter = { id: 'lena@example.com', email: 'lena@example.com', groups: ['lead'], names: [] };
  const ballot = { voter, barred: [], givers: [], by: 'link-1', mechanism: 'link' };
  valueOf(await guard.asks.vote({ ...ballot, ask, outcome: 'approve', reason: 'fine' }));
  valueOf(await guard.decide(asked));
  valueOf(await guard.closeSession({ agent: 'support', session }));
  const { audit } = servedOf(await audits.draw({ agent: 'support', raise: null }, LOCAL));
  const item = `${audit}-1`;
  assert.equal(codeOf(await audits.show(item, LENA)), 'forbidden', 'she approved, by a link');
  assert.equal(codeOf(await audits.show(item, reviewer('eve@example.com'))), 'forbidden');
  assert.equal(codeOf(await audits.show(item, LOCAL)), 'forbidden', 'the socket is nobody');
  const read = { by: OMAR.id, session, decision: null };
  servedOf(await scene.write({ kind: 'read', agent: 'support', open: read }));
  const looked = await audits.show(item, OMAR);
  assert.match(looked.ok ? '' : looked.error.message, /looked at this session before/);
  assert.deepEqual(await audits.queue('support', OMAR), []);
  assert.equal(codeOf(await audits.show(item, reviewer('ines@example.com'))), 'done');
  assert.equal(codeOf(await audits.show('aud_0-1', LENA)), 'not-found');
});

test('audits: of the erased nothing is judged any more, and what was stays counted', async (t) => {
  verifies('human.audit-sample', 'evidence.erasure');
  const scene = await auditScene(t, { rate: 100, raised: 100 });
  const { audits, subjects } = scene;
  servedOf(await audits.begin('support', LOCAL));
  const people = new Map<string, string>();
  for (const principal of ['ada', 'bob', 'cem']) {
    people.set(await scene.play({ principal, resolved: true }), principal);
  }
  const { audit } = servedOf(await audits.draw({ agent: 'support', raise: null }, LOCAL));
  const [open] = scene.opens('audit_drawn');
  const sample = Array.isArray(open?.['sample']) ? open['sample'] : [];
  const [judged = '', gone = '', left = ''] = sample.map((id) => people.get(String(id)) ?? '');
  const [first, second, third] = [1, 2, 3].map((rank) => `${audit}-${rank}`);
  const claims = await allRight(scene, first ?? '');
  servedOf(await audits.judge({ item: first ?? '', resolved: 'yes', claims, note: null }, LENA));
  assert.equal(servedOf(await scene.cases.list('support', LOCAL)).rows.length, 2);
  for (const name of [judged, gone]) {
    const { id: subject } = await subjects.named(name);
    subjects.erase(subject);
    const erasure = { subject, sessions: [], by: 'local' };
    servedOf(await scene.write({ kind: 'erasure', agent: null, open: erasure }));
  }
  const shown = await audits.show(second ?? '', LENA);
  assert.match(shown.ok ? '' : shown.error.message, /is erased: nobody can judge it any more/);
  assert.deepEqual(
    (await audits.queue('support', LENA)).map(({ item }) => item),
    [third],
  );
  const [row] = servedOf(await audits.figures({ audit, isPartial: true })).strata;
  assert.deepEqual([row?.drawn, row?.judged, row?.erased, row?.accurate.count], [3, 1, 1, 1]);
  assert.deepEqual(servedOf(await scene.cases.list('support', LOCAL)).rows, []);
  const claimsLeft = await allRight(scene, third ?? '');
  const last = { item: third ?? '', resolved: 'yes' as const, claims: claimsLeft, note: null };
  assert.equal(codeOf(await audits.judge(last, LENA)), 'done', left);
  assert.equal((await checkRecord(scene)).draws[0]?.why, null, 'the draw still verifies');
});

test('audits: a draw that was cut off in the middle is made by the next start', async (t) => {
  verifies('human.audit-sample');
  const scene = await auditScene(t);
  servedOf(await scene.audits.begin('support', LOCAL));
  for (let place = 0; place < 5; place += 1) await scene.play({ resolved: true });
  const [first] = await scene.audits.list('support');
  const seed = scene.secrets.get(`audit-seed:${first?.audit ?? ''}`);
  // The seed cannot be read: what ends the period is written, and what draws is not.
  scene.secrets.delete(`audit-seed:${first?.audit ?? ''}`);
  const held = await scene.audits.draw({ agent: 'support', raise: null }, LOCAL);
  assert.match(
    held.ok ? '' : held.error.message,
    /the seed of `aud_[0-9a-f]+` is not in the vault/,
  );
  assert.deepEqual([scene.opens('audit_begun').length, scene.opens('audit_drawn').length], [2, 0]);
  assert.match(scene.audits.attention().join(), /1 audits have ended/);
  scene.secrets.set(`audit-seed:${first?.audit ?? ''}`, seed ?? new Uint8Array());
  const next = scene.restarted();
  await next.list(null);
  await next.tick();
  const rows = await next.list('support');
  assert.deepEqual(
    rows.map(({ state, sessions }) => [state, sessions]),
    [
      ['running', 0],
      ['drawn', 5],
    ],
  );
  assert.equal((await checkRecord(scene)).draws[0]?.why, null);
});

test('audits: what is configured begins by itself, and is drawn when it is due', async (t) => {
  const scene = await auditScene(t, { agents: ['support', 'nobody'], everyMs: 86_400_000 });
  await scene.audits.tick();
  await scene.audits.tick();
  await scene.play({ resolved: true });
  await scene.audits.tick();
  assert.deepEqual([scene.opens('audit_begun').length, scene.opens('audit_drawn').length], [1, 0]);
  scene.clock.wait(86_400_001);
  await scene.audits.list(null);
  await scene.audits.tick();
  assert.deepEqual([scene.opens('audit_begun').length, scene.opens('audit_drawn').length], [2, 1]);
  assert.match(scene.audits.attention().join(), /one drawn session waits for a reviewer/);
});

test('audits: the order of the queue tells nothing of what the agent reported', async (t) => {
  const scene = await auditScene(t, { rate: 50, raised: 50 });
  servedOf(await scene.audits.begin('support', LOCAL));
  const said = new Map<string, boolean>();
  for (let place = 0; place < 40; place += 1) {
    const resolved = place % 2 === 0;
    said.set(await scene.play({ resolved }), resolved);
  }
  servedOf(await scene.audits.draw({ agent: 'support', raise: null }, LOCAL));
  const [open] = scene.opens('audit_drawn');
  const sample = Array.isArray(open?.['sample']) ? open['sample'] : [];
  const order = sample.map((session) => said.get(String(session)));
  const changes = order.filter((each, place) => place > 0 && each !== order[place - 1]).length;
  assert.equal(order.length, 20);
  // Of 20 in any order, 9.5 neighbours differ; that fewer than 3 do happens once in 10 000 times.
  assert.ok(changes >= 3, order.join());
});
