import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { guardScene, type GuardScene, valueOf } from '../../testing/guard-scene.ts';
import { AgentHooks } from '../pep/hooks/agent-hooks.ts';
import { AwayLists } from './away-lists.ts';

const PACT = `
pact: plumbline/v1
agent: support
purpose: Read code.
owner: a@example.com
autonomy: 2
gates: off
when_away: reads
tools:
  claude.Read: { effect: read, trust: untrusted }
  claude.Bash: { effect: send }
allow: [{ id: read, tool: [claude.Read, claude.Bash] }]
`;

async function opened(t: TestContext): Promise<{
  readonly scene: GuardScene;
  readonly lists: AwayLists;
  readonly folder: string;
  readonly failures: unknown[];
}> {
  const folder = mkdtempSync(join(tmpdir(), 'away-'));
  const scene = await guardScene({ pact: PACT });
  const { guard } = scene;
  const hooks = new AgentHooks({ guard, nowMs: () => 0 });
  const failures: unknown[] = [];
  const lists = new AwayLists({
    folder,
    guard,
    pactOf: (digest) => Promise.resolve(scene.pacts.get(digest)),
    note: (read) => hooks.noteAway(read),
    failed: (cause) => failures.push(cause),
    mostSpooled: 10,
  });
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return { scene, lists, folder, failures };
}

test('away: an agent has a list while nothing of it is halted', async (t) => {
  verifies('human.halt');
  const { scene, lists, folder } = await opened(t);
  const path = join(folder, 'away/support');
  await lists.refresh();
  assert.equal(readFileSync(path, 'utf8'), 'claude.Read\n');
  assert.equal(statSync(path).mode & 0o777, 0o600);
  const halt = { agent: 'support', scope: 'agent', target: '', by: 'local', reason: 'x' } as const;
  const halted = scene.guard.halt(halt);
  // In the turn in which it is in force.
  assert.equal(existsSync(path), false);
  valueOf(await halted);
  await lists.refresh();
  assert.equal(existsSync(path), false);
  valueOf(await scene.guard.resume(halt));
  await lists.refresh();
  assert.equal(existsSync(path), true);
  writeFileSync(join(folder, 'away/gone'), 'claude.Bash\n');
  await lists.refresh();
  assert.deepEqual(readdirSync(join(folder, 'away')), ['support']);
});

test('away: what was read meanwhile is recorded, and its session has read it', async (t) => {
  verifies('evidence.complete');
  const { scene, lists, folder } = await opened(t);
  await lists.refresh();
  const event = { session_id: 's', hook_event_name: 'PreToolUse', tool_use_id: 'c1' };
  const read = { ...event, tool_name: 'Read', tool_input: { file_path: 'a' } };
  const lines = [
    `claude-code\tsupport\tprincipal=ada&wait=45\t${JSON.stringify(read)}`,
    'claude-code\tsupport\tprincipal=ada\tno json',
    `claude-code\tnobody\tprincipal=ada\t${JSON.stringify(read)}`,
  ];
  writeFileSync(join(folder, 'away/spool'), `${lines.join('\n')}\n`);
  const from = scene.entries().length;
  await lists.takeSpool();
  const kinds = scene
    .entries()
    .slice(from)
    .map(({ kind }) => kind);
  assert.deepEqual(kinds, ['session_opened', 'message', 'message']);
  assert.deepEqual(readdirSync(join(folder, 'away')).sort(), ['spool.taken', 'support']);
  assert.equal(readFileSync(join(folder, 'away/spool.taken'), 'utf8'), `${lines[2]}\n`);
  await lists.takeSpool();
});

test('away: what is too much for one start is left for the next', async (t) => {
  verifies('evidence.complete');
  const { lists, folder } = await opened(t);
  await lists.refresh();
  writeFileSync(join(folder, 'away/spool'), `${'x\n'.repeat(10)}last\n`);
  await lists.takeSpool();
  assert.equal(readFileSync(join(folder, 'away/spool.taken'), 'utf8'), 'last\n');
});
