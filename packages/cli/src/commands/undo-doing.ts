import { spawnSync } from 'node:child_process';
import type { Command } from 'commander';
import { isJsonObject, type Json, type JsonObject, parsedJson } from '@plumbline/core';

import {
  type Connection,
  type Daemon,
  shown,
  step,
  withConnection,
  withDaemon,
} from '../daemon/connection.ts';
import { postProved, type ProofOptions, withProof } from '../daemon/proof.ts';
import { EXIT } from '../exit-codes.ts';
import { nextOf, renderUndo } from '../report/undo-set.ts';
import type { Shell } from '../shell.ts';
import { Stop } from '../stop.ts';

type Voting = ProofOptions & { readonly reason: string; readonly digest: string };
type Settling = Connection & { readonly done?: boolean; readonly notDone?: boolean };

const ACT_HELP = `
The command gets one JSON object on its standard input, {"undo","n","decision","tool","args"},
does exactly that, and prints what came of it. Exit 0: it was done; another code: it failed, and
nothing came of it. Killed by a signal, or after ten minutes: nobody knows.
`;

/** Adds what is done about a set that was asked for. */
export function addUndoDoing(undo: Command, shell: Shell): void {
  for (const verb of ['approve', 'deny'] as const) {
    withProof(withConnection(undo.command(verb).description(`${verb} exactly what was asked for`)))
      .argument('<undo>', 'its id')
      .requiredOption('--digest <digest>', 'of what you looked at, as `plumb undo show` prints it')
      .requiredOption('--reason <text>', 'why; stands open in the ledger')
      .action((id: string, options: Voting) => vote({ id, verb }, options, shell));
  }
  withConnection(undo.command('run').description('do what was approved, or go on with it'))
    .argument('<undo>', 'its id')
    .option('--again', 'try once more what failed or was refused')
    .action((id: string, options: Connection & { readonly again?: boolean }) =>
      run(id, options, shell),
    );
  withConnection(undo.command('settle').description('say what became of an action nobody knows of'))
    .argument('<undo>', 'its id')
    .argument('<n>', 'the number of the action')
    .option('--done', 'it happened')
    .option('--not-done', 'it did not, and may be tried again')
    .action((id: string, n: string, options: Settling) => settle({ id, n }, options, shell));
  withConnection(undo.command('withdraw').description('give up what was not done of it'))
    .argument('<undo>', 'its id')
    .requiredOption('--reason <text>', 'why; stands open in the ledger')
    .action((id: string, options: Connection & { readonly reason: string }) =>
      withdraw(id, options, shell),
    );
  withConnection(undo.command('act').description('do, by a command, what no upstream does'))
    .argument('<agent>', 'whose actions are taken back')
    .argument('<command...>', 'what does one, after `--`')
    .addHelpText('after', ACT_HELP)
    .action((agent: string, command: readonly string[], options: Connection) =>
      act({ agent, command }, options, shell),
    );
}

async function vote(
  { id, verb }: { readonly id: string; readonly verb: 'approve' | 'deny' },
  options: Voting,
  shell: Shell,
): Promise<void> {
  const { digest, reason } = options;
  if (!/^sha256:[0-9a-f]{64}$/.test(digest)) {
    throw new Stop(
      'give it whole, `sha256:` and 64 digits, as `plumb undo show` prints it',
      '--digest',
    );
  }
  const path = `/api/v1/undos/${step(id)}/votes`;
  const said = await postProved({ path, body: { digest, outcome: verb, reason } }, options, shell);
  if (said === null) return;
  if (options.json === true) return shell.screen.json(said);
  shell.screen.print(`${id} is ${shown(said['state'])}`);
  if (verb === 'approve') shell.screen.note(`to do it: plumb undo run ${id}\n`);
}

const WAIT_MS = 20_000;

