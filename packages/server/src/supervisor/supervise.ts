import type { JsonObject } from '@plumbline/core';

import { type EnforcementPoint, openEnforcementPoint } from '../client/enforcement-point.ts';
import { Link, unavailable } from '../client/link.ts';
import type { SessionRequest } from '../client/socket-enforcement.ts';
import type { Said } from '../pep/mcp/enforcement.ts';
import { findingIn } from './egress/finding-in.ts';
import { makeGatewayPort } from './egress/gateway-port.ts';
import type { Reach } from './egress/judge-host.ts';
import { makeProxy } from './egress/proxy.ts';
import { endWithLease, Run, type RunEnd, type Running } from './run.ts';
import type { SandboxPlan } from './sandbox/plan.ts';
import {
  type Pointers,
  type PortNumbers,
  SandboxError,
  setUpSandbox,
  type Streams,
} from './sandbox/sandbox.ts';
import type { Machine } from './sandbox/seccomp.ts';
import { setUpWeaker } from './sandbox/weaker.ts';
import { type Bounds, narrowReach } from './narrow-reach.ts';
import { SessionBook } from './session-book.ts';
import { changesBetween, type FolderSeen, lookAt } from './watch/folder-changes.ts';
import { watchTree } from './watch/watch-tree.ts';

/** What is supervised, for whom, and how far it may reach. */
export type SuperviseRequest = {
  /** The daemon's socket. */
  readonly socket: string;
  readonly session: SessionRequest | { readonly agent: string; readonly session: string };
  readonly plan: SandboxPlan;
  readonly reach: Reach;
  /** What the reach is in words, for the record. */
  readonly hosts: readonly string[];
  /** Null: there is no sandbox, and whoever asked was told what that means. */
  readonly machine: Machine | null;
  readonly streams: Streams;
  /** Is called when a limit was reached, before the agent is ended. */
  readonly onLimit?: (of: { readonly session: string; readonly limit: string }) => Promise<void>;
};

/** A supervised agent. */
export type Supervised = {
  readonly session: string;
  /** How far it may reach, what it may use, and who said so. */
  readonly bounds: SetBounds;
  /** Process 1 of its sandbox, as this machine counts. */
  readonly init: number;
  /** Sends the agent's own program a signal. */
  readonly signal: (name: NodeJS.Signals) => void;
  /** Ends it. */
  readonly stop: () => void;
  /** Resolves when nothing of it is left and what was seen is recorded. */
  readonly done: Promise<RunEnd>;
};

/** The bounds of an agent, and whether the daemon's settings or whoever started it set them. */
export type SetBounds = Bounds & { readonly by: 'settings' | 'flags' };

const LEASE_MS = 5_000;
const STANDING_MS = 5_000;
const MOST_CHANGES = 5_000;

/**
 * Starts an agent in a sandbox of which this program is the only way out, under a lease: a halt, a
 * closed session, and a daemon that is away for longer than the lease end it with everything it
 * started. Nothing begins before that it does is recorded.
 */
export async function supervise(request: SuperviseRequest): Promise<Said<Supervised>> {
  const { socket: path, session: of } = request;
  const link = new Link(path, of.agent);
  const opened = 'session' in of ? found(of.session) : await open(link, of);
  if (!opened.ok) {
    link.close();
    return opened;
  }
  const session = opened.value;
  const book = new SessionBook(link, session);
  const run = new Run(session);
  const look = async (): Promise<void> => {
    if ((await book.standing()) === 'stopped') await run.end('halted');
  };
  const point = openEnforcementPoint({
    target: { kind: 'socket', path },
    agent: of.agent,
    name: `run:${process.pid}`,
    ending: {
      session,
      executors: ['network', 'processes'],
      stopped: (stop) => run.stopped(stop),
      leased: () => void look(),
    },
  });
  const parts = { request, link, book, run, point, session, isOwn: !('session' in of) };
  const started = await start(parts).catch((cause: unknown): Said<Started> => {
    if (!(cause instanceof SandboxError)) throw cause;
    return { ok: false, code: 'sandbox', message: `the sandbox was not set up: ${cause.message}` };
  });
  if (!started.ok) {
    await leave(parts);
    return started;
  }
  const { sandbox, bounds } = started.value;
  return {
    ok: true,
    value: {
      session,
      bounds,
      init: sandbox.init,
      signal: sandbox.signal,
      stop: () => void run.end('asked'),
      done: finish(parts, started.value, look),
    },
  };
}

function found(session: string): Said<string> {
  return { ok: true, value: session };
}

async function open(link: Link, request: SessionRequest): Promise<Said<string>> {
  const { principal, task, room, attributes } = request;
  const given = { ...(task === null ? {} : { task }), ...(room === null ? {} : { room }) };
  const opened = await link.ask('open', { principal, attributes, ...given });
  if (!opened.ok) return opened;
  const { session } = opened.value;
  return typeof session === 'string' ? found(session) : unavailable('no session was opened');
}

type Parts = {
  readonly request: SuperviseRequest;
  readonly link: Link;
  readonly book: SessionBook;
  readonly run: Run;
  readonly point: EnforcementPoint;
  readonly session: string;
  readonly isOwn: boolean;
};

