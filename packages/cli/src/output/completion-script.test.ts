import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { createColors } from 'picocolors';

import { buildProgram } from '../program.ts';
import { describeTree } from './command-tree.ts';
import { completionScript } from './completion-script.ts';

const nothing = (): undefined => undefined;
const screen = {
  isTerminal: false,
  columns: 100,
  colors: createColors(false),
  print: nothing,
  json: nothing,
  note: nothing,
};
const program = buildProgram({
  screen,
  program: 'plumb',
  nowMs: () => 0,
  wallMs: () => 0,
  environment: {},
  exit: nothing,
});
const tree = describeTree(program);

/** What bash offers for words of which the last is being typed. */
function offered(...words: readonly string[]): readonly string[] {
  const script = `${completionScript('bash', tree)}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _plumb; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script, 'bash', ...words], {
    encoding: 'utf8',
  });
  assert.equal(stderr, '');
  return stdout.split('\n').filter((line) => line !== '');
}

const hasBash = spawnSync('bash', ['--version']).status === 0;

test(
  'completion: bash offers commands, subcommands, options and choices',
  { skip: !hasBash },
  () => {
    assert.deepEqual(offered('plumb', 'rep'), ['replay']);
    assert.ok(offered('plumb', 'pact', '').includes('check'));
    assert.deepEqual(offered('plumb', 'replay', 'x', '--man'), ['--manifest']);
    assert.deepEqual(offered('plumb', 'replay', '--format', ''), ['agentdojo', 'openai', 'otel']);
    assert.deepEqual(offered('plumb', 'completion', 'z'), ['zsh']);
    assert.deepEqual(offered('plumb', 'replay', '--pacts', ''), []);
  },
);

test('completion: zsh and fish are told every command and option', () => {
  const [zsh, fish] = [completionScript('zsh', tree), completionScript('fish', tree)];
  assert.match(zsh, /^#compdef plumb\n/);
  assert.match(zsh, /\n_plumb_pact_check\(\) \{\n/);
  assert.match(zsh, /\n {4}'--format\[format of the runs\]:value:\(agentdojo openai otel\)' \\\n/);
  assert.match(fish, /\ncomplete -c plumb -n '__fish_seen_subcommand_from replay' -l no-tasks -d /);
  assert.match(fish, / -l format -d 'format of the runs' -r -f -a 'agentdojo openai otel'\n/);
});