async function run(
  id: string,
  options: Connection & { readonly again?: boolean },
  shell: Shell,
): Promise<void> {
  const { again = false } = options;
  const said = await withDaemon({ connection: options, shell }, async (daemon) => {
    const begun = await daemon.post(`/api/v1/undos/${step(id)}/run`, { again });
    return begun['isActive'] === true ? untilStill(daemon, id) : begun;
  });
  if (said['state'] !== 'done') shell.exit(EXIT.no);
  if (options.json === true) return shell.screen.json(said);
  shell.screen.print(renderUndo(said));
  const next = nextOf(said);
  if (next !== '') shell.screen.note(`${next}\n`);
}

async function untilStill({ get }: Daemon, id: string): Promise<JsonObject> {
  for (;;) {
    const said = await get(`/api/v1/undos/${step(id)}?waitMs=${WAIT_MS}`);
    if (said['isActive'] !== true) return said;
  }
}

async function settle(
  { id, n }: { readonly id: string; readonly n: string },
  options: Settling,
  shell: Shell,
): Promise<void> {
  const { done = false, notDone = false } = options;
  if (done === notDone) throw new Stop('say one of --done and --not-done');
  if (!/^[0-9]{1,3}$/.test(n)) throw new Stop(`\`${n}\` is no number of an action`, '<n>');
  const said = await withDaemon({ connection: options, shell }, ({ post }) =>
    post(`/api/v1/undos/${step(id)}/settle`, { n: Number(n), done }),
  );
  if (options.json === true) return shell.screen.json(said);
  shell.screen.print(renderUndo(said));
}

async function withdraw(
  id: string,
  options: Connection & { readonly reason: string },
  shell: Shell,
): Promise<void> {
  const { reason } = options;
  const said = await withDaemon({ connection: options, shell }, ({ post }) =>
    post(`/api/v1/undos/${step(id)}/withdraw`, { reason }),
  );
  if (options.json === true) return shell.screen.json(said);
  shell.screen.print(`${id} is withdrawn (entry ${shown(said['index'])})`);
}

type Acting = { readonly agent: string; readonly command: readonly string[] };

async function act(acting: Acting, options: Connection, shell: Shell): Promise<void> {
  const done = await withDaemon({ connection: options, shell }, (daemon) => actAll(daemon, acting));
  if (done.some(({ status }) => status !== 'ok')) shell.exit(EXIT.no);
  if (options.json === true) return shell.screen.json({ rows: done });
  const lines = done.map(({ tool, status }) => `${shown(tool)}: ${shown(status)}`);
  shell.screen.print(lines.length === 0 ? 'nothing waits for this agent' : lines.join('\n'));
}

async function actAll(
  { post }: Daemon,
  { agent, command }: Acting,
): Promise<readonly JsonObject[]> {
  const path = `/api/v1/agents/${step(agent)}/undos`;
  const done: JsonObject[] = [];
  for (;;) {
    const { action } = await post(`${path}/take`, {});
    if (!isJsonObject(action ?? null)) return done;
    const taken: JsonObject = Object(action);
    const { undo = null, n = null, tool = null } = taken;
    const report = actOnce(command, taken);
    await post(`${path}/report`, { undo, n, ...report });
    done.push({ undo, n, tool, ...report });
    if (report.status !== 'ok') return done;
  }
}

const LIMITS = { timeout: 600_000, maxBuffer: 1_048_576 } as const;

function actOnce(
  [program = '', ...args]: readonly string[],
  action: JsonObject,
): { readonly status: 'ok' | 'error' | 'not_sent' | 'unknown'; readonly result: Json } {
  const input = `${JSON.stringify(action)}\n`;
  const ran = spawnSync(program, args, {
    ...LIMITS,
    input,
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  // What could not be started did nothing.
  if (ran.error !== undefined && ran.pid === 0) return { status: 'not_sent', result: null };
  if (ran.error !== undefined || ran.status === null) return { status: 'unknown', result: null };
  const text = ran.stdout.trim();
  const result = parsedJson(text) ?? text;
  return { status: ran.status === 0 ? 'ok' : 'error', result };
}
