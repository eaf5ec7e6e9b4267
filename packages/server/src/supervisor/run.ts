import type { Server } from 'node:net';

import type { EnforcementPoint } from '../client/enforcement-point.ts';
import type { ToldStop } from '../client/permit-book.ts';
import type { Executed } from '../guard/halts/executing.ts';
import type { GatewayPort } from './egress/gateway-port.ts';
import type { Proxy } from './egress/proxy.ts';
import type { ControlGroup } from './groups/control-group.ts';
import type { Ended, Sandbox } from './sandbox/sandbox.ts';

/** Why a supervised agent ended. `lease`: the daemon was away for longer than a lease lasts. */
export type EndWhy = 'exited' | 'halted' | 'lease' | 'limit' | 'asked';

/** What runs of a supervised agent. */
export type Running = {
  readonly sandbox: Sandbox;
  readonly group: ControlGroup | null;
  readonly proxy: Proxy;
  readonly gateway: GatewayPort;
};

const KILL_MS = 5_000;

/** What is ended of one agent: its processes, and its ways out. */
export class Run {
  readonly #session: string;
  #running: Running | null = null;
  #why: EndWhy | null = null;
  #said = '';

  constructor(session: string) {
    this.#session = session;
  }

  /** Why it was ended; null while it was not, or ended by itself. */
  get why(): EndWhy | null {
    return this.#why;
  }

  /** The same in words, where there are any. */
  get said(): string {
    return this.#said;
  }

  /** Takes over what runs; false when it was ended before, and with it what is handed over. */
  begin(running: Running): boolean {
    this.#running = running;
    if (this.#why === null) return true;
    void this.#end(running);
    return false;
  }

  /** Ends everything. The first reason counts. */
  async end(why: EndWhy, said = ''): Promise<readonly Executed[]> {
    if (this.#why === null) this.#said = said;
    this.#why ??= why;
    return this.#running === null ? endedBefore() : this.#end(this.#running);
  }

  /** Goes by a stop: what concerns the session as a whole ends it. */
  async stopped({ cancels, sessions, tool }: ToldStop): Promise<readonly Executed[]> {
    const isOurs = sessions === null || sessions.includes(this.#session);
    if (!cancels || tool !== null || !isOurs) return [];
    return this.end('halted');
  }

  // The network is cut in this turn; what runs can reach nothing any more while it is ended.
  async #end({ sandbox, group, proxy, gateway }: Running): Promise<readonly Executed[]> {
    const sinceMs = performance.now();
    proxy.cut();
    gateway.cut();
    for (const port of Object.values(sandbox.ports)) close(port);
    const network = executed('network', sinceMs);
    const late = Promise.withResolvers<'late'>();
    const timer = setTimeout(() => late.resolve('late'), KILL_MS);
    const gone = Promise.all([sandbox.kill(), group?.kill()]);
    const how = await Promise.race([gone, late.promise]);
    clearTimeout(timer);
    const processes = executed('processes', sinceMs);
    if (how !== 'late') return [network, processes];
    const why = `processes are left after ${KILL_MS} ms: the kernel has not let them end`;
    return [network, { ...processes, state: 'failed', why }];
  }
}

function executed(executor: string, sinceMs: number): Executed {
  const ms = Math.round((performance.now() - sinceMs) * 1_000) / 1_000;
  return { executor, state: 'done', ms, tries: 0, why: null };
}

function endedBefore(): readonly Executed[] {
  const now = performance.now();
  return [executed('network', now), executed('processes', now)];
}

function close(port: Server): void {
  if (port.listening) port.close();
}

/** A lease of the shortest kind has as much left as this when it is over here. */
const LAPSE_LOOK_MS = 5;

/** Ends a run once no lease lasts any more. Returns what ends the watch. */
export function endWithLease(point: Pick<EnforcementPoint, 'hasLapsed'>, run: Run): () => void {
  const timer = setInterval(() => {
    if (point.hasLapsed() && run.why === null) void run.end('lease');
  }, LAPSE_LOOK_MS);
  return () => clearInterval(timer);
}

/** How a supervised agent ended: why, and what its own program said. */
export type RunEnd = Ended & {
  readonly why: EndWhy;
  readonly said: string;
  /** Events that could not be recorded. */
  readonly lost: number;
};
