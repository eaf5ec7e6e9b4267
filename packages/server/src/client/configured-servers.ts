import type { KeyedServer, ServerKeys } from '../broker/server-keys.ts';
import type { McpConfig, McpReach } from '../config/mcp-schema.ts';
import type { OpenUpstream, Served, StagingServer } from '../pep/mcp/upstream.ts';
import { commandUpstream, serverEnvironment } from './command-upstream.ts';
import { urlUpstream } from './url-upstream.ts';

/** Returns what reaches the configured servers of an agent, or undefined where there are none. */
export function configuredServers(
  config: McpConfig,
  environment: Readonly<Record<string, string | undefined>>,
  keysFor?: KeysFor,
): (agent: string) => Served | undefined {
  return (agent) => {
    const own = Object.hasOwn(config, agent) ? config[agent] : undefined;
    if (own === undefined) return undefined;
    const upstreams = Object.entries(own.servers).map(([name, server]) => {
      const { plain, bare, staging, limits } = server;
      const { handshakeMs, requests: inFlight, messageBytes, ...rest } = limits;
      const of = { agent, server: name, environment, messageBytes, keysFor };
      const open = openerOf(server, of);
      const names = { isPlain: plain || bare, isBare: bare };
      const bounds = { ...rest, inFlight };
      const beside = staging === null ? undefined : stagingOf(staging, of);
      return [
        name,
        { open, ...names, isRemote: 'url' in server, staging: beside, handshakeMs, bounds },
      ] as const;
    });
    const { session, elicitApprovals: elicitsApprovals } = own;
    return { upstreams: new Map(upstreams), session, elicitsApprovals };
  };
}

/** Returns what puts credentials into requests to a server. */
export type KeysFor = (of: KeyedServer) => ServerKeys;

type Reaching = {
  readonly agent: string;
  readonly server: string;
  readonly keysFor: KeysFor | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly messageBytes: number;
};

function stagingOf(staging: { readonly name: string } & McpReach, of: Reaching): StagingServer {
  const { name } = staging;
  const open = openerOf(staging, { ...of, server: `${of.server}:${name}` });
  return { name, open, isRemote: 'url' in staging };
}

function openerOf(server: McpReach, of: Reaching): OpenUpstream {
  const { environment, messageBytes } = of;
  if ('url' in server)
    return urlUpstream({ url: server.url, messageBytes, keys: keysOf(server, of) });
  const [command = '', ...args] = server.command;
  const own = { ...serverEnvironment(environment), ...server.environment };
  return commandUpstream({ command, args, environment: own, messageBytes });
}

function keysOf(
  { url, credentials }: Extract<McpReach, { readonly url: string }>,
  { agent, server, keysFor }: Reaching,
): ServerKeys | undefined {
  return credentials === null ? undefined : keysFor?.({ agent, server, url, ...credentials });
}
