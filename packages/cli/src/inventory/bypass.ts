import type { JsonObject } from '@plumbline/core';

import { type Daemon, rowsOf, shown, shownTime, withDaemon } from '../daemon/connection.ts';
import { momentOf } from '../evidence/moment.ts';
import { EXIT } from '../exit-codes.ts';
import { renderRows } from '../output/table.ts';
import type { Shell } from '../shell.ts';
import { Stop } from '../stop.ts';
import type { Found, Look, Unseen } from './bypass-finding.ts';
import { lookAtPrograms, lookAtWiring } from './look-at-machine.ts';
import { lookAtProvider } from './look-at-provider.ts';
import { lookAtTranscripts } from './look-at-transcripts.ts';
import { type Looked, lookHere, type MachineOptions } from './machine-options.ts';

export type BypassOptions = MachineOptions & {
  readonly since?: string;
  readonly providerLog?: readonly string[];
  readonly skip?: readonly string[];
  readonly list?: boolean;
  readonly dryRun?: boolean;
};

const DAY_MS = 86_400_000;
const WAYS = ['processes', 'transcripts', 'wiring'];

/** Finds what went around the gateway and the hooks, and has the daemon record it. */
export async function bypass(options: BypassOptions, shell: Shell): Promise<void> {
  const looked = await lookHere(options, shell);
  const wrong = options.skip?.find((way) => !WAYS.includes(way));
  if (wrong !== undefined) {
    throw new Stop(`\`${wrong}\` is none of ${WAYS.join(', ')}`, '--skip');
  }
  const connection = {
    ...(options.data !== undefined && { data: options.data }),
    ...(options.config !== undefined && { config: options.config }),
  };
  const { since } = options;
  const sinceMs = since === undefined ? shell.wallMs() - DAY_MS : momentOf(since, '--since');
  const away = await whyAway({ connection, shell });
  if (away !== null && options.list === true) throw away;
  if (away !== null) {
    const look = await lookEverywhere({ looked, daemon: null, options, sinceMs });
    const unseen = [{ what: 'the ledger', why: away.reason }, ...look.unseen];
    return say({ ...look, unseen }, { taken: [], options, shell });
  }
  await withDaemon({ connection, shell }, async (daemon) => {
    if (options.list === true) return list(daemon, options, shell);
    const look = await lookEverywhere({ looked, daemon, options, sinceMs });
    const taken = options.dryRun === true ? [] : await record(daemon, look.found);
    say(look, { taken, options, shell });
  });
}

/** Returns why no daemon can be asked, or null. What shows without one is still looked at. */
async function whyAway(
  of: Pick<Parameters<typeof withDaemon>[0], 'connection' | 'shell'>,
): Promise<Stop | null> {
  try {
    await withDaemon(of, ({ get }) => get('/api/v1/agents'));
    return null;
  } catch (cause) {
    if (cause instanceof Stop && cause.exit === EXIT.no) return cause;
    throw cause;
  }
}

type Looking = {
  readonly looked: Looked;
  readonly daemon: Daemon | null;
  readonly options: BypassOptions;
  readonly sinceMs: number;
};

async function lookEverywhere({ looked, daemon, options, sinceMs }: Looking): Promise<Look> {
  const { skip = [], providerLog = [] } = options;
  const looks: Look[] = [];
  if (!skip.includes('processes')) looks.push(lookAtPrograms(looked));
  if (!skip.includes('wiring')) looks.push(lookAtWiring(looked));
  if (!skip.includes('transcripts')) looks.push(await lookAtTranscripts(looked, daemon, sinceMs));
  for (const path of providerLog) looks.push(await lookAtProvider(path, daemon));
  const troubles = looked.machine.troubles.map(({ place, why }) => ({ what: place, why }));
  return {
    found: looks.flatMap(({ found }) => found),
    unseen: [...troubles, ...looks.flatMap(({ unseen }) => unseen)],
  };
}

const MOST_AT_ONCE = 500;

async function record(daemon: Daemon, found: readonly Found[]): Promise<readonly JsonObject[]> {
  const agents = new Set(rowsOf(await daemon.get('/api/v1/agents')).map(({ agent }) => agent));
  const rows: JsonObject[] = [];
  for (let at = 0; at < found.length; at += MOST_AT_ONCE) {
    const part = found.slice(at, at + MOST_AT_ONCE).map(({ place: _place, ...told }) => ({
      ...told,
      // What names an agent that this daemon does not know is of the machine.
      agent: told.agent !== null && agents.has(told.agent) ? told.agent : null,
    }));
    rows.push(...rowsOf(await daemon.post('/api/v1/bypasses', { found: part })));
  }
  return rows;
}

type Saying = {
  readonly taken: readonly JsonObject[];
  readonly options: BypassOptions;
  readonly shell: Shell;
};

function say({ found, unseen }: Look, { taken, options, shell }: Saying): void {
  if (found.length > 0) shell.exit(EXIT.no);
  else if (unseen.length > 0) shell.exit(EXIT.input);
  const rows = found.map((each, at) => {
    const { id = null, index = null, isRepeat = null, isHalted = null } = taken[at] ?? {};
    return { ...each, id, index, isRepeat, isHalted };
  });
  if (options.json === true) return shell.screen.json({ found: rows, unseen });
  const cells = rows.map((each) => [
    SAYS.get(each.what) ?? each.what,
    each.agent ?? '–',
    each.client ?? '–',
    each.tool ?? each.server ?? '–',
    each.place,
    shownTime(each.seenAtMs),
    `${shown(each.index)}${each.isHalted === true ? ', agent halted' : ''}`,
  ]);
  const heads = ['what', 'agent', 'client', 'tool or server', 'where', 'when', 'entry'];
  const none =
    unseen.length === 0 ? 'nothing went around' : 'nothing was found where it was looked';
  shell.screen.print(renderRows(heads, cells, none));
  if (unseen.length > 0) shell.screen.print(`\n${unseenLines(unseen)}`);
}

const SAYS: ReadonlyMap<unknown, string> = new Map([
  ['process', 'runs without a gateway'],
  ['call', 'called without a decision'],
  ['credential', 'used without a permit'],
  ['twice', 'a permit used twice'],
  ['unwired', 'governed no longer'],
]);

function unseenLines(unseen: readonly Unseen[]): string {
  return ['not looked at:', ...unseen.map(({ what, why }) => `  ${what}: ${why}`)].join('\n');
}

async function list(daemon: Daemon, options: BypassOptions, shell: Shell): Promise<void> {
  const said = await daemon.get('/api/v1/bypasses');
  if (options.json === true) return shell.screen.json(said);
  const rows = rowsOf(said).map(({ what, agent, client, tool, server, evidence, at, index }) => [
    SAYS.get(what) ?? shown(what),
    shown(agent),
    shown(client),
    shown(tool ?? server),
    shown(evidence),
    shownTime(at),
    shown(index),
  ]);
  const heads = ['what', 'agent', 'client', 'tool or server', 'evidence', 'recorded', 'entry'];
  shell.screen.print(renderRows(heads, rows, 'nothing that went around was ever recorded'));
}
