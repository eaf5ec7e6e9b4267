import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { hookScript } from './hook-script.ts';

type Ran = { readonly exit: number; readonly out: string; readonly err: string };

const CURL =
  ['/usr/bin/curl', '/bin/curl', '/opt/homebrew/bin/curl'].find((path) => existsSync(path)) ?? '';
const isMissing = CURL === '' && process.env['CI'] !== 'true';

describe('the program behind a hook', { skip: isMissing && 'curl is not here' }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'hook-'));
  const script = join(folder, 'plumb-hook');
  const answers: { status: number; body: string }[] = [];
  const heard: string[] = [];
  let server: Server;

  before(async () => {
    writeFileSync(script, hookScript(CURL));
    chmodSync(script, 0o700);
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        heard.push(`${request.url ?? ''} ${body}`);
        const { status, body: said } = answers.shift() ?? { status: 500, body: '' };
        if (status === 0) response.destroy();
        else response.writeHead(status, { 'content-type': 'text/plain' }).end(said);
      });
    });
    await new Promise<void>((resolve) => server.listen(join(folder, 'daemon.sock'), resolve));
  });

  after(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  type Said = { readonly status: number; readonly body: string };

  function run(
    event: string,
    answer: Said | null,
    ...[program = script, told = '{"session_id":"s"}']: readonly string[]
  ): Promise<Ran> {
    if (answer !== null) answers.push(answer);
    return start('claude-code', event, program, told);
  }

  function start(
    ...[client, event, program, told]: readonly [string, string, string, string]
  ): Promise<Ran> {
    const argv = [client, event, 'coder', 'a=1', '5'];
    return new Promise((resolve) => {
      const child = execFile(program, argv, (error, out, err) => {
        resolve({ exit: typeof error?.code === 'number' ? error.code : 0, out, err });
      });
      child.stdin?.on('error', () => undefined);
      child.stdin?.end(told);
    });
  }

  test('hook script: what the daemon says is what the client hears', async () => {
    const passed = await run('PreToolUse', { status: 200, body: 'plumbline/1 0\n{"a":1}\n' });
    assert.deepEqual(passed, { exit: 0, out: '{"a":1}\n', err: '' });
    assert.equal(
      heard.at(-1),
      '/api/v1/agents/coder/hooks/claude-code/PreToolUse?form=sh&a=1 {"session_id":"s"}',
    );
    const refused = await run('PreToolUse', { status: 200, body: 'plumbline/1 2\nno "way"\n' });
    assert.deepEqual(refused, { exit: 2, out: '', err: 'no "way"\n' });
  });

  test('hook script: whatever else comes back blocks, with words', async () => {
    verifies('enforce.fail-closed');
    const wrong = [
      { status: 200, body: '' },
      { status: 200, body: '{}' },
      { status: 200, body: 'plumbline/1 0' },
      { status: 200, body: 'plumbline/1 0\n' },
      { status: 200, body: 'plumbline/1 0\nfine' },
      { status: 200, body: 'plumbline/1 2' },
      { status: 200, body: 'plumbline/2 0\n{}' },
      { status: 204, body: '' },
      { status: 302, body: 'plumbline/1 0\n{}' },
      { status: 404, body: '{"detail":"no agent"}' },
      { status: 503, body: 'plumbline/1 0\n{}' },
      { status: 0, body: '' },
    ];
    for (const [at, answer] of wrong.entries()) {
      const event = at % 2 === 0 ? 'PreToolUse' : 'PostToolUseFailure';
      const { exit, out, err } = await run(event, answer);
      assert.deepEqual([exit, out], [2, ''], JSON.stringify(answer));
      assert.match(err, /^plumbline refused this call: .+, so nothing is let through\n$/);
    }
    // Nobody listens there, and the program cannot even be started.
    const [alone, bare] = [join(folder, 'b'), join(folder, 'c')];
    for (const [place, curl] of [
      [alone, CURL],
      [bare, '/nowhere/curl'],
    ] as const) {
      mkdirSync(place);
      const program = join(place, 'plumb-hook');
      writeFileSync(program, hookScript(curl), { mode: 0o700 });
      const { exit, err } = await run('BeforeTool', null, program);
      assert.equal(exit, 2);
      assert.match(err, /the daemon does not answer \(curl ended with \d+\); plumb up starts it/);
    }
  });

  test('hook script: while nobody listens, reads that a list names go on, spooled', async () => {
    verifies('enforce.fail-closed');
    const place = join(folder, 'alone');
    mkdirSync(join(place, 'away'), { recursive: true });
    const program = join(place, 'plumb-hook');
    writeFileSync(program, hookScript(CURL), { mode: 0o700 });
    writeFileSync(join(place, 'away/coder'), 'claude.Read\nclaude.Glob\n');
    const told = (tool: string, args = '{}'): string =>
      `{"session_id":"s","tool_name":"${tool}","tool_input":${args}}`;
    const read = told('Read', '{"file_path":"\\"tool_name\\":\\"Bash\\""}');
    assert.equal((await run('PreToolUse', null, program, read)).exit, 0);
    assert.equal((await run('PostToolUse', null, program, told('Glob'))).exit, 0);
    const spool = readFileSync(join(place, 'away/spool'), 'utf8');
    assert.equal(spool, `claude-code\tcoder\ta=1\t${read}\n`);
    for (const refused of [
      told('Bash'),
      told('Read', '{"tool_name":"x"}'),
      told('mcp__fs__Read'),
      `${told('Read')}\n`.replace('{', '{\n'),
      told('Read', `{"a":"${'x'.repeat(65_536)}"}`),
      '{}',
    ]) {
      assert.equal((await run('PreToolUse', null, program, refused)).exit, 2, refused);
    }
    assert.equal(readFileSync(join(place, 'away/spool'), 'utf8'), spool);
  });

  test('hook script: what could not be recorded is withheld where the client can', async () => {
    verifies('enforce.fail-closed');
    const tooLarge = { status: 413, body: '{"detail":"the body is larger"}' };
    const say =
      'plumbline withheld what the tool answered: the daemon answers 413: the body is larger, ' +
      'so it is not recorded';
    const claude = await run('PostToolUse', tooLarge);
    assert.deepEqual([claude.exit, claude.err], [0, '']);
    assert.deepEqual(JSON.parse(claude.out), {
      decision: 'block',
      reason: say,
      hookSpecificOutput: { hookEventName: 'PostToolUse', updatedToolOutput: say },
    });
    answers.push(tooLarge);
    const cursor = await start('cursor', 'postToolUse', script, '{"conversation_id":"s"}');
    assert.deepEqual([cursor.exit, cursor.err], [0, '']);
    assert.deepEqual(JSON.parse(cursor.out), {
      updated_mcp_tool_output: { refused: say },
      additional_context: say,
    });
  });

  test('hook script: what is no action is not blocked, and the person is told', async () => {
    const { exit, out } = await run('UserPromptSubmit', { status: 404, body: '{"detail":"no"}' });
    assert.equal(exit, 0);
    assert.deepEqual(JSON.parse(out), { systemMessage: 'plumbline: the daemon answers 404: no' });
  });
});
