import type { JsonObject } from '@plumbline/core';

import { type EnforcementPoint, openEnforcementPoint } from '../client/enforcement-point.ts';
import { Link, unavailable } from '../client/link.ts';
import type { SessionRequest } from '../client/socket-enforcement.ts';
import type { Said } from '../pep/mcp/enforcement.ts';
import type { Reach } from './egress/judge-host.ts';
import { type ControlGroup, makeControlGroup } from './groups/control-group.ts';
import { readHierarchies } from './groups/group-files.ts';
import { endWithLease, Run, type RunEnd, type Running } from './run.ts';
import type { SandboxPlan } from './sandbox/plan.ts';
import { type Sandbox, SandboxError, setUpSandbox, type Streams } from './sandbox/sandbox.ts';
import type { Machine } from './sandbox/seccomp.ts';
import { setUpWeaker } from './sandbox/weaker.ts';
import { type Bounds, narrowReach } from './narrow-reach.ts';
import { SessionBook } from './session-book.ts';
import { changesBetween, type FolderSeen, lookAt } from './watch/folder-changes.ts';
import { watchTree } from './watch/watch-tree.ts';
import { Acted, pointersTo, waysOut } from './ways-out.ts';

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
  /** What the kernel bounds of all of it together; null: there is no control group for it. */
  readonly group: Pick<ControlGroup, 'bounds' | 'ends'> | null;
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
  const { sandbox, bounds, group } = started.value;
  return {
    ok: true,
    value: {
      session,
      bounds,
      group,
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
  const { request, book, point } = parts;
  const late = new Promise((resolve) => setTimeout(resolve, LEASE_MS).unref());
  await Promise.race([point.ready(), late]);
  if (!point.isLive()) return unavailable('the daemon gave no lease: is it running?');
  if ((await book.standing()) === 'stopped') return stopped();
  const told = await book.bounds();
  if (told === null) return unavailable('the daemon did not say how far it may reach');
  const narrowed = narrowReach(told.rule, askedOf(request));
  if (!narrowed.ok) return { ok: false, code: 'not-allowed', message: narrowed.message };
  const bounds = narrowed.value;
  const sandbox = await setUp(parts, bounds);
  const group = groupFor(sandbox, bounds);
  const acted = new Acted(told.decided);
  const { agent } = request.session;
  const reach = { ...request.reach, hosts: bounds.hosts, networks: bounds.networks };
  const { socket } = request;
  const ways = waysOut({ socket, agent, session: parts.session, reach, book, acted });
  const running = { sandbox, group, ...ways };
  const before = await begin(parts, running, bounds);
  if (!before.ok) return before;
  return { ok: true, value: { ...running, bounds, acted, before: before.value } };
}

function setUp({ request, session }: Parts, { limits }: SetBounds): Promise<Sandbox> {
  const { machine, streams } = request;
  const plan = { ...request.plan, limits };
  const { agent } = request.session;
  const pointers = (ports: Parameters<typeof pointersTo>[1]) =>
    pointersTo({ agent, session }, ports);
  return machine === null
    ? setUpWeaker(plan, { streams, pointers })
    : setUpSandbox(plan, { machine, streams, pointers });
}

/** Where no group can be made, or it is not to be had for this process, there is none. */
function groupFor({ init }: Sandbox, { limits }: SetBounds): ControlGroup | null {
  const group = makeControlGroup(readHierarchies(), limits);
  if (group === null || group.join(init)) return group;
  group.remove();
  return null;
}

/** Lets the agent begin once that is recorded; returns how its folder was before. */
async function begin(
  { request, book, run }: Parts,
  running: Running,
  bounds: SetBounds,
): Promise<Said<FolderSeen>> {
  const { sandbox, group, proxy, gateway } = running;
  const isBegun = run.begin(running);
  const isRecorded = isBegun && (await book.record('started', [startOf(request, bounds, group)]));
  const before = await lookAt(request.plan.folders.work);
  if (!isRecorded || run.why !== null) {
    const isHalted = run.why !== null;
    await run.end('asked');
    group?.remove();
    return isHalted ? stopped() : unavailable('the daemon did not take down that it starts');
  }
  proxy.serve(sandbox.ports.proxy);
  gateway.serve(sandbox.ports.gateway);
  sandbox.go();
  return { ok: true, value: before };
}

function stopped(): Said<never> {
  return { ok: false, code: 'halted', message: 'it is halted, or its session is over' };
}

function askedOf({ reach, hosts: named, plan: { limits } }: SuperviseRequest): Bounds {
  return { hosts: reach.hosts, named, networks: reach.networks, limits };
}

function startOf(
  { plan, machine }: SuperviseRequest,
  bounds: SetBounds,
  group: ControlGroup | null,
): JsonObject {
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
    group: group === null ? null : { bounds: [...group.bounds], ends: group.ends },
  };
}

async function finish(parts: Parts, started: Started, look: () => Promise<void>): Promise<RunEnd> {
  const { request, book, run, point } = parts;
  const { sandbox, group, before, bounds, acted } = started;
  const stopLease = endWithLease(point, run);
  const looking = setInterval(() => {
    void look();
    void book.bounds().then((told) => told !== null && acted.decided(told.decided));
  }, STANDING_MS);
  let isReached = false;
  const stopWatch = watchTree({
    init: sandbox.init,
    limits: bounds.limits,
    group,
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
  // What the kernel ended may have gone before anybody looked.
  const hit = run.why === null ? (group?.use().reached ?? null) : null;
  if (hit !== null) book.note('limit', [{ limit: hit }], { finding: 'limit_reached' });
  if (hit !== null) await run.end('limit', hit);
  // What ended by itself leaves its ways out behind.
  const why = run.why ?? 'exited';
  await run.end(why);
  group?.remove();
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
