import { setTimeout as sleep } from 'node:timers/promises';

import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

import type { Answer } from '../guard/guard.ts';
import type { Enforcement, Offered, Report, Said } from '../pep/mcp/enforcement.ts';
import { type EnforcementPoint, openEnforcementPoint } from './enforcement-point.ts';
import { Link, unavailable, within } from './link.ts';

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

const LEASE_MS = 5_000;
const RETRY_MS = 1_000;
const MOST_UNREPORTED = 1_000;

/**
 * Opens an enforcement point. `session` names one that somebody else opened; else one is opened
 * here. `name` is what it is called where halts list who acknowledged.
 */
export async function openSocketEnforcement(
  path: string,
  request: (SessionRequest | { readonly agent: string; readonly session: string }) & {
    readonly name: string;
  },
): Promise<Said<SocketEnforcement>> {
  const { agent, name } = request;
  const link = new Link(path, agent);
  const opened = 'session' in request ? found(request.session) : await openSession(link, request);
  if (!opened.ok) {
    link.close();
    return opened;
  }
  const point = openEnforcementPoint({ target: { kind: 'socket', path }, agent, name });
  await Promise.race([point.ready(), sleep(LEASE_MS, undefined, { ref: false })]);
  const of = { link, point, session: opened.value, isOwn: !('session' in request) };
  return { ok: true, value: enforcementOf(of) };
}

function found(session: string): Said<string> {
  return { ok: true, value: session };
}

async function openSession(link: Link, request: SessionRequest): Promise<Said<string>> {
  const { principal, task, room, attributes } = request;
  const given = { ...(task === null ? {} : { task }), ...(room === null ? {} : { room }) };
  const opened = await link.ask('open', { principal, attributes, ...given });
  if (!opened.ok) return opened;
  const { session } = opened.value;
  return typeof session === 'string' ? found(session) : unavailable('no session was opened');
}

type Parts = {
  readonly link: Link;
  readonly point: EnforcementPoint;
  readonly session: string;
  readonly isOwn: boolean;
};

function enforcementOf({ link, point, session, isOwn }: Parts): SocketEnforcement {
  const calls = new Calls(point);
  const unreported = new Unreported((report) => calls.report(session, report));
  return {
    session,
    decide: async (action) => {
      const answer = point.decide({ session, ...action });
      const said = await within(answer);
      if (said !== null) return said;
      void answer.then((late) => late.ok && unreported.giveBack(late.value));
      return unavailable('the daemon does not answer');
    },
    forward: (answer, send) => calls.forward(answer, send),
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
      await point.close();
      if (isOwn) await link.ask('close', { session });
      link.close();
    },
  };
}

type Forwarded = { readonly signal: AbortSignal; readonly end: (isCancelled: boolean) => void };

/** Calls under way. One ends for the enforcement point when its outcome is reported. */
class Calls {
  readonly #point: EnforcementPoint;
  readonly #forwarded = new Map<string, Forwarded>();

  constructor(point: EnforcementPoint) {
    this.#point = point;
  }

  forward(answer: Answer, send: Parameters<Enforcement['forward']>[1]): Promise<Said<null>> {
    const { decision } = answer;
    return new Promise((resolve) => {
      const call = (args: JsonObject, signal: AbortSignal): Promise<void> => {
        const ended = Promise.withResolvers<void>();
        const end = (isCancelled: boolean): void => {
          if (isCancelled) ended.reject(new Error('cancelled'));
          else ended.resolve();
        };
        this.#forwarded.set(decision, { signal, end });
        send(args, signal);
        resolve(DONE);
        return ended.promise;
      };
      // What a halt cancelled is thrown here as well, and was told by the signal.
      const refused = (said: Said<unknown>): void => {
        if (!said.ok) resolve(said);
      };
      this.#point.forward(answer, call).then(refused, () => undefined);
    });
  }

  async report(session: string, report: Report): Promise<Said<null>> {
    const { decision, status, result, isRunning = false } = report;
    const forwarded = this.#forwarded.get(decision);
    if (!isRunning) forwarded?.end(forwarded.signal.aborted && status === 'unknown');
    const told = { session, decision, status, result, records: null };
    const said = await within(this.#point.report(told, isRunning));
    if (said === null) return unavailable('the daemon does not answer');
    // Whoever sends a report again takes `outcome-known` as done.
    const isDone = said.ok || said.code === 'outcome-known';
    if (isDone && status !== 'unknown') this.#forwarded.delete(decision);
    return said.ok || isDone ? DONE : { ok: false, code: said.code, message: said.message };
  }
}

function kindIn({ decision }: JsonObject): Json | undefined {
  const verdict = isJsonObject(decision ?? null) ? Object(decision)['verdict'] : undefined;
  return Object(verdict)['kind'];
}

const DONE = { ok: true, value: null } as const;

function doneBy(said: Said<JsonObject>): Said<null> {
  return said.ok ? DONE : said;
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
  giveBack({ decision, permit }: Pick<Answer, 'decision' | 'permit'>): void {
    if (permit === null) return;
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
