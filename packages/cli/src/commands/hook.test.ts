import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';

import { plumbWith } from '../run-plumb.test.ts';

describe('plumb hook without a daemon', () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'plumb-hook-')));
  const settings = join(folder, '.claude/settings.json');
  const environment = {
    HOME: folder,
    PATH: process.env['PATH'] ?? '',
    PLUMBLINE_DATA: join(folder, 'd'),
    PLUMBLINE_LISTEN_HTTP: 'none',
  };
  const hook = (...argv: readonly string[]) => plumbWith(environment, 'hook', ...argv);

  after(() => rmSync(folder, { recursive: true, force: true }));

  test('hook: nothing is installed, and it is said how', async () => {
    const { exit, out } = await hook('claude-code');
    assert.equal(exit, 1);
    assert.match(out, /^user +\S+settings\.json +none/m);
    assert.match(out, /next: plumb hook claude-code install --agent <agent>/);
    // Started in the home directory, the user's file and the project's are one.
    const home = await plumbWith(
      { ...environment, HOME: process.cwd() },
      'hook',
      'claude-code',
      '--json',
    );
    // What JSON.parse returns is read below, member by member.
    const { places } = JSON.parse(home.out) as { readonly places: readonly { path: string }[] };
    assert.equal(new Set(places.map(({ path }) => path)).size, places.length);
    assert.equal((await hook('claude-code', 'test')).exit, 2);
    assert.match((await hook('codex', 'remove')).out, /no hooks of ours for Codex/);
  });

  test('hook: a dry run shows the file as it would be and changes nothing', async () => {
    mkdirSync(join(folder, '.claude'));
    writeFileSync(settings, '{ "model": "opus" }\n');
    const asked = ['claude-code', 'install', '--agent', 'coder', '--dry-run'] as const;
    const { exit, out, err } = await hook(...asked);
    assert.equal(exit, 0, err);
    assert.match(out, /'claude-code' 'PreToolUse' 'coder' 'principal=/);
    assert.match(out, /"model": "opus"/);
    assert.equal(readFileSync(settings, 'utf8'), '{ "model": "opus" }\n');
  });

  test('hook: what is wrong is said with its place, before anything is changed', async () => {
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [['install'], /name the agent with --agent or in PLUMBLINE_AGENT/],
      [['install', '--agent', 'No'], /--agent: must be lower-case letters/],
      [['install', '--agent', 'a', '--scope', 'all'], /--scope: must be user or project or local/],
      [['install', '--agent', 'a', '--wait', '-1'], /--wait: must be a whole number of seconds/],
      [['install', '--agent', 'a', '--gateway', 'a,b'], /--gateway: must be the name of an MCP/],
      [['install', '--agent', 'a', '--principal', ''], /--principal: must be a text of 1 to 512/],
      [['install', '--agent', 'a', '--task', 'x'.repeat(513)], /--task: must be a text of 1 to/],
      [['install', '--agent', 'a', '--prefix', 'x'.repeat(65)], /--prefix: must be a text of 1 to/],
    ];
    for (const [argv, message] of cases) {
      const { exit, err } = await hook('claude-code', ...argv);
      assert.equal(exit, 2, argv.join(' '));
      assert.match(err, message);
    }
    writeFileSync(settings, '{ "hooks": ');
    const broken = await hook('claude-code', 'install', '--agent', 'a', '--dry-run');
    assert.equal(broken.exit, 2);
    assert.match(broken.err, /settings\.json: line 1: is no JSON \(ValueExpected\); mend it first/);
    writeFileSync(settings, '{"disableAllHooks":true}');
    const off = await hook('claude-code');
    assert.equal(off.exit, 1);
    assert.match(off.out, /ATTENTION {2}\S+settings\.json: switches every hook off/);
    const bare = { ...environment, PATH: '/nowhere' };
    writeFileSync(settings, '{}');
    const none = await plumbWith(bare, 'hook', 'claude-code', 'install', '--agent', 'a');
    assert.match(none.err, /asks the daemon with `curl`, which is not here: install it first/);
  });
});
