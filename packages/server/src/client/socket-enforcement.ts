import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

import type { Answer } from '../guard/guard.ts';
import type { Enforcement, Offered, Report, Said } from '../pep/mcp/enforcement.ts';
import { SocketClient, type SocketOperation } from '../pep/socket/socket-client.ts';

/** Who acts, and who attested for whom. */
export type SessionRequest = {
  readonly agent: string;
  readonly principal: string;
  readonly task: string | null;
  readonly room: string | null;
  readonly attributes: JsonObject;
};

/** An enforcement point on a daemon's socket, for one session. */
export type SocketEnforcement = Enforcement & {
  readonly session: string;
  /** Ends the session if it was opened here, and the connection. */
  readonly close: () => Promise<void>;
};

const ASK_MS = 30_000;
const RETRY_MS = 1_000;
const CONNECT_AGAIN_MS = 250;
const MOST_UNREPORTED = 1_000;

/**
 * Opens an enforcement point. `session` names one that somebody else opened; else one is opened
 * here.
 */
export async function openSocketEnforcement(
  path: string,
  request: SessionRequest | { readonly agent: string; readonly session: string },
): Promise<Said<SocketEnforcement>> {
  const link = new Link(path, request.agent);
  if ('session' in request) return { ok: true, value: enforcementOf(link, request.session, false) };
  const { principal, task, room, attributes } = request;
  const given = { ...(task === null ? {} : { task }), ...(room === null ? {} : { room }) };
  const opened = await link.ask('open', { principal, attributes, ...given });
  const session = opened.ok ? opened.value['session'] : undefined;
  if (typeof session === 'string') {
    return { ok: true, value: enforcementOf(link, session, true) };
  }
  link.close();
  return opened.ok ? unavailable('the daemon opened no session') : opened;
}

/** One connection after the other: where one is gone, the next request opens another. */
class Link {
  readonly #path: string;
  readonly #agent: string;
  #client: Promise<SocketClient | null> | null = null;
  #failedAtMs = -Infinity;
  #isClosed = false;

  constructor(path: string, agent: string) {
    this.#path = path;
    this.#agent = agent;
  }

  async ask(
    op: SocketOperation,
    members: JsonObject,
    late?: (value: JsonObject) => void,
  ): Promise<Said<JsonObject>> {
    const client = await this.#connected();
    if (client === null) return unavailable('the daemon is away');
    const answer = client.ask(op, { ...members, agent: this.#agent });
    const { promise, resolve } = Promise.withResolvers<null>();
    const timer = setTimeout(() => resolve(null), ASK_MS);
    const said = await Promise.race([answer, promise]);
    clearTimeout(timer);
    if (said !== null) return said;
    void answer.then((value) => value.ok && late?.(value.value));
    return unavailable('the daemon does not answer');
  }

  async #connected(): Promise<SocketClient | null> {
    const current = (await this.#client) ?? null;
    if (current !== null && !current.isGone) return current;
    if (this.#isClosed || performance.now() - this.#failedAtMs < CONNECT_AGAIN_MS) return null;
    this.#client = SocketClient.connect(this.#path).catch(() => {
      this.#failedAtMs = performance.now();
      return null;
    });
    return this.#client;
  }

  close(): void {
    this.#isClosed = true;
    void this.#client?.then((client) => client?.close());
  }
}

function enforcementOf(link: Link, session: string, isOwn: boolean): SocketEnforcement {
  const unreported = new Unreported((report) => reportOver(link, session, report));
  return {
    session,
    decide: async (action) => {
      const late = (value: JsonObject): void => unreported.giveBack(value);
      const said = await link.ask('decide', { session, ...action }, late);
      // The daemon's answer has the shape of its own type.
      return said.ok ? { ok: true, value: said.value as unknown as Answer } : said;
    },
    forward: async ({ permit }, send) => {
      if (permit === null) return { ok: false, code: 'permit-void', message: 'there is no permit' };
      const said = await link.ask('redeem', { token: permit.token });
      const args = said.ok ? said.value['args'] : undefined;
      if (!said.ok) return said;
      if (args === undefined || !isJsonObject(args)) return unavailable('no arguments came back');
      send(args, null);
      return DONE;
    },
    report: (report) => unreported.report(report),
    isWaiting: async ({ tool, args }) => {
      const said = await link.ask('evaluate', { session, tool, args });
      const kind = said.ok ? kindIn(said.value) : 'unknown';
      return kind === 'step_up' || kind === 'defer';
    },
    offer: async (server, tools) => {
      const said = await link.ask('offer', { session, server, tools: [...tools] });
      // The daemon's answer has the shape of its own type.
      return said.ok ? { ok: true, value: said.value as unknown as Offered } : said;
    },
    refused: async (call) => doneBy(await link.ask('refused', { session, ...call })),
    untrusted: async (text) =>
      doneBy(await link.ask('message', { session, from: 'untrusted', text })),
    close: async () => {
      await unreported.close();
      if (isOwn) await link.ask('close', { session });
      link.close();
    },
  };
}

function kindIn({ decision }: JsonObject): Json | undefined {
  const verdict = isJsonObject(decision ?? null) ? Object(decision)['verdict'] : undefined;
  return Object(verdict)['kind'];
}

const DONE = { ok: true, value: null } as const;

function doneBy(said: Said<JsonObject>): Said<null> {
  return said.ok ? DONE : said;
}

async function reportOver(link: Link, session: string, report: Report): Promise<Said<null>> {
  const said = await link.ask('outcome', { session, ...report });
  // Whoever sends a report again takes `outcome-known` as done.
  return !said.ok && said.code === 'outcome-known' ? DONE : doneBy(said);
}

function unavailable(message: string): Said<never> {
  return { ok: false, code: 'unavailable', message };
}

/** Reports that the daemon did not take: they are sent again until it does. */
class Unreported {
  readonly #send: (report: Report) => Promise<Said<null>>;
  readonly #waiting: Report[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(send: (report: Report) => Promise<Said<null>>) {
    this.#send = send;
  }

  async report(report: Report): Promise<Said<null>> {
    const said = await this.#send(report);
    if (!said.ok && isAway(said.code)) this.#keep(report);
    return said;
  }

  /** A permit that came too late to be used is given back. */
  giveBack({ decision, permit }: JsonObject): void {
    if (typeof decision !== 'string' || permit === null) return;
    void this.report({ decision, status: 'not_sent', result: null });
  }

  async close(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    await this.#sendAll();
  }

  #keep(report: Report): void {
    this.#waiting.push(report);
    if (this.#waiting.length > MOST_UNREPORTED) this.#waiting.shift();
    this.#timer ??= setInterval(() => void this.#sendAll(), RETRY_MS).unref();
  }

  async #sendAll(): Promise<void> {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const said = await this.#send(next);
      if (!said.ok && isAway(said.code)) return;
      this.#waiting.shift();
    }
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }
}

function isAway(code: string): boolean {
  return code === 'unavailable' || code === 'overloaded';
}
