import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { valueOf } from '../../../testing/guard-scene.ts';
import { UNDO_PACT, undoScene } from '../../../testing/undo-scene.ts';

test('undo: what was attested of a session holds for what takes it back', async (t) => {
  verifies('incident.undo', 'authority.session-binding');
  const only = '{ id: here, tool: room.cancel, unless: session.region == "eu", say: eu alone }';
  const ruled = UNDO_PACT.replace('exclude:', `exclude:\n  - ${only}`);
  const made = await undoScene({ pact: `${ruled}session: { region: string }\n` });
  t.after(() => made.close());
  const { approved, run, scene } = made;
  const booked = async (region: string): Promise<string> => {
    const session = await scene.open({ attributes: { region }, name: region });
    const answer = valueOf(await scene.decide(session, 'r1', 'room.book', {}));
    const { decision, permit } = answer;
    valueOf(scene.guard.redeem({ agent: 'support', token: permit?.token ?? '' }));
    const report = { agent: 'support', session, decision, status: 'ok', records: null } as const;
    valueOf(await scene.guard.outcome({ ...report, result: { id: region } }));
    return decision;
  };
  const set = await approved([await booked('us'), await booked('eu')], { goOn: true });
  const ran = await run(set.undo);
  assert.deepEqual(
    ran.steps.map(({ state }) => state),
    ['done', 'refused'],
  );
  const sent = made.upstream.received.map(({ path, body }) => `${path} ${body}`);
  assert.deepEqual(sent, ['/cancel {"id":"eu"}']);
});
