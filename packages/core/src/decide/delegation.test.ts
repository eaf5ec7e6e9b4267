import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { type Scene, sceneOf, verifies } from '@plumbline/testkit';

import type { Delegation } from '../authority/delegation.ts';
import { canonical } from '../canonical.ts';
import type { Entry } from '../evidence/entry.ts';
import { eventsOf } from '../evidence/event-of.ts';
import { formatEntry } from '../evidence/format.ts';
import { parseEntry } from '../evidence/parse.ts';
import { partsOf } from '../evidence/parts.ts';

const PACT = `
pact: plumbline/v1
agent: desk
purpose: Answer customers.
owner: desk@example.com
autonomy: 2
tools:
  orders.get: { effect: read, category: orders }
  mail.send: { effect: send, category: mail, reversible: partly }
allow:
  - { id: read, tool: orders.get }
  - { id: mail, tool: mail.send }
`;

const ROOT: Delegation = {
  agent: 'planner',
  session: 'ses_1',
  tools: null,
  effects: null,
  untilMs: null,
};
const READER: Delegation = { ...ROOT, agent: 'researcher', session: 'ses_2', effects: ['read'] };

function opening(scene: Scene, delegation: readonly Delegation[]) {
  const attested = { principal: 'ada', task: null, room: null, attributes: {} };
  const event = { kind: 'session_opened', at: scene.now, session: 's', openedBy: 'key' } as const;
  return { ...event, ...attested, delegation };
}

describe('delegation', () => {
  it('is refused with the link that does not cover the action, and how to go on', () => {
    verifies('authority.delegation', 'authority.no-path');
    const scene = sceneOf(PACT);
    scene.tell(opening(scene, [ROOT, READER]));
    const { verdict, obligations } = scene.look({ tool: 'mail.send' });
    const say = 'link 2 of the delegation, `researcher`, lacks the effect `send`';
    assert.deepEqual(verdict, { kind: 'deny', say });
    const escalate = { kind: 'escalate', rule: 'delegation' };
    const how = `${say}: ask for more or hand it back`;
    assert.deepEqual(obligations, [{ ...escalate, say: how }]);
  });

  it('is sealed but for who delegates, and erased it delegates nothing', () => {
    verifies('authority.delegation', 'evidence.erasure');
    const scene = sceneOf(PACT);
    const link = { ...READER, tools: ['Ada Lovelace'] };
    const event = opening(scene, [ROOT, link]);
    const { open, secret } = partsOf(event, { pact: scene.pact });
    assert.doesNotMatch(canonical(open), /Ada/);
    assert.match(canonical(secret), /Ada/);
    const chain = { agent: 'desk', session: 's', n: 0, prev: null } as const;
    const sealed = { subject: `sub_${'0'.repeat(32)}`, nonce: `${'A'.repeat(22)}==`, text: '' };
    const mac = `${'A'.repeat(43)}=`;
    const { kind, at } = event;
    const entry: Entry = { v: 1, at, kind, ...chain, open, sealed: { ...sealed, mac } };
    const read = parseEntry(Buffer.from(formatEntry(entry)));
    assert.ok(read.ok, read.ok ? '' : read.error);
    for (const each of eventsOf(read.value, null)) scene.tell(each);
    assert.equal(scene.answer({ tool: 'orders.get' })[1], 'delegation');
  });
});