type Started = Running & {
  readonly bounds: SetBounds;
  readonly acted: Acted;
  readonly before: FolderSeen;
};

async function start(parts: Parts): Promise<Said<Started>> {
  const { request, book, run, point } = parts;
  const { machine, streams } = request;
  const late = new Promise((resolve) => setTimeout(resolve, LEASE_MS).unref());
  await Promise.race([point.ready(), late]);
  if (!point.isLive()) return unavailable('the daemon gave no lease: is it running?');
  if ((await book.standing()) === 'stopped') return stopped();
  const told = await book.bounds();
  if (told === null) return unavailable('the daemon did not say how far it may reach');
  const narrowed = narrowReach(told.rule, askedOf(request));
  if (!narrowed.ok) return { ok: false, code: 'not-allowed', message: narrowed.message };
  const bounds = narrowed.value;
  const plan = { ...request.plan, limits: bounds.limits };
  if (!(await book.record('started', [startOf(request, bounds)]))) {
    return unavailable('the daemon did not take down that it starts');
  }
  const pointers: Pointers = (ports) => pointersTo(parts, ports);
  const sandbox =
    machine === null
      ? await setUpWeaker(plan, { streams, pointers })
      : await setUpSandbox(plan, { machine, streams, pointers });
  const acted = new Acted(told.decided);
  const ways = waysOut(parts, bounds, acted);
  if (!run.begin({ sandbox, ...ways })) {
    await sandbox.ended;
    return stopped();
  }
  ways.proxy.serve(sandbox.ports.proxy);
  ways.gateway.serve(sandbox.ports.gateway);
  const before = await lookAt(plan.folders.work);
  if (run.why !== null) {
    await sandbox.ended;
    return stopped();
  }
  sandbox.go();
  return { ok: true, value: { sandbox, ...ways, bounds, acted, before } };
}

function stopped(): Said<never> {
  return { ok: false, code: 'halted', message: 'it is halted, or its session is over' };
}

function askedOf({ reach, hosts: named, plan: { limits } }: SuperviseRequest): Bounds {
  return { hosts: reach.hosts, named, networks: reach.networks, limits };
}

/** When the agent last did something that was let through. */
class Acted {
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

function waysOut(
  { request, book, session }: Parts,
  { hosts, networks }: SetBounds,
  acted: Acted,
): Pick<Started, 'proxy' | 'gateway'> {
  const { socket, session: of } = request;
  const reach = { ...request.reach, hosts, networks };
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
  const gateway = makeGatewayPort({ socket, agent: of.agent, session, refused });
  return { proxy, gateway };
}

/** Where the agent finds its only ways out. */
function pointersTo({ request, session }: Parts, ports: PortNumbers): ReturnType<Pointers> {
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
    PLUMBLINE_AGENT: request.session.agent,
    PLUMBLINE_SESSION: session,
    PLUMBLINE_MCP: `http://127.0.0.1:${ports.gateway}/mcp/${request.session.agent}`,
  };
}

function startOf({ plan, machine }: SuperviseRequest, bounds: SetBounds): JsonObject {
  const { command, who, folders, environment } = plan;
  const { limits, named, by } = bounds;
  const { work, read, write, home } = folders;
  return {
    sandbox: machine === null ? 'none' : 'linux',
    command: [...command],
    ...who,
    folders: { work, read: [...read], write: [...write], home },
    limits: { ...limits },
    environment: Object.keys(environment).toSorted(),
    hosts: [...named],
    by,
  };
}

async function finish(parts: Parts, started: Started, look: () => Promise<void>): Promise<RunEnd> {
  const { request, book, run, point } = parts;
  const { sandbox, before, bounds, acted } = started;
  const stopLease = endWithLease(point, run);
  const looking = setInterval(() => {
    void look();
    void book.bounds().then((told) => told !== null && acted.decided(told.decided));
  }, STANDING_MS);
  let isReached = false;
  const stopWatch = watchTree({
    init: sandbox.init,
    limits: bounds.limits,
    lastActionMs: () => acted.lastMs,
    seen: (processes) => book.note('processes', processes),
    reached: (limit, use) => {
      if (isReached) return;
      isReached = true;
      book.note('limit', [{ limit, ...use }], { finding: 'limit_reached' });
      void run.end('limit', limit);
    },
  });
  const how = await sandbox.ended;
  stopWatch();
  stopLease();
  clearInterval(looking);
  // What ended by itself leaves its ways out behind.
  const why = run.why ?? 'exited';
  await run.end(why);
  if (why === 'limit') await request.onLimit?.({ session: parts.session, limit: run.said });
  const after = await lookAt(request.plan.folders.work);
  const cut = before.isCut || after.isCut ? [{ isCut: true }] : [];
  const changes = [...changesBetween(before, after, MOST_CHANGES), ...cut];
  if (changes.length > 0) book.note('files', changes);
  await book.settled();
  const { said } = run;
  await book.record('ended', [{ why, said, ...how, lost: book.lost }]);
  await leave(parts);
  return { ...how, why, said, lost: book.lost };
}

async function leave({ link, point, session, isOwn }: Parts): Promise<void> {
  await point.close();
  if (isOwn) await link.ask('close', { session });
  link.close();
}
