import {
  builtInTools,
  type DraftTool,
  HOOK_PREFIX,
  type HookedClient,
  isJsonObject,
  type Json,
  type JsonObject,
  judgeTool,
  readDefinition,
  signsIn,
  type ToolJudgement,
} from '@plumbline/core';

import { type Daemon, rowsOf, step } from '../daemon/connection.ts';
import type { Looked } from './machine-options.ts';
import { prefixOf } from './wrapper-words.ts';

type Server = Looked['machine']['servers'][number];

/** One tool an agent can reach, and what is believed of it. */
export type KnownTool = {
  readonly client: string;
  readonly server: string | null;
  /** The name in a pact. */
  readonly tool: string;
  readonly agent: string | null;
  readonly governed: string | null;
  readonly definition: DraftTool;
  readonly judgement: ToolJudgement;
  /** Signs of instructions hidden in what its server says of it. */
  readonly signs: readonly string[];
};

/** A server whose tools are not known, and why. */
export type NotAsked = { readonly client: string; readonly server: string; readonly why: string };

/** What is known of the tools on a machine. */
export type Tools = {
  readonly tools: readonly KnownTool[];
  readonly notAsked: readonly NotAsked[];
};

/** How the tools of servers are found out. */
export type Finding = {
  readonly looked: Looked;
  /** Asks a server itself; null: only what the daemon has pinned is known. */
  readonly ask: ((server: Server) => Promise<Asked>) | null;
  /** The daemon, where one runs. */
  readonly daemon: Daemon | null;
};

type Asked = Awaited<ReturnType<Looked['server']['askTools']>>;

/** Returns every tool that the clients' own programs and servers have. */
export async function findTools(finding: Finding, servers: readonly Server[]): Promise<Tools> {
  const tools: KnownTool[] = [];
  const notAsked: NotAsked[] = [];
  for (const server of servers) {
    const said = await definitionsOf(finding, server);
    if (said.ok) tools.push(...toolsOf(finding.looked, server, said.tools));
    else notAsked.push({ client: server.client, server: server.name, why: said.why });
  }
  return { tools, notAsked };
}

async function definitionsOf({ ask, daemon, looked }: Finding, server: Server): Promise<Asked> {
  if (!server.isEnabled) return { ok: false, why: 'is switched off' };
  if (ask !== null) return ask(server);
  const governed = looked.server.governedBy(server, looked.governors);
  const none = { ok: false, why: 'was not asked: `--ask` starts it and asks' } as const;
  if (governed?.agent == null || daemon === null) return none;
  const pinned = await pinnedTools(daemon, governed.agent, governed.prefix);
  return pinned.length === 0 ? none : { ok: true, tools: pinned };
}

/** What an agent was shown of a server, as the daemon pinned it. */
async function pinnedTools(
  { get, peek }: Daemon,
  agent: string,
  prefix: string,
): Promise<readonly JsonObject[]> {
  const base = `/api/v1/agents/${step(agent)}/tools`;
  const listed = await peek(base);
  if (!listed.isFine) return [];
  const rows = rowsOf(listed.body).filter(({ state, tool }) => {
    return state === 'pinned' && typeof tool === 'string' && tool.startsWith(prefix);
  });
  const found: JsonObject[] = [];
  for (const { definition } of rows) {
    if (typeof definition !== 'string') continue;
    const { offered } = await get(`${base}/${definition}`);
    const held = offered !== undefined && isJsonObject(offered) ? offered['definition'] : undefined;
    if (held !== undefined && isJsonObject(held)) found.push(held);
  }
  return found;
}

function toolsOf(
  { server: { governedBy }, governors }: Looked,
  server: Server,
  definitions: readonly JsonObject[],
): readonly KnownTool[] {
  const governed = governedBy(server, governors);
  const prefix = governed?.prefix ?? prefixOf(server.name);
  return definitions.flatMap((listed) => {
    const definition = draftToolOf(listed, prefix);
    if (definition === null) return [];
    const read = readDefinition(listed);
    return [
      {
        client: server.client,
        server: server.name,
        tool: definition.name,
        agent: governed?.agent ?? null,
        governed: governed?.how ?? null,
        definition,
        // The server's name is no word of the tool's.
        judgement: judgeTool({ ...definition, name: definition.name.slice(prefix.length) }),
        signs: typeof read === 'string' ? [] : signsIn(read).map(({ sign }) => sign),
      },
    ];
  });
}

function draftToolOf(listed: JsonObject, prefix: string): DraftTool | null {
  const read = readDefinition(listed);
  const name = listed['name'];
  if (typeof name !== 'string') return null;
  if (typeof read === 'string') {
    return { name: `${prefix}${name}`, description: '', inputSchema: null };
  }
  return {
    name: `${prefix}${name}`,
    description: read.description ?? '',
    inputSchema: read.inputSchema,
    annotations: hintsIn(read.annotations),
  };
}

function hintsIn(annotations: JsonObject | null): NonNullable<DraftTool['annotations']> {
  const hint = (name: string): Json | undefined => annotations?.[name];
  const [reads, destroys, opens] = [
    hint('readOnlyHint'),
    hint('destructiveHint'),
    hint('openWorldHint'),
  ];
  return {
    ...(typeof reads === 'boolean' && { readOnlyHint: reads }),
    ...(typeof destroys === 'boolean' && { destructiveHint: destroys }),
    ...(typeof opens === 'boolean' && { openWorldHint: opens }),
  };
}

/** Returns the tools that clients have without any server. */
export function ownTools({ machine, server }: Looked): readonly KnownTool[] {
  return machine.clients.flatMap(({ id, builtIn }) => {
    if (builtIn === undefined) return [];
    const client: HookedClient = builtIn;
    const hook = server.hookOver({ client: id, project: null }, machine.hooks);
    const prefix = hook?.prefix ?? HOOK_PREFIX[client];
    return builtInTools(client).map((tool) => ({
      client: id,
      server: null,
      tool: `${prefix}${tool.name}`,
      agent: hook?.agent ?? null,
      governed: hook === null ? null : 'hook',
      definition: { ...tool, name: `${prefix}${tool.name}` },
      judgement: judgeTool(tool),
      signs: [],
    }));
  });
}
