import assert from 'node:assert/strict';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { personCaller } from '../../testing/factors-scene.ts';
import { SUPPORT_PACT } from '../../testing/guard-pact.ts';
import { Clock, MemorySubjects, openOver, Pacts as Compiled } from '../../testing/guard-scene.ts';
import { openMemorySequencer } from '../../testing/memory-sequencer.ts';
import { Recorder } from '../record/recorder.ts';
import type { Caller } from '../routes/caller.ts';
import { PactRegistry } from './pact-registry.ts';
import { makePacts } from './pacts.ts';
import type { PactProposal } from './services.ts';
import { makeWriteEntry } from './write-entry.ts';

const local: Caller = {
  id: 'local',
  kind: 'local',
  roles: [],
  scopes: [],
  agents: null,
  person: null,
};

function shadowOf(purpose: string): PactProposal {
  const text = SUPPORT_PACT.replace('Answer customers.', purpose);
  const files = { 'support.yaml': text };
  const mode = 'shadow';
  return { agent: 'support', entry: 'support.yaml', files, mode, reason: 'try', signatures: [] };
}

async function scene({ people }: { readonly people: 1 | 2 }) {
  const log = await openMemorySequencer();
  const recorder = new Recorder({ sequencer: log });
  const world = { clock: new Clock(), subjects: new MemorySubjects(), pacts: new Compiled() };
  const { guard } = await openOver(log, world, { recorder });
  await guard.addAgent('support', 'local');
  const pacts = makePacts({
    guard,
    registry: new PactRegistry(),
    write: makeWriteEntry({ recorder, clock: world.clock.now }),
    blob: (digest) => log.blob(digest),
    rule: { people, signers: [] },
    namesBehind: (id) => {
      if (id === 'k1') return ['ada@example.com'];
      return id === 'oidc_1' ? ['https://login|ada', 'ada@example.com'] : [];
    },
  });
  return { log, guard, pacts };
}

test('pacts: what the log does not take starts and ends no shadow', async () => {
  const { log, guard, pacts } = await scene({ people: 1 });
  const first = await pacts.propose(shadowOf('Answer.'), local);
  assert.ok(first.ok, JSON.stringify(first));
  const running = (): string | null | undefined => guard.status('support')?.shadow;
  assert.equal(running(), first.value.digest);
  log.refuseAppends(true);
  const second = await pacts.propose(shadowOf('Answer twice.'), local);
  assert.ok(!second.ok && second.error.code === 'overloaded');
  assert.equal(running(), first.value.digest);
  assert.equal((await pacts.endShadow('support', local)).ok, false);
  assert.equal(running(), first.value.digest);
  log.refuseAppends(false);
  assert.ok((await pacts.endShadow('support', local)).ok);
  assert.equal(running(), null);
  await guard.close();
});

test('pacts: nobody overwrites a version they have not seen', async () => {
  const { guard, pacts } = await scene({ people: 1 });
  const publish = (purpose: string, base?: string | null): ReturnType<typeof pacts.propose> =>
    pacts.propose({ ...shadowOf(purpose), mode: 'publish', base }, local);
  const first = await publish('Answer.', null);
  assert.ok(first.ok, JSON.stringify(first));
  const late = await publish('Answer late.', null);
  assert.equal(late.ok ? 'done' : late.error.code, 'conflict');
  assert.match(late.ok ? '' : late.error.message, /from no pact and now sha256:[0-9a-f]+ is armed/);
  assert.ok((await publish('Answer on.', first.value.digest)).ok);
  const stale = await publish('Answer off.', first.value.digest);
  assert.equal(stale.ok ? 'done' : stale.error.code, 'conflict');
  assert.ok((await publish('Answer whatever is armed.')).ok);
  await guard.close();
});

test('pacts: the second person is none whom the first is called as well', async () => {
  verifies('authority.verified');
  const { guard, pacts } = await scene({ people: 2 });
  const ada = personCaller('ada@example.com', { id: 'k1' });
  const proposed = await pacts.propose({ ...shadowOf('Answer.'), mode: 'publish' }, ada);
  assert.ok(proposed.ok, JSON.stringify(proposed));
  const of = { agent: 'support', digest: proposed.value.digest };
  const person = { id: 'https://login|ada', email: null, groups: [], names: ['Ada@example.com'] };
  const again = await pacts.approve(of, { ...ada, id: 'oidc_1', person });
  assert.equal(again.ok ? 'done' : again.error.code, 'forbidden');
  assert.ok((await pacts.approve(of, personCaller('ben@example.com'))).ok);
  const byToken = { ...ada, id: 'oidc_1', person };
  const next = await pacts.propose({ ...shadowOf('Answer on.'), mode: 'publish' }, byToken);
  assert.ok(next.ok, JSON.stringify(next));
  const byKey = await pacts.approve({ ...of, digest: next.value.digest }, ada);
  assert.equal(byKey.ok ? 'done' : byKey.error.code, 'forbidden');
  await guard.close();
});
