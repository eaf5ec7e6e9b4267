import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { type Scene, sceneOf, verifies } from '@plumbline/testkit';

import type { Json, JsonObject } from '../json.ts';

const HEAD = `
pact: plumbline/v1
agent: desk
purpose: Answer customers.
owner: desk@example.com
autonomy: 2
unlisted: block_and_replan
persistence: off
`;

const LOCKED = `${HEAD}
tools: { tickets.set: { effect: write, entity: { kind: ticket, id: id } } }
allow: [{ id: set, tool: tickets.set }]
`;

function locked(field: string | null): Scene {
  const lock = { entity: 'ticket', id: '7', field, untilMs: null, by: 'lea@example.com' };
  return sceneOf(LOCKED)
    .open()
    .tell({ kind: 'lock', at: 0, ...lock });
}

describe('locks', () => {
  const wrapped: readonly Json[] = ['7', 7, ['7'], [['7']], ['6', '7'], { id: '7' }];
  for (const id of wrapped) {
    it(`locks: hold for the id written as ${JSON.stringify(id)}`, () => {
      assert.deepEqual(locked(null).answer({ tool: 'tickets.set', args: { id } }), [
        'deny',
        'lock:ticket',
      ]);
    });
  }

  const patches: readonly JsonObject[] = [
    { price: 3 },
    { patch: { price: 3 } },
    { patches: [{ price: 3 }] },
    { a: { b: { price: null } } },
  ];
  for (const patch of patches) {
    it(`locks: a locked field is found in ${JSON.stringify(patch)}`, () => {
      const args = { id: '7', ...patch };
      assert.deepEqual(locked('price').answer({ tool: 'tickets.set', args }), [
        'deny',
        'lock:ticket',
      ]);
    });
  }

  it('locks: another id, or another field, is free', () => {
    assert.equal(locked(null).answer({ tool: 'tickets.set', args: { id: ['8'] } })[0], 'allow');
    const args = { id: '7', pricey: 1, patch: { note: 'price' } };
    assert.equal(locked('price').answer({ tool: 'tickets.set', args })[0], 'allow');
  });
});

const BULK = `${HEAD}
tools: { crm.list: { effect: read, records: limit } }
bulk: { cold_start: 20 }
allow: [{ id: list, tool: crm.list }]
`;

describe('bulk', () => {
  const large: readonly Json[] = [21, '21', '2000', -1, '-1', 'all', true, { $gt: 1 }];
  for (const limit of large) {
    it(`bulk: asks for a person at ${JSON.stringify(limit)}`, () => {
      verifies('enforce.bulk');
      const answer = sceneOf(BULK).open().answer({ tool: 'crm.list', args: { limit } });
      assert.deepEqual(answer, ['step_up', 'bulk:crm.list']);
    });
  }

  it('bulk: counts decimal strings and lists', () => {
    for (const limit of [20, '20', [1, 2, 3], null]) {
      const answer = sceneOf(BULK).open().answer({ tool: 'crm.list', args: { limit } });
      assert.deepEqual(answer, ['allow', 'list']);
    }
  });
});

const REWRITTEN = `${HEAD}
tools: { mail.send: { effect: send } }
allow: [{ id: send, tool: mail.send }]
modify:
  - { id: inside, tool: mail.send, rewrite: { keep: to, where: item.endsWith("@corp.example") } }
  - { id: few, tool: mail.send, rewrite: { clamp: count, max: 5 } }
  - { id: hide, tool: mail.send, rewrite: { redact: person.phone, with: "[phone]" } }
`;

const STAGED = `${HEAD}
tools: { mail.send: { effect: send } }
allow: [{ id: send, tool: mail.send }]
modify: [{ id: dry, tool: mail.send, rewrite: { set: options.dry_run, to: true } }]
`;

describe('modify', () => {
  const misfits: readonly (readonly [string, JsonObject])[] = [
    ['inside', { to: 'eve@evil.example' }],
    ['inside', { to: { first: 'eve@evil.example' } }],
    ['few', { count: '900' }],
    ['few', { count: [900] }],
    ['hide', { person: { phone: 5550100 } }],
    ['hide', { person: [{ phone: ['555-0100'] }] }],
  ];
  for (const [rule, args] of misfits) {
    it(`modify: refuses ${JSON.stringify(args)}, which it cannot rewrite`, () => {
      verifies('enforce.fail-closed');
      const answer = sceneOf(REWRITTEN).open().answer({ tool: 'mail.send', args });
      assert.deepEqual(answer, ['deny', rule]);
    });
  }

  it('modify: null and what is absent need no rewrite', () => {
    const args = { to: null, person: {} };
    const answer = sceneOf(REWRITTEN).open().answer({ tool: 'mail.send', args });
    assert.deepEqual(answer, ['allow', 'send']);
  });

  it('modify: sets a member in each element of a list, and refuses a way through no object', () => {
    const scene = sceneOf(STAGED).open();
    const { verdict } = scene.look({ tool: 'mail.send', args: { options: [{}, { a: 1 }] } });
    const args = { options: [{ dry_run: true }, { a: 1, dry_run: true }] };
    assert.deepEqual(verdict.kind === 'modify' && verdict.args, args);
    for (const options of ['fast', null, [{}, 'fast']]) {
      assert.deepEqual(scene.answer({ tool: 'mail.send', args: { options } }), ['deny', 'dry']);
    }
  });
});
