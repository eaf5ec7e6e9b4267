import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { sceneOf, verifies } from '@plumbline/testkit';

import { restore, snapshot } from '../decide/snapshot.ts';
import type { Halt, Resume } from './halt.ts';
import { objectiveOf } from './objective.ts';
import { whyNotResume } from './why-not-resume.ts';

const PACT = `
pact: plumbline/v1
agent: desk
purpose: Answer customers.
owner: desk@example.com
autonomy: 2
goal: Serve the customer.
tools:
  orders.get: { effect: read, category: orders }
allow:
  - { id: read, tool: orders.get }
`;

const RESUME: Resume = { scope: 'agent', target: '', reason: 'looked at', by: 'ann' };
const INCIDENT: Halt = { ...RESUME, reason: 'gamed', epoch: 1, id: 'h1', incident: 'optimisation' };
const OTHER = `sha256:${'ab'.repeat(32)}` as const;

describe('resuming after an optimisation incident', () => {
  it('needs another objective, and says so', () => {
    verifies('human.resume');
    const { pact } = sceneOf(PACT);
    const objective = objectiveOf(pact);
    const halts = [{ ...INCIDENT, objective }];
    assert.match(whyNotResume(halts, RESUME, { objective }) ?? '', /another goal or other metrics/);
    assert.match(whyNotResume(halts, RESUME, { objective: null }) ?? '', /no pact is armed/);
    assert.equal(whyNotResume(halts, RESUME, { objective: OTHER }), null);
    assert.equal(whyNotResume([], RESUME, { objective }), null);
    const session = { ...RESUME, scope: 'session', target: 's' } as const;
    assert.equal(whyNotResume(halts, session, { objective }), null);
  });

  it('is refused where nobody knows under which objective it was halted', () => {
    assert.match(whyNotResume([INCIDENT], RESUME, { objective: OTHER }) ?? '', /objective/);
  });

  it('is law of the fold: the halt keeps its objective, and stands until another is armed', () => {
    verifies('human.resume');
    const scene = sceneOf(PACT).open();
    const { now } = scene;
    scene.tell({ kind: 'halt', at: now, halt: INCIDENT });
    const [kept] = scene.state.halts.values();
    assert.equal(kept?.objective, objectiveOf(scene.pact));
    scene.tell({ kind: 'resume', at: now, resume: RESUME });
    assert.deepEqual(scene.answer({ tool: 'orders.get' }), ['deny', 'halt:agent']);

    const next = sceneOf(PACT.replace('Serve the', 'Listen to the'));
    next.state = scene.state;
    // Not armed yet: its objective is not that of the agent.
    next.tell({ kind: 'resume', at: now, resume: RESUME });
    assert.equal(next.state.halts.size, 1);
    next.tell({ kind: 'armed', at: now, pact: next.pact.digest });
    next.tell({ kind: 'resume', at: now, resume: RESUME });
    assert.deepEqual(next.answer({ tool: 'orders.get' }), ['allow', 'read']);

    // Back to the objective that failed: no resume makes it run again, nor does a restart.
    scene.state = restore(snapshot(next.state));
    scene.tell({ kind: 'armed', at: now, pact: scene.pact.digest });
    scene.tell({ kind: 'resume', at: now, resume: RESUME });
    assert.deepEqual(scene.answer({ tool: 'orders.get' }), ['deny', 'halt:objective']);
    next.state = scene.state;
    next.tell({ kind: 'armed', at: now, pact: next.pact.digest });
    assert.deepEqual(next.answer({ tool: 'orders.get' }), ['allow', 'read']);
  });

  it('objective: is the same however a pact is laid out, and another with another goal', () => {
    const { pact } = sceneOf(PACT);
    const same = sceneOf(
      PACT.replace('goal: Serve the customer.', 'goal: >\n  Serve\n  the customer.'),
    );
    const wider = sceneOf(
      PACT.replace('agent: desk', 'agent: desk\nautonomy: 3').replace('autonomy: 2\n', ''),
    );
    const other = sceneOf(PACT.replace('Serve', 'Keep'));
    assert.equal(objectiveOf(same.pact), objectiveOf(pact));
    assert.equal(objectiveOf(wider.pact), objectiveOf(pact));
    assert.notEqual(objectiveOf(other.pact), objectiveOf(pact));
  });
});
