import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { type Scene, sceneOf, verifies } from '@plumbline/testkit';

import type { Json, JsonObject } from '../json.ts';
import type { CompiledPact } from '../pact/compiled.ts';
import { decide } from './decide.ts';
import { explain } from './explain.ts';
import type { State } from './state.ts';
import type { Decision } from './verdict.ts';

const PACT = `
pact: plumbline/v1
agent: desk
purpose: Answer customers.
owner: desk@example.com
autonomy: 2
timezone: Europe/Berlin
session: { customer_id: string }
tools:
  tickets.set: { effect: write, entity: { kind: ticket, id: id } }
  prompt.set: { effect: write, category: self, touches: [self] }
allow:
  - id: set
    tool: tickets.set
    when: now.getHours("Europe/Berlin") >= 0
    limit: { calls: 1, per: day }
  - { id: self, tool: prompt.set }
duplicates: [{ id: again, tool: tickets.set, key: id, within: 1h }]
persistence: off
tasks:
  any: { tools: [tickets.set, prompt.set], sources: { tickets.set.id: [session] } }
`;

const opened = (attributes: JsonObject = { customer_id: '7' }): Scene =>
  sceneOf(PACT).open({ task: 'any', attributes });

function nested(depth: number, wrap: (inner: Json) => Json): Json {
  let value: Json = 'x';
  for (let level = 0; level < depth; level += 1) value = wrap(value);
  return value;
}

const DEEP: JsonObject = { a: nested(50_000, (inner) => ({ a: inner })) };

function propose(
  pact: CompiledPact,
  state: State,
  at: { now: number; args: JsonObject },
): Decision {
  const digest = 'sha256:0';
  const action = { id: 'r', session: 's', tool: 'tickets.set', args: at.args, digest } as const;
  return decide(pact, state, { action, facts: [], now: at.now });
}

const MOMENTS = [NaN, Infinity, -Infinity, 1e300, 8.64e15, 8.64e15 + 1, -9e15, 1.5];

describe('decide and apply', () => {
  for (const now of MOMENTS) {
    it(`decide: answers at ${now}`, () => {
      const { pact, state } = opened();
      assert.equal(propose(pact, state, { now, args: { id: '7' } }).verdict.kind, 'allow');
    });
  }

  it('decide: what is no time does not open a lock or forget a repeat', () => {
    const scene = opened();
    scene.propose({ tool: 'tickets.set', args: { id: '7' } });
    const lock = { entity: 'ticket', id: '7', field: null, untilMs: scene.now + 1000, by: 'lea' };
    const { pact, state } = scene.tell({ kind: 'lock', at: scene.now, ...lock });
    const { because } = propose(pact, state, { now: NaN, args: { id: '7' } });
    assert.deepEqual(
      because.map(({ rule }) => rule),
      ['limit:set', 'again', 'lock:ticket'],
    );
  });

  for (const at of MOMENTS) {
    it(`apply: an event at ${at} leaves a state that decides`, () => {
      const scene = opened().tell({ kind: 'session_closed', at, session: 'another' });
      assert.equal(scene.look({ tool: 'tickets.set', args: { id: '7' } }).verdict.kind, 'allow');
    });
  }

  it('apply: remembers attributes of any depth, under any name', () => {
    verifies('detect.provenance');
    const deep = opened({ customer_id: 'x', other: DEEP });
    assert.equal(deep.look({ tool: 'tickets.set', args: { id: 'x' } }).verdict.kind, 'allow');
    const dotted = opened({ customer_id: 'x', 'https://id.example/number': '9' });
    assert.equal(dotted.look({ tool: 'tickets.set', args: { id: '9' } }).verdict.kind, 'allow');
  });

  it('explain: answers for arguments beyond the bounds', () => {
    const { pact, state, now } = opened();
    const digest = 'sha256:0';
    const action = { id: 'r', session: 's', tool: 'tickets.set', args: DEEP, digest } as const;
    const { decision, flips } = explain(pact, state, { action, facts: [], now });
    assert.deepEqual([decision.verdict.kind, flips], ['deny', []]);
  });

  it('decide: a great many empty values are beyond the bounds', () => {
    for (const empty of [[], {}, '']) {
      const args = { id: '7', list: Array.from({ length: 1_048_576 }, () => empty) };
      const answer = opened().answer({ tool: 'tickets.set', args });
      assert.deepEqual(answer, ['deny', 'arguments']);
    }
  });
});

const SELF = { tool: 'prompt.set', args: {} };
const other = { ...SELF, session: 'b|c' };

describe('gates', () => {
  it('gates: a session that closes takes no gate of another with it, whatever its id', () => {
    const scene = opened()
      .open({ session: 'b', task: 'any' })
      .open({ session: 'b|c', task: 'any' });
    scene.propose(other);
    scene.tell({ kind: 'session_closed', at: scene.now, session: 'b' });
    assert.equal(scene.state.gates.size, 1);
  });

  it("gates: a session called `*` does not open the agent's own gate by closing", () => {
    const scene = sceneOf(`${PACT}\ngates: { widen_after: 1 }`).open({ task: 'any' });
    scene.propose(SELF);
    scene.open({ session: '*', task: 'any' });
    scene.tell({ kind: 'session_closed', at: scene.now, session: '*' });
    scene.open({ session: 'later', task: 'any' });
    const tried = scene.look({ ...SELF, session: 'later' });
    assert.equal(scene.state.gates.size, 2);
    assert.ok(Object.keys(tried.readSet).includes('gate/self'));
    assert.equal(tried.readSet['gate/self'], 'closed');
  });
});
