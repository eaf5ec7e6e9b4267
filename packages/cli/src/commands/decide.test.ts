import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { fixtures, plumb, plumbJson as json, type Said } from '../run-plumb.test.ts';

const pacts = join(fixtures, 'pacts');
const folder = mkdtempSync(join(tmpdir(), 'plumb-decide-'));
after(() => rmSync(folder, { recursive: true }));

const ELEVATED = `
pact: plumbline/v1
agent: desk
purpose: Answer customers.
owner: desk@example.com
autonomy: 2
tools:
  export.all: { effect: read, category: export, tier: elevated }
tiers:
  elevated: { claim: roles, contains: exporter, max_age: 5m }
  escalate: ask the data desk
allow: [{ id: export, tool: export.all }]
`;

test('decide: the exit code is the verdict', async () => {
  const pact = join(pacts, 'support.pact.yaml');
  const decide = async (action: string, task: string): Promise<Said> =>
    plumb('decide', action, '--pact', pact, '--session', `{"task":"${task}"}`);
  const allowed = await decide('{"tool":"kb.search","args":{"query":"x"}}', 'order-status');
  assert.deepEqual(allowed, {
    exit: 0,
    out:
      'allow\n`kb.search` is allowed: rule `look-up`\nbecause\n  allow · look-up\n' +
      'rules tried\n  allow · look-up matched: always\n',
    err: '',
  });
  const denied = await decide(
    '{"tool":"email.send","args":{"to":["a@b.example"]}}',
    'order-status',
  );
  assert.equal(denied.exit, 1);
  assert.match(denied.out, /^deny\n`email\.send` is refused: this is outside the task/);
});

test('decide: a history goes before the action', async () => {
  const pact = join(pacts, 'support.pact.yaml');
  const answer = await json(
    'decide',
    '{"tool":"email.send","args":{"to":["audit@example.org"]}}',
    '--pact',
    pact,
    '--session',
    '{"task":"write-mail"}',
    '--history',
    join(fixtures, 'otel.jsonl'),
  );
  assert.equal(answer['verdict'], 'deny');
  const history = join(fixtures, 'agentdojo.jsonl');
  const known = await json(
    'decide',
    '{"tool":"email.send","args":{"order":"A-1001"}}',
    '--pact',
    pact,
    '--session',
    '{"task":"write-mail"}',
    '--history',
    history,
  );
  assert.equal(known['verdict'], 'allow');
});

test('decide: each kind of bad input is one error', async () => {
  const pact = join(pacts, 'support.pact.yaml');
  const err = async (...argv: readonly string[]): Promise<string> => {
    const said = await plumb('decide', '--pact', pact, ...argv);
    assert.equal(said.exit, 2);
    return said.err;
  };
  assert.match(await err('{"tool":'), /^plumb: the action is not JSON \(/);
  assert.equal(await err('[]'), 'plumb: the action is not a JSON object\n');
  assert.equal(await err('{}'), 'plumb: the action names no `tool`\n');
  assert.equal(
    await err('{"tool":"a","args":[]}'),
    'plumb: `args` of the action is not a JSON object\n',
  );
  assert.equal(
    await err('{"tool":"a"}', '--session', '{"tasks":"x"}'),
    'plumb: unknown member `tasks` of the session, one of principal, task, attributes, claims\n',
  );
  assert.equal(
    await err('{"tool":"a"}', '--session', '{"claims":{"roles":"x"}}'),
    'plumb: claim `roles` of the session is not a list of texts\n',
  );
  assert.equal(
    await err('{"tool":"a"}', '--facts', '{"source":true}'),
    'plumb: fact `source` is not a JSON object\n',
  );
  assert.equal(
    await err('{"tool":"a"}', '--at', 'soon'),
    'plumb: --at `soon` is not an ISO 8601 time\n',
  );
});

test('decide: an elevated tool needs a claim, and says which', async () => {
  verifies('pact.tiers', 'authority.no-path');
  const pact = join(folder, 'desk.pact.yaml');
  writeFileSync(pact, ELEVATED);
  const action = '{"tool":"export.all"}';
  const refused = await plumb('decide', action, '--pact', pact);
  assert.equal(refused.exit, 1);
  assert.match(refused.out, /escalate \(rule `tier:elevated`\): ask the data desk/);
  assert.match(refused.out, /`roles` were proved to hold `exporter` \(then: allow\)/);
  const session = '{"claims":{"roles":["exporter"]}}';
  const answer = await json('decide', action, '--pact', pact, '--session', session);
  assert.deepEqual([answer['verdict'], answer['grants']], ['allow', []]);
});
