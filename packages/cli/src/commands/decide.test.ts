import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';

import { fixtures, plumb, plumbJson as json, type Said } from '../run-plumb.test.ts';

const pacts = join(fixtures, 'pacts');

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
    'plumb: unknown member `tasks` of the session, one of principal, task, attributes\n',
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
