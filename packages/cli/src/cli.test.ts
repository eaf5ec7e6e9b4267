import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, test } from 'node:test';
import { createColors } from 'picocolors';
import { verifies } from '@plumbline/testkit';

import { run } from './program.ts';

const fixtures = relative('.', join(import.meta.dirname, '../fixtures'));
const pacts = join(fixtures, 'pacts');
const folder = mkdtempSync(join(tmpdir(), 'plumb-cli-'));
after(() => rmSync(folder, { recursive: true }));

type Said = { readonly exit: number; readonly out: string; readonly err: string };

/** Runs one command line in this thread, with a clock that stands still. */
async function plumb(...argv: readonly string[]): Promise<Said> {
  const [out, err]: [string[], string[]] = [[], []];
  const exit = await run(argv, {
    screen: {
      isTerminal: false,
      columns: 100,
      colors: createColors(false),
      print: (text) => out.push(`${text}\n`),
      json: (value) => out.push(`${JSON.stringify(value)}\n`),
      note: (text) => err.push(text),
    },
    nowMs: () => 0,
    wallMs: () => 1_767_225_600_000,
  });
  const clean = (texts: readonly string[]): string => texts.join('').replaceAll(folder, 'TMP');
  return { exit, out: clean(out), err: clean(err) };
}

async function json(...argv: readonly string[]): Promise<Record<string, unknown>> {
  const { out } = await plumb(...argv, '--json');
  // Every answer with --json is one object; the compiler sees what JSON.parse promises.
  return JSON.parse(out) as Record<string, unknown>;
}

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
    },
    {
      suite: 'none',
      task: 'write-mail',
      injectionTask: null,
      tool: 'email.send',
      rule: 'untrusted-identifiers',
      runs: 1,
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

test('replay: several threads give the same report, and the earliest fault', async () => {
  const files = ['agentdojo', 'openai-chat', 'openai-responses', 'otel'];
  const paths = files.map((name) => join(fixtures, `${name}.jsonl`));
  const timeless = (answer: Record<string, unknown>): string =>
    JSON.stringify(answer, (key, value: unknown) => (key.endsWith('Ms') ? 0 : value));
  const one = await json('replay', ...paths, '--pacts', pacts);
  const two = await json('replay', ...paths, '--pacts', pacts, '--jobs', '2');
  assert.equal(timeless(two), timeless(one));
  const path = join(folder, 'faults.jsonl');
  const [line = ''] = readFileSync(join(fixtures, 'agentdojo.jsonl'), 'utf8').split('\n');
  writeFileSync(path, `${`${line}\n`.repeat(3)}{\n${line}\n${line.slice(0, 50)}`);
  const said = await plumb('replay', path, '--pacts', pacts, '--jobs', '2');
  assert.equal(said.exit, 2);
  assert.match(said.err, /^plumb: TMP\/faults\.jsonl:4: not JSON/);
});

test('replay: -o writes the report whole and says nothing else', async () => {
  const output = join(folder, 'whole.json');
  const path = join(fixtures, 'agentdojo.jsonl');
  const said = await plumb('replay', path, '--pacts', pacts, '--json', '-o', output);
  assert.deepEqual(said, { exit: 0, out: '', err: '' });
  assert.equal(JSON.parse(readFileSync(output, 'utf8')).runs, 2);
});

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

test('pact check: a good pact is ready, a broken one says where', async () => {
  verifies('pact.refuses-to-arm');
  const good = await plumb('pact', 'check', join(pacts, 'support.pact.yaml'));
  assert.equal(good.exit, 0);
  assert.match(good.out, /support\.pact\.yaml: ready to arm \(sha256:[0-9a-f]{64}\)\n$/);
  const path = join(folder, 'broken.pact.yaml');
  const text = readFileSync(join(pacts, 'support.pact.yaml'), 'utf8');
  writeFileSync(path, text.replace('tool: email.send', 'tool: email.sned'));
  const broken = await plumb('pact', 'check', path);
  assert.equal(broken.exit, 1);
  assert.match(
    broken.out,
    /\nTMP\/broken\.pact\.yaml:17:11: unknown tool `email\.sned`, did you mean/,
  );
  assert.match(broken.out, /does not arm, \d errors?\n$/);
});

test('pact check: bytes that are not UTF-8 and a huge file are errors with a place', async () => {
  const latin1 = join(folder, 'latin1.pact.yaml');
  writeFileSync(latin1, Buffer.from('pact: plumbline/v1\nagent: caf\u00e9\n', 'latin1'));
  const said = await plumb('pact', 'check', latin1);
  assert.equal(said.exit, 1);
  assert.match(said.out, /^TMP\/latin1\.pact\.yaml:2:11: replacement character/);
  const huge = join(folder, 'huge.pact.yaml');
  writeFileSync(huge, Buffer.alloc(50 * 1024 * 1024, 97));
  const large = await plumb('pact', 'check', huge);
  assert.equal(large.exit, 2);
  assert.equal(large.err, 'plumb: TMP/huge.pact.yaml: larger than 8 MiB, that is no pact\n');
});

test('init: the starter is written once, names the next command, and passes it', async () => {
  const target = join(folder, 'starter');
  const said = await plumb('init', target);
  assert.equal(said.exit, 0);
  assert.match(
    said.out,
    /wrote .*support\.cases\.yaml\nwrote .*support\.pact\.yaml\n\nnext: plumb pact check /,
  );
  assert.equal((await plumb('pact', 'check', join(target, 'support.pact.yaml'))).exit, 0);
  const again = await plumb('init', target);
  assert.deepEqual(again, {
    exit: 2,
    out: '',
    err: 'plumb: TMP/starter: the folder is not empty and nothing in it is overwritten\n',
  });
});

test('usage: an unknown command or option is exit 2 and says what to do', async () => {
  const typo = await plumb('repaly');
  assert.equal(typo.exit, 2);
  assert.match(typo.err, /unknown command 'repaly'\n\(Did you mean replay\?\)/);
  assert.equal((await plumb('replay')).exit, 2);
  assert.equal((await plumb('replay', 'x', '--pacts', 'y', '--colour')).exit, 2);
  const help = await plumb('--help');
  assert.equal(help.exit, 0);
  assert.match(help.out, /\n {2}4 {2}decide: a person has to approve first\n/);
});

test('version: names plumb, kernel and Node', async () => {
  const { out } = await plumb('version');
  assert.match(out, /^plumb \d+\.\d+\.\d+ \(kernel \d+\.\d+\.\d+, Node 24\.\d+\.\d+\)\n$/);
});
