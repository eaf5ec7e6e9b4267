import { type Command, Option } from 'commander';
import type { JsonObject } from '@plumbline/core';

import { figuresText, interactionText } from '../audits/audit-text.ts';
import { judgementOf, type JudgementOptions } from '../audits/judgement.ts';
import {
  type Connection,
  rowsOf,
  shown,
  shownTime,
  step,
  withConnection,
  withDaemon,
} from '../daemon/connection.ts';
import { addRecordOptions } from '../evidence/record-options.ts';
import { renderRows } from '../output/table.ts';
import type { Shell } from '../shell.ts';

const CHECK_HELP = `
WHERE is a data directory, the folder of a log or a URL (default: the data directory of the daemon).
Every draw is made again from the seed it shows, the commitment before, and the sessions between.

Exit code: 0 every draw follows; 1 one does not, or the record does not verify.
`;

/** Adds `plumb audit` and what is below it. */
export function addAudit(program: Command, shell: Shell): void {
  const audit = program
    .command('audit')
    .description('have people judge sessions that are drawn by lot');
  addDrawing(audit, shell);
  addReviewing(audit, shell);
  const check = audit
    .command('check')
    .description('make every draw again from the record, offline')
    .argument('[where]', 'a data directory, a log or a URL')
    .option('--key <vkey>', "the log's first verifier key")
    .option('--known-logs <file>', 'what was seen before, kept where the operator cannot write')
    .option('--policy <file>', 'witnesses to rely on (c2sp.org/tlog-policy)');
  addRecordOptions(check)
    .addHelpText('after', CHECK_HELP)
    .action(async (where: string | undefined, options: object) => {
      const { checkAudits } = await import('../evidence/check-audits.ts');
      await checkAudits(where, options, shell);
    });
}

function addDrawing(audit: Command, shell: Shell): void {
  withConnection(
    audit.command('begin').description('commit to a seed: what closes from now on can be drawn'),
  )
    .argument('<agent>', 'the agent')
    .action((agent: string, options: Connection) => begin(agent, options, shell));
  withConnection(
    audit.command('draw').description('draw from the sessions that closed, and begin anew'),
  )
    .argument('<agent>', 'the agent')
    .option('--raise <reason>', 'draw more than usual; the reason stands open in the ledger')
    .action((agent: string, options: DrawOptions) => draw(agent, options, shell));
  withConnection(audit.command('list').description('show which audits run, and what was drawn'))
    .argument('[agent]', 'one agent (default: all)')
    .action((agent: string | undefined, options: Connection) => list(agent, options, shell));
}

function addReviewing(audit: Command, shell: Shell): void {
  withConnection(audit.command('queue').description('show what waits for a reviewer'))
    .argument('[agent]', 'one agent (default: all)')
    .action((agent: string | undefined, options: Connection) => queue(agent, options, shell));
  withConnection(
    audit.command('show').description('open a drawn session, without what the agent reports'),
  )
    .argument('<item>', 'as `queue` shows it')
    .action((item: string, options: Connection) => show(item, options, shell));
  withConnection(audit.command('judge').description('say what you found, claim by claim; once'))
    .argument('<item>', 'as `queue` shows it')
    .addOption(
      new Option('--resolved <word>', 'whether what was asked for was done').choices([
        'yes',
        'no',
        'unsure',
      ]),
    )
    .option('--claim <claim=finding...>', '`c1=right`, `c2=unsure`, `c3=wrong:<why>`; each claim')
    .option('--label <claim=label...>', 'what a wrong action should have been: `c3=should-ask`')
    .option('--note <text>', 'what else you found; sealed')
    .option('--file <file>', 'the whole judgement as JSON, instead')
    .action((item: string, options: JudgeOptions) => judge(item, options, shell));
  withConnection(
    audit.command('figures').description('what reviewers found, beside what the agent reports'),
  )
    .argument('<audit>', 'an audit, or an agent: its last drawn one')
    .option('--partial', 'as it stands, while something still waits; takes the right `operate`')
    .action((name: string, options: FiguresOptions) => figures(name, options, shell));
}

type DrawOptions = Connection & { readonly raise?: string };
type FiguresOptions = Connection & { readonly partial?: boolean };
type JudgeOptions = Connection & JudgementOptions;

async function begin(agent: string, options: Connection, shell: Shell): Promise<void> {
  const said = await withDaemon({ connection: options, shell }, ({ post }) =>
    post(`/api/v1/agents/${step(agent)}/audits`),
  );
  if (options.json === true) return shell.screen.json(said);
  const due = said['dueAt'] === null ? 'drawn by people alone' : shownTime(said['dueAt']);
  shell.screen.print(`${shown(said['audit'])} runs: ${shown(said['rate'])} % by ${due}`);
}

