import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { verifies } from '@plumbline/testkit';

import { fixtures, plumbIn, plumbJson as json, type Said } from '../run-plumb.test.ts';

const pacts = join(fixtures, 'pacts');
const folder = mkdtempSync(join(tmpdir(), 'plumb-pact-'));
after(() => rmSync(folder, { recursive: true }));

const plumb = plumbIn(folder);

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

test('pact sign: what somebody signs by the text or by its digest is the same note', async () => {
  verifies('human.break-glass');
  for (const name of ['ada', 'bo']) {
    await plumb('key', 'sign-new', join(folder, `${name}.key`), '--name', name);
  }
  const keys = ['--key', join(folder, 'ada.key'), join(folder, 'bo.key')];
  const path = join(pacts, 'support.pact.yaml');
  const byText = await json('pact', 'sign', path, ...keys);
  const { agent, digest } = { agent: String(byText['agent']), digest: String(byText['digest']) };
  const named = ['--agent', agent, '--digest', digest];
  const target = join(folder, 'support.sig');
  const said = await plumb('pact', 'sign', ...named, ...keys, '-o', target);
  assert.deepEqual([said.exit, said.out], [0, 'wrote TMP/support.sig\n']);
  assert.equal(said.err, `signed ${digest} for ${agent}\n`);
  const note = readFileSync(target, 'utf8');
  assert.equal(note, byText['signature']);
  const lines = /^plumbline-pact\/v1\n\S+\nsha256:[0-9a-f]{64}\n\n— ada \S{92}\n— bo \S{92}\n$/;
  assert.match(note, lines);
});

test('pact sign: says what it does not know, and whose file is no key', async () => {
  const key = ['--key', join(folder, 'none.key')];
  writeFileSync(join(folder, 'none.key'), 'nothing');
  const unnamed = await plumb('pact', 'sign', ...key);
  assert.equal(unnamed.err, 'plumb: name a pact, or what is signed by --agent and --digest\n');
  const path = join(pacts, 'support.pact.yaml');
  const none = await plumb('pact', 'sign', path, ...key);
  assert.equal(none.err, 'plumb: TMP/none.key: no key of `plumb key sign-new`\n');
  const short = await plumb('pact', 'sign', '--agent', 'a', '--digest', 'sha256:0', ...key);
  assert.match(short.err, /--digest: `sha256:0` must be `sha256:` and 64 hex digits/);
  const other = await plumb('pact', 'sign', path, '--digest', `sha256:${'0'.repeat(64)}`, ...key);
  assert.match(other.err, /means sha256:[0-9a-f]{64}, not sha256:0{64}\n$/);
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

test('pact test: the starter passes, and a wrong expectation fails with its place', async () => {
  const pact = join(folder, 'starter', 'support.pact.yaml');
  const passed = await plumb('pact', 'test', pact);
  assert.equal(passed.exit, 0);
  assert.match(passed.out, /^pass own-order: allow\n[^]*: 8 of 8 cases passed\n$/);
  const cases = join(folder, 'starter', 'support.cases.yaml');
  const text = readFileSync(cases, 'utf8');
  writeFileSync(cases, text.replace('expect: step_up', 'expect: allow'));
  const failed = await plumb('pact', 'test', pact);
  writeFileSync(cases, text);
  assert.equal(failed.exit, 1);
  assert.match(
    failed.out,
    /\nfail return-a-person-approves: expected allow, got step_up by `return-over-twenty`/,
  );
  assert.match(failed.out, /support\.pact\.yaml: 7 of 8 cases passed\n$/);
});

test('pact diff: what is widened has an example, and the answer is no', async () => {
  const pact = join(pacts, 'support.pact.yaml');
  const same = await plumb('pact', 'diff', pact, pact);
  assert.deepEqual(same, { exit: 0, out: 'they mean the same\n', err: '' });
  const wider = join(folder, 'wider.pact.yaml');
  const text = readFileSync(pact, 'utf8');
  writeFileSync(wider, text.replace('tools: [orders.get, kb.search] }', 'tools: [orders.get] }'));
  const found = await json('pact', 'diff', pact, wider);
  assert.equal(found['same'], false);
  const traffic = await plumb(
    ...(['pact', 'diff', pact, wider, '--runs', join(fixtures, 'openai-chat.jsonl')] as const),
    ...(['--manifest', join(fixtures, 'manifest.yaml')] as const),
  );
  assert.equal(traffic.exit, 1);
  assert.match(
    traffic.out,
    /\n1 of 2 recorded calls change\n {2}kb\.search\(.*\): allow → deny\n$/,
  );
});

test('pact fmt: formatting twice changes nothing more, and --check tells', async () => {
  const path = join(folder, 'plain.pact.yaml');
  const text = readFileSync(join(pacts, 'support.pact.yaml'), 'utf8');
  writeFileSync(path, text.replace('autonomy: 2\n', '').replace('pact:', 'autonomy: 2\npact:'));
  assert.equal((await plumb('pact', 'fmt', '--check', path)).exit, 1);
  assert.deepEqual(await plumb('pact', 'fmt', '--write', path), {
    exit: 0,
    out: 'rewrote TMP/plain.pact.yaml\n',
    err: '',
  });
  assert.deepEqual(await plumb('pact', 'fmt', '--check', path), { exit: 0, out: '', err: '' });
});

test('pact explain: says in sentences what the agent may do', async () => {
  const said = await plumb('pact', 'explain', join(pacts, 'support.pact.yaml'));
  assert.equal(said.exit, 0);
  assert.match(said.out, /^`support-agent`\n {2}Answer questions about orders\.\n/);
  assert.match(said.out, /\nIt may\n {2}/);
});

test('pact draft: tools and honest runs give a pact that passes its checks', async () => {
  const tools = join(folder, 'starter', 'schemas', 'support.tools.json');
  const output = join(folder, 'drafted.pact.yaml');
  const from = ['--tools', tools, '--runs', join(fixtures, 'agentdojo.jsonl')];
  const by = ['--manifest', join(fixtures, 'manifest.yaml'), '--owner', 'a@b.example'];
  const named = ['--agent', 'support', '-o', output];
  const draft = (): Promise<Said> => plumb('pact', 'draft', ...from, ...by, ...named);
  assert.deepEqual(await draft(), {
    exit: 0,
    out: 'wrote TMP/drafted.pact.yaml\n\nnext: plumb pact check TMP/drafted.pact.yaml\n',
    err: '',
  });
  assert.equal((await plumb('pact', 'check', output)).exit, 0);
  const again = await draft();
  assert.equal(again.exit, 2);
  assert.equal(again.err, 'plumb: TMP/drafted.pact.yaml: the file exists and is not overwritten\n');
});
