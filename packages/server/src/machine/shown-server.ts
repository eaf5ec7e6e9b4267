import type { ConfiguredServer } from './configured-server.ts';
import type { HookFile } from './read-hooks.ts';
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
  /** Whether its calls are decided by the gateway and by a hook: charged twice. */
  readonly isDecidedTwice: boolean;
};

/** What tells whether something is governed: the daemon's addresses, and hooks. */
export type Governors = {
  readonly origins: readonly string[];
  readonly hooks: readonly HookFile[];
};

/** Returns what stands between a client and a server, or null where nothing does. */
export function governedBy(
  server: Pick<ConfiguredServer, 'reach' | 'client' | 'project' | 'name'>,
  { origins, hooks }: Governors,
): Governed | null {
  const { reach } = server;
  const wrapped = reach.kind === 'stdio' ? reach.wrapped : null;
  if (wrapped !== null) {
    return { how: 'gateway stdio', agent: wrapped.agent, prefix: wrapped.prefix };
  }
  const behind = gatewayAt(server, origins);
  const hook = hookOver(server, hooks);
  if (behind !== null || hook === null || isLeft(hook, server.name)) return behind;
  return { how: 'hook', agent: hook.agent, prefix: `${server.name}.` };
}

/** Returns whether a server is behind the gateway, and its client's hook decides its calls too. */
export function isDecidedTwice(
  server: Parameters<typeof governedBy>[0],
  governors: Governors,
): boolean {
  const how = governedBy(server, governors)?.how ?? 'hook';
  const hook = how === 'hook' ? null : hookOver(server, governors.hooks);
  return hook !== null && !isLeft(hook, server.name);
}

/** Our hook passes over what it is told that the gateway governs, whether that does or not. */
function isLeft({ gateways }: HookFile, name: string): boolean {
  return gateways.includes('*') || gateways.includes(name);
}

/** Returns the hook of ours that sees every call of a client in a project, or everywhere. */
export function hookOver(
  { client, project }: { readonly client: string; readonly project: string | null },
  hooks: readonly HookFile[],
): HookFile | null {
  const its = hooks.filter((each) => {
    return each.client === client && (each.project === null || each.project === project);
  });
  if (its.some(({ isOff }) => isOff)) return null;
  return its.find(({ isOurs }) => isOurs) ?? null;
}

function gatewayAt(
  { reach }: Pick<ConfiguredServer, 'reach'>,
  origins: readonly string[],
): Governed | null {
  if (reach.kind !== 'http' || !URL.canParse(reach.url)) return null;
  const { origin, pathname } = new URL(reach.url);
  const agent = /^\/mcp\/([a-z][a-z0-9-]{0,62})\/?$/.exec(pathname)?.[1];
  if (agent === undefined || !origins.includes(origin)) return null;
  return { how: 'gateway HTTP', agent, prefix: '' };
}

/** Returns a server as it may be shown. */
export function shownServer(server: ConfiguredServer, governors: Governors): ShownServer {
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
    governed: governedBy(server, governors),
    isDecidedTwice: isDecidedTwice(server, governors),
  };
}