async function draw(agent: string, options: DrawOptions, shell: Shell): Promise<void> {
  const { raise } = options;
  const said = await withDaemon({ connection: options, shell }, ({ post }) =>
    post(`/api/v1/agents/${step(agent)}/audits/draw`, raise === undefined ? {} : { raise }),
  );
  if (options.json === true) return shell.screen.json(said);
  const [drawn, sessions, percent] = [said['drawn'], said['sessions'], said['percent']].map(shown);
  const why = said['raised'] === null ? '' : `, raised: ${shown(said['raised'])}`;
  shell.screen.print(
    `${shown(said['audit'])}: drew ${drawn} of ${sessions} sessions (${percent} %${why})`,
  );
  shell.screen.note(`\`${shell.program} audit queue ${agent}\` shows what waits for reviewers\n`);
}

async function list(agent: string | undefined, options: Connection, shell: Shell): Promise<void> {
  const said = await withDaemon({ connection: options, shell }, ({ get }) =>
    get(`/api/v1/audits${ofAgent(agent)}`),
  );
  if (options.json === true) return shell.screen.json(said);
  const heads = ['audit', 'agent', 'state', 'began', 'ended or due', 'sessions', 'drawn', 'judged'];
  const none = `no audit runs: \`${shell.program} audit begin <agent>\` begins one`;
  shell.screen.print(renderRows(heads, rowsOf(said).map(auditCells), none));
}

function auditCells(row: JsonObject): readonly string[] {
  const { audit, agent, state, begunAt, endedAt, dueAt, sessions, drawn, judged } = row;
  const { erased, percent, complaint } = row;
  const isDrawn = state === 'drawn';
  const lost = typeof erased === 'number' && erased > 0 ? `, ${erased} erased` : '';
  return [
    ...[audit, agent, complaint === null ? state : `TAMPERED: ${shown(complaint)}`].map(shown),
    shownTime(begunAt),
    shownTime(endedAt ?? dueAt),
    shown(sessions),
    isDrawn ? `${shown(drawn)} (${shown(percent)} %)` : '–',
    isDrawn ? `${shown(judged)}${lost}` : '–',
  ];
}

async function queue(agent: string | undefined, options: Connection, shell: Shell): Promise<void> {
  const said = await withDaemon({ connection: options, shell }, ({ get }) =>
    get(`/api/v1/audits/queue${ofAgent(agent)}`),
  );
  if (options.json === true) return shell.screen.json(said);
  const rows = rowsOf(said).map(({ item, agent: whose, drawnAt }) => [
    shown(item),
    shown(whose),
    shownTime(drawnAt),
  ]);
  shell.screen.print(renderRows(['item', 'agent', 'drawn'], rows, 'nothing waits for a reviewer'));
}

async function show(item: string, options: Connection, shell: Shell): Promise<void> {
  const said = await withDaemon({ connection: options, shell }, ({ get }) =>
    get(`/api/v1/audits/items/${step(item)}`),
  );
  if (options.json === true) return shell.screen.json(said);
  shell.screen.print(interactionText(said, shell.program));
}

async function judge(item: string, options: JudgeOptions, shell: Shell): Promise<void> {
  const body = judgementOf(options);
  const said = await withDaemon({ connection: options, shell }, ({ post }) =>
    post(`/api/v1/audits/items/${step(item)}/judgement`, body),
  );
  if (options.json === true) return shell.screen.json(said);
  shell.screen.print(`judged ${item} (entry ${shown(said['index'])})`);
}

async function figures(name: string, options: FiguresOptions, shell: Shell): Promise<void> {
  const query = options.partial === true ? '?partial=true' : '';
  const said = await withDaemon({ connection: options, shell }, async ({ get }) => {
    const audit = name.startsWith('aud_') ? name : await lastOf(name, get);
    return audit === null ? null : get(`/api/v1/audits/${step(audit)}/figures${query}`);
  });
  if (said === null) {
    const next = `\`${shell.program} audit draw ${name}\` draws`;
    return options.json === true
      ? shell.screen.json({ audit: null })
      : shell.screen.print(`nothing was drawn of ${name} yet; ${next}`);
  }
  if (options.json === true) return shell.screen.json(said);
  shell.screen.print(figuresText(said));
}

async function lastOf(
  agent: string,
  get: (path: string) => Promise<JsonObject>,
): Promise<string | null> {
  const rows = rowsOf(await get(`/api/v1/audits${ofAgent(agent)}`));
  const drawn = rows.find(({ state }) => state === 'drawn');
  return drawn === undefined ? null : shown(drawn['audit']);
}

function ofAgent(agent: string | undefined): string {
  return agent === undefined ? '' : `?agent=${step(agent)}`;
}
