import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { verifies } from '@plumbline/testkit';

import { fixtures, plumbIn, plumbJson as json } from '../run-plumb.test.ts';

const pacts = join(fixtures, 'pacts');
const folder = mkdtempSync(join(tmpdir(), 'plumb-replay-'));
after(() => rmSync(folder, { recursive: true }));

const plumb = plumbIn(folder);

test('replay: every format runs under one manifest, --json has the documented shape', async () => {
  verifies('incident.counterfactual');
  const files = ['agentdojo', 'openai-chat', 'openai-responses', 'otel'];
  const paths = files.map((name) => join(fixtures, `${name}.jsonl`));
  const answer = await json('replay', ...paths, '--pacts', pacts);
  assert.deepEqual(Object.keys(answer), [
    'attacks',
    'honest',
    'collateral',
    'injectionAsUser',
    'runs',
    'actions',
    'kernelMs',
    'elapsedMs',
    'rates',
    'bySuite',
    'byModel',
    'byAttack',
    'misses',
    'honestTouched',
    'collateralTouched',
    'unmapped',
    'tasks',
    'bench',
  ]);
  assert.deepEqual(answer['attacks'], { replayable: 1, refused: 1, steppedUp: 0, reached: 0 });
  assert.deepEqual(answer['honest'], {
    runs: 5,
    untouched: 3,
    modified: 0,
    steppedUp: 0,
    refused: 2,
    solved: { runs: 1, untouched: 1 },
  });
  assert.deepEqual(answer['collateral'], { runs: 1, touched: 0 });
  assert.equal(answer['actions'], 10);
  assert.deepEqual(answer['honestTouched'], [
    {
      suite: 'none',
      task: 'order-status',
      injectionTask: null,
      tool: 'email.send',
      rule: 'arguments',
      runs: 1,
      first: `${join(fixtures, 'openai-chat.jsonl')}:2`,
    },
    {
      suite: 'none',
      task: 'write-mail',
      injectionTask: null,
      tool: 'email.send',
      rule: 'untrusted-identifiers',
      runs: 1,
      first: `${join(fixtures, 'otel.jsonl')}:1`,
    },
  ]);
  assert.deepEqual(Object.keys(Object(answer['byModel'])), ['gpt-4o', 'gpt-5', 'model-a']);
});

test('replay: without tasks the flow alone still stops the attack', async () => {
  const path = join(fixtures, 'agentdojo.jsonl');
  const answer = await json('replay', path, '--pacts', pacts, '--no-tasks');
  assert.deepEqual(answer['attacks'], { replayable: 1, refused: 1, steppedUp: 0, reached: 0 });
  assert.equal(answer['tasks'], false);
});

test('replay: a record no rule maps is listed, and the answer is no unless allowed', async () => {
  const path = join(folder, 'odd.jsonl');
  const [line = ''] = readFileSync(join(fixtures, 'agentdojo.jsonl'), 'utf8').split('\n');
  writeFileSync(path, `${line}\n${line.replace('"suite":"support"', '"suite":"odd"')}\n`);
  const { exit, out } = await plumb('replay', path, '--pacts', pacts);
  assert.equal(exit, 1);
  assert.match(out, /1 runs were not replayed\n1 × no rule matches, first at TMP\/odd\.jsonl:2\n/);
  const allowed = await plumb('replay', path, '--pacts', pacts, '--allow-unmapped');
  assert.equal(allowed.exit, 0);
});

test('replay: filters and the limit choose runs; none left is an error', async () => {
  const path = join(fixtures, 'agentdojo.jsonl');
  const runsOf = async (...more: readonly string[]): Promise<unknown> =>
    (await json('replay', path, '--pacts', pacts, ...more))['runs'];
  assert.equal(await runsOf(), 2);
  assert.equal(await runsOf('--attack', 'none'), 1);
  assert.equal(await runsOf('--attack', 'direct'), 1);
  assert.equal(await runsOf('--limit', '1'), 1);
  assert.deepEqual(await plumb('replay', path, '--pacts', pacts, '--model', 'x'), {
    exit: 2,
    out: '',
    err: 'plumb: no run is left to replay, see --suite, --model and --attack\n',
  });
});

