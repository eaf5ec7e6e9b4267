import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { originSummary, pathMarks } from '../origin-path.ts';
import { compareDecision } from './compare-decision.ts';
import { originTrail } from './origin-trail.ts';
import { attackedSession, mailPact } from './sample-session.ts';
import { readRows } from './session-record.ts';

test('trail: a value leads back to the result it stood in, and to the call that brought it', () => {
  verifies('detect.provenance');
  const pact = mailPact('never');
  const read = readRows(attackedSession(pact));
  const trail = originTrail(pact, read, { index: 3, value: 'eve@evil.example' });
  assert.deepEqual(
    trail.places.map(({ index, trust, call }) => [index, trust, call?.index, call?.tool]),
    [[2, 'untrusted', 1, 'read_mail']],
  );
  assert.deepEqual(
    [...pathMarks(3, trail)].map(([index, { kind }]) => [index, kind]),
    [
      [2, 'place'],
      [1, 'way'],
      [3, 'start'],
    ],
  );
  assert.deepEqual(originSummary(trail), {
    trust: 'untrusted',
    text:
      'A stranger wrote it: it came in what `read_mail` answered, entry 2, and nobody who is ' +
      'trusted said it.',
  });
});

test('trail: what stands nowhere was made up, unless something before it is closed', () => {
  const pact = mailPact('never');
  const { rows, ...session } = attackedSession(pact);
  const asked = { index: 3, value: 'nobody@evil.example' };
  const whole = originTrail(pact, readRows({ ...session, rows }), asked);
  assert.equal(originSummary(whole).trust, 'agent');
  const erased = rows.map((row) =>
    row.index === 2 ? { ...row, sealed: 'erased' as const, secret: null } : row,
  );
  const part = originTrail(pact, readRows({ ...session, rows: erased }), asked);
  assert.deepEqual([part.unseen, originSummary(part).trust], [1, 'unknown']);
});

test('compare: both pacts with every rule they tried, from what the decision read', () => {
  verifies('evidence.explain');
  const own = mailPact('never');
  const record = attackedSession(own);
  const { own: recorded, other } = compareDecision(record, 3, { own, other: mailPact('anywhere') });
  assert.equal(recorded?.standing, 'recomputed');
  assert.deepEqual(
    recorded?.steps.map(({ rule, finding }) => [rule, finding]),
    [
      ['strangers', 'deny'],
      ['mail', null],
    ],
  );
  assert.deepEqual([other?.verdict, other?.basis], ['allow', 'reads']);
  assert.deepEqual(
    other?.steps.map(({ rule, finding }) => [rule, finding]),
    [['mail', 'allow']],
  );
});

test('compare: what was erased can be made by neither', () => {
  const own = mailPact('never');
  const { rows, ...session } = attackedSession(own);
  const closed = rows.map((row) => ({ ...row, sealed: 'erased' as const, secret: null }));
  const compared = compareDecision({ ...session, rows: closed }, 3, { own, other: own });
  assert.deepEqual([compared.own?.standing, compared.other], ['erased', null]);
});
