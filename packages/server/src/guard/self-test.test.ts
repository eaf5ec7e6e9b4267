import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { CompiledPact } from '@plumbline/core';
import { verifies } from '@plumbline/testkit';

import { SUPPORT_PACT } from '../../testing/guard-pact.ts';
import { codeOf, guardScene, valueOf } from '../../testing/guard-scene.ts';

test('self-test: forbidden actions go through the guard before a pact is armed', async () => {
  verifies('pact.default-deny', 'pact.excluded');
  const scene = await guardScene();
  const tests = scene.entries().filter(({ kind }) => kind === 'self_test');
  const [unlisted, excluded] = tests.map(({ open }) => open);
  assert.deepEqual([unlisted?.['verdict'], unlisted?.['passed']], ['deny', true]);
  assert.deepEqual([excluded?.['tool'], excluded?.['passed']], ['ledger.wipe', true]);
  const texts = scene.log.entries().map((bytes) => Buffer.from(bytes).toString('utf8'));
  const probes = texts.filter((text) => text.includes('"agent":"support~probe"'));
  assert.equal(probes.length, 7);
  assert.ok(probes.some((text) => text.includes(JSON.stringify(unlisted?.['decision']))));
  assert.deepEqual(
    scene.guard.agents().map(({ agent }) => agent),
    ['support'],
  );
});

test('self-test: a pact that lets a forbidden action through is not armed', async () => {
  verifies('pact.refuses-to-arm', 'enforce.fail-closed');
  const scene = await guardScene();
  const other = scene.pacts.load(SUPPORT_PACT.replace('50.00', '40.00'));
  // Allowed instead, or refused for another reason than the one it is excluded for.
  for (const tool of ['notes.add', 'files.delete']) {
    const failed = await scene.guard.arm('support', broken(other, tool));
    assert.equal(codeOf(failed), 'self-test-failed', tool);
  }
  assert.equal(scene.guard.status('support')?.pact, scene.pact.digest);
  const last = scene.entries().at(-1);
  assert.deepEqual([last?.kind, last?.open['passed']], ['self_test', false]);
  const session = await scene.open();
  assert.equal(valueOf(await scene.decide(session, 'r', 'notes.add')).verdict, 'allow');
});

// As after a fault of the compiler: the rules name an exclusion and do not hold to it.
function broken(pact: CompiledPact, instead: string): CompiledPact {
  const asked = new Set<string>();
  const layers = pact.layers.map((layer) => ({
    ...layer,
    rulesFor: (tool: string) => {
      if (tool !== 'ledger.wipe' || !asked.has(tool)) {
        asked.add(tool);
        return layer.rulesFor(tool);
      }
      return layer.rulesFor(instead);
    },
  }));
  return { ...pact, layers };
}

test('self-test: a pact of another agent, or of none, is not armed', async () => {
  verifies('enforce.fail-closed');
  const scene = await guardScene();
  valueOf(await scene.guard.addAgent('sales', 'local'));
  assert.equal(codeOf(await scene.guard.arm('sales', scene.pact)), 'bad-request');
  assert.equal(codeOf(await scene.guard.arm('nobody', scene.pact)), 'unknown-agent');
  assert.equal(codeOf(await scene.guard.addAgent('sales', 'local')), 'conflict');
  assert.equal(codeOf(await scene.guard.addAgent('sales~probe', 'local')), 'bad-request');
});

test('self-test: at a start every armed pact is tested again', async () => {
  verifies('enforce.fail-closed');
  const scene = await guardScene();
  const restarted = await scene.restart();
  const tests = restarted.entries().filter(({ kind }) => kind === 'self_test');
  assert.equal(tests.length, 4);
  assert.equal(restarted.guard.status('support')?.pact, scene.pact.digest);
});

test('shadow: a second pact decides beside, and where it differs is recorded', async () => {
  verifies('enforce.shadow');
  const scene = await guardScene();
  const session = await scene.open();
  const pact = scene.pacts.load(SUPPORT_PACT.replace('"100.00"', '"60.00"'));
  valueOf(await scene.guard.shadow('support', pact));
  assert.equal(scene.guard.status('support')?.shadow, pact.digest);
  const pay = async (request: string) => {
    const args = { amount: '40.00', order: request };
    return valueOf(await scene.decide(session, request, 'refunds.pay', args));
  };
  const answers = [await pay('a'), await pay('b'), await pay('c')];
  assert.deepEqual(
    answers.map(({ verdict }) => verdict),
    ['allow', 'allow', 'deny'],
  );
  const [only, ...others] = scene.entries().filter(({ kind }) => kind === 'shadowed');
  assert.equal(others.length, 0);
  const { decision, verdict, findings } = only?.open ?? {};
  assert.deepEqual([decision, verdict], [answers[1]?.decision, 'deny']);
  assert.match(JSON.stringify(findings), /budget:refund/);
  valueOf(await scene.guard.shadow('support', null));
  await pay('d');
  assert.equal(scene.entries().filter(({ kind }) => kind === 'shadowed').length, 1);
});

test('shadow: what it would have stopped, it goes on judging as it happened', async () => {
  verifies('enforce.shadow');
  const scene = await guardScene();
  const session = await scene.open();
  const strict = SUPPORT_PACT.replace('{ id: note, tool: notes.add }', NOTES_ON_MONDAYS);
  valueOf(await scene.guard.shadow('support', scene.pacts.load(strict)));
  for (const request of ['a', 'b', 'c']) {
    const { verdict } = valueOf(await scene.decide(session, request, 'notes.add'));
    assert.equal(verdict, 'allow');
  }
  const shadowed = scene.entries().filter(({ kind }) => kind === 'shadowed');
  assert.deepEqual(
    shadowed.map(({ open }) => open['verdict']),
    ['deny', 'deny', 'deny'],
  );
});

test('shadow: what the armed pact refused never left, and is given back', async () => {
  verifies('enforce.shadow');
  const scene = await guardScene();
  const session = await scene.open();
  const wide = SUPPORT_PACT.replace('"100.00"', '"200.00"');
  valueOf(await scene.guard.shadow('support', scene.pacts.load(wide)));
  for (const order of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) {
    const args = { amount: '40.00', order };
    valueOf(await scene.decide(session, order, 'refunds.pay', args));
  }
  const shadowed = scene.entries().filter(({ kind }) => kind === 'shadowed');
  assert.deepEqual(
    shadowed.map(({ open }) => open['verdict']),
    Array.from({ length: 5 }, () => 'allow'),
  );
});

const NOTES_ON_MONDAYS = '{ id: note, tool: notes.add, when: "now.getDayOfWeek() == 1" }';