test('replay: --explain says when arguments are none, and when an effect is guessed', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'plumb-explain-'));
  after(() => rmSync(dir, { recursive: true }));
  const lines = [
    'pact: plumbline/v1',
    'agent: coder',
    'purpose: Run commands.',
    'owner: lead@example.com',
    'autonomy: 2',
    'tools: { bash: { effect: from(command) } }',
    'allow: [{ id: run, tool: bash }]',
  ];
  writeFileSync(join(dir, 'coder.pact.yaml'), lines.join('\n'));
  const manifest = 'replay: plumbline/v1\nrules: [{ agent: coder }]\n';
  writeFileSync(join(dir, 'manifest.yaml'), manifest);
  const call = (args: string): object => ({ function: { name: 'bash', arguments: args } });
  const calls = [call('{"command":"ls"}'), call('{"command":')];
  const record = { messages: [{ role: 'assistant', tool_calls: calls }] };
  writeFileSync(join(dir, 'runs.jsonl'), JSON.stringify(record));
  const log = join(dir, 'runs.jsonl');
  const { out } = await plumb('replay', log, '--pacts', dir, '--explain', 'runs.jsonl:1');
  assert.match(out, /fact `command` would tell from `command`, and none is known/);
  assert.match(out, /2\. deny bash\(null\)\n {3}the arguments are not a JSON object: refused/);
});

test('replay: --explain tells every step, the rules tried and where values came from', async () => {
  verifies('evidence.explain');
  const path = join(fixtures, 'agentdojo.jsonl');
  const { out } = await plumb('replay', path, '--pacts', pacts, '--explain', 'agentdojo.jsonl:2');
  assert.match(out, /^support\/model-a\/user_task_0\/direct\/injection_task_0\n/);
  assert.match(out, /\n2\. deny email\.send\(\{.*\}\) \(made for the attacker\)\n/);
  assert.match(
    out,
    /\n {3}to "audit@example\.org" from orders\.get, orders\.get:note, untrusted\n/,
  );
  assert.match(out, /\n {3}rules tried\n {5}allow · reply matched: always\n/);
  assert.match(out, /\n {3}result of 2: not shown to the agent, the call was kept back\n/);
  const byId = await json(
    'replay',
    path,
    '--pacts',
    pacts,
    '--explain',
    'support/model-a/user_task_0/none/none',
  );
  assert.equal(byId['place'], `${path}:1`);
  const absent = await plumb('replay', path, '--pacts', pacts, '--explain', 'x');
  assert.equal(absent.exit, 2);
  assert.match(absent.err, /^plumb: no run `x`: name one as file:line or /);
});

test('replay: bad input is one error with a place, exit 2, and no output file', async () => {
  const path = join(folder, 'cut.jsonl');
  writeFileSync(path, readFileSync(join(fixtures, 'agentdojo.jsonl')).subarray(0, 900));
  const output = join(folder, 'report.json');
  const cut = await plumb('replay', path, '--pacts', pacts, '--json', '-o', output);
  assert.equal(cut.exit, 2);
  assert.match(cut.err, /^plumb: TMP\/cut\.jsonl:2: not JSON, is the file cut off\? \(.*\)\n$/);
  assert.equal(JSON.parse(cut.out).error.place, 'TMP/cut.jsonl:2');
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.startsWith('report')),
    [],
  );
  const err = async (...argv: readonly string[]): Promise<string> => {
    const said = await plumb(...argv);
    assert.equal(said.exit, 2, said.err);
    return said.err;
  };
  const good = join(fixtures, 'agentdojo.jsonl');
  assert.equal(
    await err('replay', join(folder, 'none.jsonl'), '--pacts', pacts),
    'plumb: TMP/none.jsonl: no such file\n',
  );
  assert.equal(
    await err('replay', good, '--pacts', join(folder, 'absent')),
    'plumb: TMP/absent: no such folder\n',
  );
  mkdirSync(join(folder, 'bare'));
  assert.equal(
    await err('replay', good, '--pacts', join(folder, 'bare')),
    'plumb: no manifest at TMP/bare/manifest.yaml or TMP/manifest.yaml, name one with --manifest\n',
  );
  assert.equal(
    await err('replay', good, '--pacts', folder, '--manifest', join(fixtures, 'manifest.yaml')),
    'plumb: TMP/support.pact.yaml: the manifest names agent `support`, and there is no such pact\n',
  );
  assert.match(
    await err('replay', good, '--pacts', pacts, '--limit', '0'),
    /^error: option '--limit <count>' argument '0' is invalid\. a whole number above 0 is expected/,
  );
});

test('replay: the report ends by naming the next command', async () => {
  const path = join(fixtures, 'otel.jsonl');
  const { out } = await plumb('replay', path, '--pacts', pacts);
  const next = `next: plumb replay ${path} --pacts ${pacts} --explain ${path}:1\n`;
  assert.equal(out.slice(out.indexOf('next:')), next);
});

test('replay: -o writes the report whole and says nothing else', async () => {
  const output = join(folder, 'whole.json');
  const path = join(fixtures, 'agentdojo.jsonl');
  const said = await plumb('replay', path, '--pacts', pacts, '--json', '-o', output);
  assert.deepEqual(said, { exit: 0, out: '', err: '' });
  assert.equal(JSON.parse(readFileSync(output, 'utf8')).runs, 2);
});
