import { fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { type BenchDaemon, makeKey, startBenchDaemon, textAt } from '../bench-daemon.ts';
import { childOf } from './cpu.ts';
import { openHttpPeer } from './http-peer.ts';
import type { Peer, PeerCall } from './peer.ts';
import { openStdioPeer } from './stdio-peer.ts';

/** One way to a tool, opened anew for each round, with so many calls at once. */
export type Way = {
  readonly name: string;
  readonly call: PeerCall;
  readonly open: (atOnce: number) => Promise<Peer>;
};

/** Ways to the same tool; the first is the direct one. */
export type Ways = { readonly ways: readonly Way[]; readonly close: () => Promise<void> };

const AGENT = 'desk';
const here = (name: string): string => join(import.meta.dirname, name);
const node = [process.execPath, '--conditions=plumbline-source'];
const light = [process.execPath, here('light-server.ts')];
const lightCall = { name: 'search_contacts_by_name', arguments: { query: 'Contact number 7' } };

/** What is decided is what an office assistant's pact says of one tool: five rules look at it. */
const PACT = `
pact: plumbline/v1
agent: ${AGENT}
purpose: Look up contacts.
owner: desk@example.com
autonomy: 2
gates: off
unlisted: block_and_replan
tools:
  mail.search_contacts_by_name: { effect: read, trust: { default: trusted, format: yaml } }
  all.echo: { effect: read, trust: untrusted }
allow:
  - { id: look-up, tool: mail.search_contacts_by_name, when: 'args.query.size() < 200' }
  - { id: echo, tool: all.echo }
exclude:
  - { id: all-at-once, tool: mail.search_contacts_by_name, when: 'args.query == "*"' }
  - { id: board, tool: mail.search_contacts_by_name, when: 'args.query.contains("board")' }
  - { id: wide, tool: mail.search_contacts_by_name, when: 'args.query.startsWith("%")' }
  - { id: short, tool: mail.search_contacts_by_name, when: 'args.query.size() < 2' }
`;

/** Starts a daemon with an armed agent that may call everything that is measured. */
export async function startGateway(folder: string, upstream: string): Promise<BenchDaemon> {
  const session = { principal: 'emma.johnson@example.com' };
  const served = { [AGENT]: { servers: { mail: { url: upstream } }, session } };
  const daemon = await startBenchDaemon(folder, [['mcp', JSON.stringify(served)]]);
  const { client } = daemon;
  await client.ask({ method: 'POST', path: '/api/v1/agents', body: { agent: AGENT } });
  const body = {
    entry: 'pact.yaml',
    files: { 'pact.yaml': PACT },
    mode: 'publish',
    reason: 'measure',
  };
  await client.ask({ method: 'POST', path: `/api/v1/agents/${AGENT}/pacts`, body });
  return daemon;
}

/** Returns the ways over standard streams to the light server. */
export function stdioWays(folder: string, { started: { pid } }: BenchDaemon): readonly Way[] {
  const proxy = [...node, here('sdk-proxy.ts'), 'stdio', ...light];
  return [
    { name: 'direct', call: lightCall, open: () => direct(light) },
    {
      name: 'proxy on the official SDK',
      call: lightCall,
      open: () => openStdioPeer(proxy, (between) => ({ between, upstream: childOf(between) })),
    },
    {
      name: 'the gateway',
      call: lightCall,
      open: () => wrapped({ folder, prefix: 'mail.', server: light, daemon: pid }),
    },
  ];
}

/** Returns the ways over standard streams to the official server `everything`. */
export function everythingWays(folder: string, { started: { pid } }: BenchDaemon): readonly Way[] {
  const manifest = createRequire(import.meta.url).resolve(
    '@modelcontextprotocol/server-everything/package.json',
  );
  const server = [process.execPath, join(dirname(manifest), 'dist', 'index.js'), 'stdio'];
  const call = { name: 'echo', arguments: { message: 'Contact number 7' } };
  return [
    { name: 'direct', call, open: () => direct(server) },
    {
      name: 'the gateway',
      call,
      open: () => wrapped({ folder, prefix: 'all.', server, daemon: pid }),
    },
  ];
}

function direct(server: readonly string[]): Promise<Peer> {
  return openStdioPeer(server, (upstream) => ({ upstream }));
}

type Wrapping = {
  readonly folder: string;
  readonly prefix: string;
  readonly server: readonly string[];
  readonly daemon: number;
};

function wrapped({ folder, prefix, server, daemon }: Wrapping): Promise<Peer> {
  const plumb = fileURLToPath(import.meta.resolve('@plumbline/cli/source/main'));
  const own = ['mcp', '--agent', AGENT, '--data', join(folder, 'daemon'), '--prefix', prefix, '--'];
  return openStdioPeer([...node, plumb, ...own, ...server], (between) => {
    return { between, daemon, upstream: childOf(between) };
  });
}

/** Starts the light server and the proxy over HTTP, and returns the ways to them. */
export async function httpWays(daemon: BenchDaemon, upstream: Server): Promise<Ways> {
  const proxy = await startServer('sdk-proxy.ts', ['http', upstream.url]);
  const key = await makeKey(daemon.client, { kind: 'agent', name: 'bench', agents: [AGENT] });
  const url = `${daemon.started.url}/mcp/${AGENT}`;
  const governed = { url, key, programs: { daemon: daemon.started.pid, upstream: upstream.pid } };
  const own = { ...lightCall, name: `mail__${lightCall.name}` };
  type Place = { readonly url: string; readonly key: string | null; programs: Peer['programs'] };
  const open =
    (place: Place) =>
    (connections: number): Promise<Peer> =>
      openHttpPeer({ ...place, connections, session: null }, place.programs);
  const openModern = async (connections: number): Promise<Peer> => {
    const session = await openSession(daemon);
    return openHttpPeer({ ...governed, connections, session }, governed.programs);
  };
  const bare = { url: upstream.url, key: null, programs: { upstream: upstream.pid } };
  const proxied = { url: proxy.url, key: null, programs: { ...bare.programs, between: proxy.pid } };
  return {
    ways: [
      { name: 'direct', call: lightCall, open: open(bare) },
      { name: 'proxy on the official SDK', call: lightCall, open: open(proxied) },
      { name: 'the gateway, 2025-11-25', call: own, open: open(governed) },
      { name: 'the gateway, 2026-07-28', call: own, open: openModern },
    ],
    close: async () => proxy.close(),
  };
}

/** Returns a session that a client without a handshake names. */
async function openSession({ client }: BenchDaemon): Promise<string> {
  const body = { principal: 'emma.johnson@example.com' };
  const path = `/api/v1/agents/${AGENT}/sessions`;
  return textAt(await client.ask({ method: 'POST', path, body }), 'session');
}

/** A server of MCP over HTTP in a program of its own. */
export type Server = { readonly url: string; readonly pid: number; readonly close: () => void };

/** Starts a server that says its port. */
export async function startServer(file: string, args: readonly string[]): Promise<Server> {
  const child = fork(here(file), [...args]);
  const port = await new Promise<unknown>((resolve) => child.once('message', resolve));
  const close = (): void => child.disconnect();
  return { url: `http://127.0.0.1:${String(port)}/mcp`, pid: child.pid ?? 0, close };
}
