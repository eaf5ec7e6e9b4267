import {
  HOOK_PREFIX,
  type HookedClient,
  type ListedDecision,
  type MadeCall,
  unmatchedCalls,
} from '@plumbline/core';

import { type Daemon, rowsOf, step } from '../daemon/connection.ts';
import { awayReads } from './away-reads.ts';
import { type Found, ledgerName, ledgerPlace, type Look } from './bypass-finding.ts';
import type { Looked } from './machine-options.ts';
import { shortPath } from './machine-options.ts';

type Transcripts = ReturnType<Looked['server']['readTranscripts']>;
type Call = Transcripts['calls'][number];
type Server = Looked['machine']['servers'][number];

/** A call with whose it is, and by which names its decision is found. */
type Meant = MadeCall & {
  readonly call: Call;
  readonly agent: string | null;
  readonly server: string | null;
  readonly isGoverned: boolean;
};

const MOST_PAGES = 1_000;
const LATEST_MS = 900_000;

/** Finds calls in the clients' transcripts that nothing in the ledger let through. */
export async function lookAtTranscripts(
  looked: Looked,
  daemon: Daemon | null,
  sinceMs: number,
): Promise<Look> {
  const { calls, troubles } = looked.server.readTranscripts(looked.surroundings, sinceMs);
  const unseen = troubles.map(({ place, why }) => ({ what: shortPath(place, looked.home), why }));
  if (daemon === null) {
    const why = 'no daemon could be asked what it let through';
    return { found: [], unseen: [...unseen, { what: 'transcripts', why }] };
  }
  const meant = calls.map((call) => meantBy(looked, call));
  const decisions = await decisionsSince(daemon, sinceMs, calls);
  const unmatched = unmatchedCalls(meant, decisions);
  const agents = new Set(unmatched.flatMap(({ agent }) => (agent === null ? [] : [agent])));
  const isAwayRead = await awayReads(daemon, await knownOf(daemon, agents));
  const found = groupsOf(unmatched.filter((each) => !isAwayRead(each))).map(
    ({ first, count }): Found => {
      const { call, agent, server, tools } = first;
      const more = count === 1 ? '' : ` and ${count - 1} more`;
      return {
        what: 'call',
        agent,
        client: call.client,
        server: ledgerName(server, 128),
        tool: ledgerName(tools[0] ?? null, 255),
        evidence: ledgerPlace(call.path, `:${call.line}`),
        place: `${shortPath(call.path, looked.home)}:${call.line}${more}`,
        seenAtMs: call.at,
      };
    },
  );
  return { found, unseen };
}

/** Those of the agents that this daemon has. */
async function knownOf({ get }: Daemon, agents: ReadonlySet<string>): Promise<readonly string[]> {
  const rows = rowsOf(await get('/api/v1/agents'));
  return rows.flatMap(({ agent }) =>
    typeof agent === 'string' && agents.has(agent) ? [agent] : [],
  );
}

type Group = { readonly first: Meant; readonly count: number };

/**
 * Of what nothing governs, the calls of a transcript to one server are one finding: that the path
 * is open is what they show.
 */
function groupsOf(calls: readonly Meant[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const [at, each] of calls.entries()) {
    const { call, server, isGoverned } = each;
    const key = isGoverned ? `${at}` : JSON.stringify([call.path, server]);
    const known = groups.get(key);
    groups.set(key, { first: known?.first ?? each, count: (known?.count ?? 0) + 1 });
  }
  return [...groups.values()];
}

/** Every decision of every agent that could stand behind one of the calls. */
async function decisionsSince(
  { get }: Daemon,
  sinceMs: number,
  calls: readonly Call[],
): Promise<readonly ListedDecision[]> {
  const last = calls.at(-1)?.at;
  if (last === undefined) return [];
  const found: ListedDecision[] = [];
  for (const { agent } of rowsOf(await get('/api/v1/agents'))) {
    if (typeof agent !== 'string') continue;
    const times = `fromAt=${Math.max(0, sinceMs - LATEST_MS)}&untilAt=${last + LATEST_MS}`;
    let before = '';
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const path = `/api/v1/agents/${step(agent)}/decisions?limit=1000&${times}${before}`;
      const answer = await get(path);
      for (const { at, tool, verdict } of rowsOf(answer)) {
        if (typeof at !== 'number' || typeof verdict !== 'string') continue;
        found.push({ at, tool: typeof tool === 'string' ? tool : null, verdict });
      }
      if (typeof answer['next'] !== 'number') break;
      before = `&before=${answer['next']}`;
    }
  }
  return found;
}

function meantBy(looked: Looked, call: Call): Meant {
  const { at, isError, client } = call;
  const base = { call, at, isError };
  const own = looked.machine.servers.filter((server) => server.client === client);
  const of = serverOf(call.name, own);
  if (of !== null) {
    const governed = looked.server.governedBy(of.server, looked.governors);
    const prefix = governed?.prefix ?? `${of.server.name}.`;
    const tools = [`${prefix}${of.tool}`, `${of.server.name}.${of.tool}`];
    const whose = { agent: governed?.agent ?? null, isGoverned: governed !== null };
    return { ...base, ...whose, server: of.server.name, tools };
  }
  const hook = looked.server.hookOver({ client, project: null }, looked.governors.hooks);
  const tools = ownNames(call, hook?.prefix ?? null);
  return { ...base, agent: hook?.agent ?? null, server: null, tools, isGoverned: hook !== null };
}

/** A tool of a server is named by both, in the way of each client. */
function serverOf(
  name: string,
  servers: readonly Server[],
): { readonly server: Server; readonly tool: string } | null {
  // The longest name first: one may begin another.
  const sorted = servers.toSorted((one, other) => other.name.length - one.name.length);
  for (const server of sorted) {
    const spelled = server.name.replaceAll(/[^A-Za-z0-9_-]/g, '_');
    for (const start of [`mcp__${spelled}__`, `mcp_${spelled}_`, `${spelled}__`]) {
      if (name.startsWith(start)) return { server, tool: name.slice(start.length) };
    }
  }
  return null;
}

// A client may tell its hooks another name than it writes down.
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  exec_command: ['Bash'],
  shell: ['Bash'],
  shell_command: ['Bash'],
};

function ownNames({ client, name }: Call, told: string | null): readonly string[] {
  const prefix = told ?? HOOK_PREFIX[clientOf(client)];
  const [, server, tool] = /^mcp__(.+?)__(.+)$/s.exec(name) ?? [];
  if (server !== undefined && tool !== undefined) return [`${server}.${tool}`];
  return [name, ...(ALIASES[name] ?? [])].map((each) => `${prefix}${each}`);
}

function clientOf(client: string): HookedClient {
  // Transcripts are read of these alone.
  return client as HookedClient;
}
