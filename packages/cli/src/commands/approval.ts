import { type Command, Option } from 'commander';
import type { JsonObject } from '@plumbline/core';

import {
  type Connection,
  rowsOf,
  shown,
  shownTime,
  step,
  withConnection,
  withDaemon,
} from '../daemon/connection.ts';
import { postProved, type ProofOptions, withProof } from '../daemon/proof.ts';
import { renderRows } from '../output/table.ts';
import { renderCase } from '../report/approval-case.ts';
import type { Shell } from '../shell.ts';
import { Stop } from '../stop.ts';
import { addApprovalSeats } from './approval-seats.ts';

type ListOptions = Connection & {
  readonly agent?: string;
  readonly session?: string;
  readonly state?: string;
  readonly all?: boolean;
};

type VoteOptions = ProofOptions & { readonly reason: readonly string[] };

const HELP = `
What a pact steps up waits here for people. Votes take a person's own key, by --url and
--key-file: the socket is nobody. Whoever asked repeats the request, and is let through once.
`;

const STATES = 'pending approved used lapsed denied expired superseded void'.split(' ');

/** Adds `plumb approval`: what waits for people, and their word on it. */
export function addApproval(program: Command, shell: Shell): void {
  const approval = program
    .command('approval')
    .description('what waits for people: show it, approve it, deny it')
    .addHelpText('after', HELP);
  withConnection(approval.command('list').description('what waits, the newest first'))
    .option('--agent <agent>', 'of one agent')
    .option('--session <session>', 'of one session')
    .addOption(new Option('--state <state>', 'in one state').choices(STATES))
    .option('--all', 'also what does not wait any more')
    .action((options: ListOptions) => list(options, shell));
  withConnection(approval.command('show').description('everything its approver needs to know'))
    .argument('<approval>', 'its id, as `plumb approval list` shows it')
    .action((id: string, options: Connection) => show(id, options, shell));
  addVote(approval, shell, { verb: 'approve', says: 'approve an action, once and as it is' });
  addVote(approval, shell, { verb: 'deny', says: 'deny an action; it stays denied' });
  withConnection(approval.command('link').description('make a link by which a person votes once'))
    .argument('<approval>', 'its id')
    .requiredOption('--person <address>', 'whose word it will be; your own without `administer`')
    .action((id: string, options: Connection & { readonly person: string }) =>
      link(id, options, shell),
    );
  withConnection(approval.command('watch').description('say what waits, as it comes, until ^C'))
    .option('--agent <agent>', 'of one agent')
    .action((options: ListOptions) => watch(options, shell));
  withConnection(approval.command('fatigue').description('how people decide, and how fast'))
    .option('--days <days>', 'over so many days', '7')
    .action((options: Connection & { readonly days: string }) => fatigue(options, shell));
  addApprovalSeats(approval, shell);
}

function addVote(
  approval: Command,
  shell: Shell,
  { verb, says }: { readonly verb: 'approve' | 'deny'; readonly says: string },
): void {
  withProof(withConnection(approval.command(verb).description(says)))
    .argument('<approval...>', 'its id; several for equal actions, each with its own --reason')
    .requiredOption('--reason <text...>', 'why; one for each')
    .action((ids: readonly string[], options: VoteOptions) => vote(verb, { ids, options }, shell));
}

async function list(options: ListOptions, shell: Shell): Promise<void> {
  const said = await withDaemon({ connection: options, shell }, ({ get }) => get(pathOf(options)));
  if (options.json === true) return shell.screen.json(said);
  const isAll = options.all === true || options.state !== undefined;
  const rows = rowsOf(said).filter((row) => isAll || row['state'] === 'pending');
  const none = isAll ? 'nothing was ever asked' : 'nothing waits for anybody';
  shell.screen.print(renderRows(HEADS, rows.map(cellsOf), none));
}

const HEADS = ['id', 'kind', 'agent', 'what', 'state', 'asked', 'until', 'rules'];

