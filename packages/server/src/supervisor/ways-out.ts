import { findingIn } from './egress/finding-in.ts';
import { type GatewayPort, makeGatewayPort } from './egress/gateway-port.ts';
import type { Reach } from './egress/judge-host.ts';
import { makeProxy, type Proxy } from './egress/proxy.ts';
import type { Pointers, PortNumbers } from './sandbox/sandbox.ts';
import type { SessionBook } from './session-book.ts';

/** When the agent last did something that was let through. */
export class Acted {
  #lastMs: number = performance.now();
  #decided: number;

  constructor(decided: number) {
    this.#decided = decided;
  }

  get lastMs(): number {
    return this.#lastMs;
  }

  now(): void {
    this.#lastMs = performance.now();
  }

  /** Takes how many actions were decided so far. */
  decided(count: number): void {
    if (count !== this.#decided) this.now();
    this.#decided = count;
  }
}

/** Where an agent's ways out lead, and who is told of what is asked for. */
export type WaysParts = {
  /** The daemon's socket. */
  readonly socket: string;
  readonly agent: string;
  readonly session: string;
  readonly reach: Reach;
  readonly book: SessionBook;
  readonly acted: Acted;
};

/** Returns the only two ways out of a sandbox: the gateway, and a proxy to what may be reached. */
export function waysOut({ socket, agent, session, reach, book, acted }: WaysParts): {
  readonly proxy: Proxy;
  readonly gateway: GatewayPort;
} {
  const proxy = makeProxy({
    reach,
    seen: async (connection) => {
      const isRefused = connection.verdict === 'refused';
      if (!isRefused) acted.now();
      const finding = findingIn(connection);
      return book.record('connections', [{ ...connection }], {
        refused: isRefused ? 1 : 0,
        finding,
      });
    },
  });
  const refused = (path: string): void => {
    const tried = { host: 'gateway', path: path.slice(0, 256), verdict: 'refused' };
    book.note('connections', [tried], { refused: 1, finding: 'escape_attempt' });
  };
  const gateway = makeGatewayPort({ socket, agent, session, refused });
  return { proxy, gateway };
}

/** Returns where an agent finds its only ways out. */
export function pointersTo(
  { agent, session }: Pick<WaysParts, 'agent' | 'session'>,
  ports: PortNumbers,
): ReturnType<Pointers> {
  const proxy = `http://127.0.0.1:${ports.proxy}`;
  const local = '127.0.0.1,localhost';
  return {
    HTTP_PROXY: proxy,
    HTTPS_PROXY: proxy,
    http_proxy: proxy,
    https_proxy: proxy,
    NO_PROXY: local,
    no_proxy: local,
    NODE_USE_ENV_PROXY: '1',
    PLUMBLINE_AGENT: agent,
    PLUMBLINE_SESSION: session,
    PLUMBLINE_MCP: `http://127.0.0.1:${ports.gateway}/mcp/${agent}`,
  };
}
