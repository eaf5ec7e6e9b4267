import type { McpConfig, McpReach } from '../config/mcp-schema.ts';
import type { OpenUpstream, Served, StagingServer } from '../pep/mcp/upstream.ts';
import { commandUpstream } from './command-upstream.ts';
import { urlUpstream } from './url-upstream.ts';

const MESSAGE_BYTES = 4_194_304;

/** Returns what reaches the configured servers of an agent, or undefined where there are none. */
export function configuredServers(
  config: McpConfig,
  environment: Readonly<Record<string, string | undefined>>,
): (agent: string) => Served | undefined {
  return (agent) => {
    const own = Object.hasOwn(config, agent) ? config[agent] : undefined;
    if (own === undefined) return undefined;
    const upstreams = Object.entries(own.servers).map(([name, server]) => {
      const open = openerOf(server, environment);
      const { plain, bare, staging } = server;
      const names = { isPlain: plain || bare, isBare: bare };
      const beside = staging === null ? undefined : stagingOf(staging, environment);
      return [name, { open, ...names, isRemote: 'url' in server, staging: beside }] as const;
    });
    const { session, elicitApprovals: elicitsApprovals } = own;
    return { upstreams: new Map(upstreams), session, elicitsApprovals };
  };
}

function stagingOf(
  staging: { readonly name: string } & McpReach,
  environment: Readonly<Record<string, string | undefined>>,
): StagingServer {
  const { name } = staging;
  return { name, open: openerOf(staging, environment), isRemote: 'url' in staging };
}

function openerOf(
  server: McpReach,
  environment: Readonly<Record<string, string | undefined>>,
): OpenUpstream {
  if ('url' in server) return urlUpstream({ url: server.url, messageBytes: MESSAGE_BYTES });
  const [command = '', ...args] = server.command;
  // What configures the daemon is none of the server's business.
  const inherited = Object.entries(environment).filter(([name]) => !name.startsWith('PLUMBLINE_'));
  const own = { ...Object.fromEntries(inherited), ...server.environment };
  return commandUpstream({ command, args, environment: own, messageBytes: MESSAGE_BYTES });
}
