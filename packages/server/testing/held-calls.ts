import type { DaemonClient } from '../src/client/daemon-client.ts';
import { get, member, post, text } from './ask-daemon.ts';
import { startUpstream, type UpstreamServer } from './upstream-server.ts';

const SECRET = 'hush-supervised-0123456789';
const HELD = 2;

/** Calls that the daemon makes with a credential, to a service that never answers. */
export type HeldCalls = {
  readonly settings: Readonly<Record<string, string>>;
  /** Keeps the credential, once the daemon runs and the agent is there. */
  readonly prepare: (client: DaemonClient) => Promise<void>;
  /** Begins calls in a session; resolves, once they hold the secret, with a permit to spare. */
  readonly begin: (client: DaemonClient, session: string) => Promise<string>;
  /** How many are held at the service. */
  readonly open: () => number;
  readonly close: () => Promise<void>;
};

/** Starts the service. */
export async function holdCalls(): Promise<HeldCalls> {
  let open = 0;
  let bare = 0;
  const upstream: UpstreamServer = await startUpstream(({ headers }, response) => {
    if (headers['authorization'] !== `Bearer ${SECRET}`) bare += 1;
    open += 1;
    response.once('close', () => (open -= 1));
  });
  const call = { method: 'GET', path: '/orders/{order}' };
  const tools = { 'orders.get': call };
  return {
    settings: {
      upstreams: JSON.stringify({ shop: { url: upstream.url, timeoutMs: 60_000, tools } }),
      allowNetworks: '127.0.0.1/32',
    },
    prepare: async (client) => {
      const asked = { name: 'shop', url: upstream.url, access: 'read', agents: ['support'] };
      await post(client, 'credentials', { ...asked, inject: { kind: 'bearer' }, secret: SECRET });
    },
    begin: async (client, session) => {
      const tokens = await Promise.all(
        Array.from({ length: HELD + 1 }, (_, at) => permit(client, session, `held-${at}`)),
      );
      const [spare = '', ...used] = tokens;
      const had = upstream.received.length;
      // What a halt cancels is answered as such, or the daemon has gone.
      for (const token of used) void forward(client, token).catch(() => undefined);
      await upstream.got(had + HELD);
      if (bare > 0) throw new Error('a call went without its credential');
      return spare;
    },
    open: () => open,
    close: () => upstream.close(),
  };
}

/** Forwards with a permit. */
export function forward(client: DaemonClient, token: string): ReturnType<typeof post> {
  return post(client, 'agents/support/permits/forward', { token });
}

/** How often secrets were dropped from memory, as the ledger says. */
export async function drops(client: DaemonClient): Promise<number> {
  const events = await get(client, 'events?kind=credential_dropped&limit=1000');
  return Array.isArray(events['rows']) ? events['rows'].length : 0;
}

async function permit(client: DaemonClient, session: string, request: string): Promise<string> {
  const action = { session, request, tool: 'orders.get', args: { order: request } };
  const decided = await post(client, 'agents/support/actions/decide', action);
  return text(member(decided, 'permit')['token']);
}
