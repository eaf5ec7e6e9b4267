import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { ADMIN, bringIntoForce, type Life, openLife } from '../../testing/power-cuts-life.ts';
import { prepared } from '../../testing/power-cuts.ts';
import { World } from '../../testing/power-cuts-world.ts';

const FILE = 'snapshots/guard.snap';
const SECRET = 'guard-snapshot';
const ADA = { agent: 'shop', principal: 'ada', task: null, room: null, attributes: {} } as const;

async function start(world: World): Promise<Life> {
  const life = await openLife(world, { withSnapshots: true });
  assert.ok((await bringIntoForce(life)) && (await prepared(life)));
  return life;
}

async function stop(world: World, { opened, log }: Life): Promise<void> {
  await opened.guard.close();
  await log.close();
  world.machine.kill();
}

test('snapshots: one from a backup older than an erasure is destroyed, not used', async () => {
  verifies('evidence.erasure');
  for (const isClosed of [false, true]) await tryOld(isClosed);
});

async function tryOld(isClosed: boolean): Promise<void> {
  const world = new World(7);
  const first = await start(world);
  const asked = { ...ADA, name: null, subject: null, openedBy: 'front-end' };
  const { guard } = first.opened;
  const opened = await guard.openSession(asked);
  assert.ok(opened.ok);
  const of = { agent: 'shop', session: opened.value.session };
  if (isClosed) assert.ok((await guard.closeSession(of)).ok);
  await stop(world, first);

  const second = await start(world);
  assert.ok(second.opened.foldedFrom > 0);
  const [bytes, key] = [await second.disk.read(FILE), await second.vault.secret(SECRET)];
  assert.ok(bytes !== undefined && key !== undefined);
  assert.ok((await second.people.erase({ subject: 'ada', reason: 'asked' }, ADMIN)).ok);
  assert.equal(await second.vault.secret(SECRET), undefined);
  await second.disk.replace(FILE, bytes);
  await second.vault.putSecret(SECRET, key);
  await stop(world, second);

  const third = await openLife(world, { withSnapshots: true });
  assert.equal(third.opened.foldedFrom, 0);
  assert.equal(await third.vault.secret(SECRET), undefined);
  await stop(world, third);
}