function pathOf({ agent, session, state }: ListOptions): string {
  const given = Object.entries({ agent, session, state, limit: '1000' });
  const query = given.flatMap(([name, value]) => {
    return value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`];
  });
  return `/api/v1/approvals?${query.join('&')}`;
}

function cellsOf(row: JsonObject): readonly string[] {
  const [id, kind, agent, state] = ['id', 'kind', 'agent', 'state'].map((name) => shown(row[name]));
  const what = row['tool'] ?? row['category'] ?? row['reason'];
  const asked = row['askedAt'] === undefined ? '' : shownTime(row['askedAt']);
  const until = row['expiresAtMs'] === undefined ? '' : shownTime(row['expiresAtMs']);
  return [id ?? '', kind ?? '', agent ?? '', shown(what), state ?? '', asked, until, rulesOf(row)];
}

function rulesOf(row: JsonObject): string {
  const requirements = row['requirements'];
  const asking = Array.isArray(requirements) ? rowsOf({ rows: requirements }) : [];
  return asking
    .map(({ rule, approvals, quorum }) => `${shown(rule)} ${shown(approvals)}/${shown(quorum)}`)
    .join(', ');
}

async function show(id: string, options: Connection, shell: Shell): Promise<void> {
  const said = await withDaemon({ connection: options, shell }, ({ get }) =>
    get(`/api/v1/approvals/${step(id)}`),
  );
  if (options.json === true) return shell.screen.json(said);
  shell.screen.print(renderCase(said, shell.program));
}

async function vote(
  verb: 'approve' | 'deny',
  { ids, options }: { readonly ids: readonly string[]; readonly options: VoteOptions },
  shell: Shell,
): Promise<void> {
  const { reason: reasons } = options;
  if (reasons.length !== ids.length) {
    throw new Stop(`${ids.length} approvals take ${ids.length} reasons, one each`, '--reason');
  }
  const [id = '', reason = ''] = [ids[0], reasons[0]];
  if (ids.length > 1) return voteAll(verb, { ids, options }, shell);
  const path = `/api/v1/approvals/${step(id)}/votes`;
  const said = await postProved({ path, body: { outcome: verb, reason } }, options, shell);
  if (said === null) return;
  if (options.json === true) return shell.screen.json(said);
  shell.screen.print(`${id} ${standing(said)} (entry ${shown(said['index'])})`);
}

function standing({ approval }: JsonObject): string {
  const row = rowsOf({ rows: [approval ?? null] })[0] ?? {};
  const state = shown(row['state']);
  if (state === 'pending') return `waits for more: ${rulesOf(row)}`;
  const until = state === 'approved' ? `, to be used by ${shownTime(row['untilMs'])}` : '';
  return `is ${state}${until}`;
}

async function voteAll(
  verb: 'approve' | 'deny',
  { ids, options }: { readonly ids: readonly string[]; readonly options: VoteOptions },
  shell: Shell,
): Promise<void> {
  const votes = ids.map((approval, at) => {
    return { approval, outcome: verb, reason: options.reason[at] ?? '' };
  });
  const path = '/api/v1/approvals/votes';
  const said = await postProved({ path, body: { votes } }, options, shell);
  if (said === null) return;
  if (options.json === true) return shell.screen.json(said);
  const results = rowsOf({ rows: said['results'] ?? [] });
  const lines = results.map((one) => {
    const what = one['ok'] === true ? standing(one) : `not counted: ${shown(one['detail'])}`;
    return `${shown(one['id'])} ${what}`;
  });
  shell.screen.print(lines.join('\n'));
}

async function link(
  id: string,
  options: Connection & { readonly person: string },
  shell: Shell,
): Promise<void> {
  const said = await withDaemon({ connection: options, shell }, ({ post }) =>
    post(`/api/v1/approvals/${step(id)}/links`, { person: options.person }),
  );
  if (options.json === true) return shell.screen.json(said);
  const until = shownTime(said['expiresAtMs']);
  shell.screen.note(`good for one vote of ${shown(said['person'])} until ${until}:\n`);
  shell.screen.print(shown(said['url']));
}

const LOOK_MS = 2_000;

async function watch(options: ListOptions, shell: Shell): Promise<void> {
  const seen = new Map<string, string>();
  await withDaemon({ connection: options, shell }, async ({ get }) => {
    for (;;) {
      const rows = rowsOf(await get(pathOf(options)));
      for (const row of rows.toReversed()) {
        const [id, state] = [shown(row['id']), shown(row['state'])];
        const before = seen.get(id);
        seen.set(id, state);
        if (before === state || (before === undefined && state !== 'pending')) continue;
        if (options.json === true) shell.screen.json(row);
        else shell.screen.print(cellsOf(row).join('  '));
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  });
}

async function fatigue(
  options: Connection & { readonly days: string },
  shell: Shell,
): Promise<void> {
  const said = await withDaemon({ connection: options, shell }, ({ get }) =>
    get(`/api/v1/approvals/fatigue?days=${encodeURIComponent(options.days)}`),
  );
  if (options.json === true) return shell.screen.json(said);
  const rows = rowsOf(said).map((row) => [
    shown(row['person']),
    shown(row['decisions']),
    `${Math.round(Number(row['approvalShare']) * 100)} %`,
    secondsOf(row['medianMs']),
    secondsOf(row['leastMs']),
    shown(row['underFiveSeconds']),
    shown(row['unseen']),
    shown(row['means']),
  ]);
  const times = ['median', 'least', 'under 5 s', 'unseen'];
  const heads = ['person', 'decisions', 'approved', ...times, 'which means'];
  const none = `nobody decided anything in ${options.days} days`;
  shell.screen.print(`${renderRows(heads, rows, none)}\n${shown(said['waiting'])} wait now`);
}

function secondsOf(ms: JsonObject[string] | undefined): string {
  return typeof ms === 'number' ? `${(ms / 1_000).toFixed(1)} s` : '';
}
