import type { ConfiguredServer } from './configured-server.ts';
import { maskedUrl, maskedWords } from './masked.ts';

/** By which enforcement point a path goes. */
export type Governed = {
  readonly how: 'gateway stdio' | 'gateway HTTP' | 'hook';
  /** Null where it comes from the environment. */
  readonly agent: string | null;
  readonly prefix: string;
};

/** A server as it may be shown: no value of its environment or headers, and no key. */
export type ShownServer = {
  readonly client: string;
  readonly server: string;
  readonly place: string;
  readonly project: string | null;
  readonly isEnabled: boolean;
  readonly reach: 'stdio' | 'http' | 'other';
  readonly command: readonly string[] | null;
  readonly url: string | null;
  readonly environment: readonly string[];
  readonly headers: readonly string[];
  readonly governed: Governed | null;
};

/**
 * Returns by which gateway a server is reached, or null. `origins` are the addresses of the daemon.
 */
export function governedBy(
  { reach }: Pick<ConfiguredServer, 'reach'>,
  origins: readonly string[],
): Governed | null {
  if (reach.kind === 'stdio') {
    const { wrapped } = reach;
    if (wrapped === null) return null;
    return { how: 'gateway stdio', agent: wrapped.agent, prefix: wrapped.prefix };
  }
  if (reach.kind !== 'http' || !URL.canParse(reach.url)) return null;
  const { origin, pathname } = new URL(reach.url);
  const agent = /^\/mcp\/([a-z][a-z0-9-]{0,62})\/?$/.exec(pathname)?.[1];
  if (agent === undefined || !origins.includes(origin)) return null;
  return { how: 'gateway HTTP', agent, prefix: '' };
}

/** Returns a server as it may be shown. */
export function shownServer(server: ConfiguredServer, origins: readonly string[]): ShownServer {
  const { client, name, path, line, project, isEnabled, reach, environment } = server;
  const inner = reach.kind === 'stdio' ? (reach.wrapped?.inner ?? reach.words) : null;
  return {
    client,
    server: name,
    place: `${path}:${line}`,
    project,
    isEnabled,
    reach: reach.kind,
    command: inner === null ? null : maskedWords(inner),
    url: reach.kind === 'http' ? maskedUrl(reach.url) : null,
    environment: Object.keys(environment),
    headers: reach.kind === 'http' ? Object.keys(reach.headers) : [],
    governed: governedBy(server, origins),
  };
}
