import type { Json, JsonObject } from '@plumbline/core';

import type { Answer } from '../src/guard/guard.ts';
import type { Asked, Enforcement, Offered, Report, Said } from '../src/pep/mcp/enforcement.ts';
import { Exchange } from '../src/pep/mcp/exchange.ts';
import { Gateway } from '../src/pep/mcp/gateway.ts';
import { Inventory } from '../src/pep/mcp/inventory.ts';
import { freshState, type Relay, RELAY_BOUNDS, type RelayBounds } from '../src/pep/mcp/relay.ts';
import { StagingLane } from '../src/pep/mcp/staging-lane.ts';
import { TaskBook } from '../src/pep/mcp/task-book.ts';
import type { StagingServer } from '../src/pep/mcp/upstream.ts';
import { ALLOWED } from './fake-api.ts';

/** What a test says the daemon answers; by default everything is let through and recorded. */
export type FakeDaemon = {
  readonly decide?: (action: Asked) => Said<Answer> | Promise<Said<Answer>>;
  readonly forward?: () => Said<null>;
  readonly report?: (report: Report) => Said<null> | Promise<Said<null>>;
  readonly isWaiting?: () => boolean;
  readonly offer?: (tool: string) => Offered['tools'][number]['state'];
  /** What the session could be let use, beside what is offered. */
  readonly usable?: readonly string[];
};

/** A gateway between a client and a server that are both the test. */
export type FakeGateway = {
  readonly gateway: Gateway;
  readonly relay: Relay;
  /** What reached each side, as JSON, and what a person was told. */
  readonly client: Json[];
  readonly server: Json[];
  readonly notes: string[];
  /** What was asked of the daemon, in order. */
  readonly asked: string[];
  readonly reports: Report[];
  /** Says something as the client or as the server, and waits until nothing moves any more. */
  readonly say: (message: object | string) => Promise<void>;
  readonly serve: (message: object | string) => Promise<void>;
  /** Halts what is in flight. */
  readonly halt: () => void;
};

/** An answer of the guard that lets an action through as it was proposed. */
export function allowed(action: Asked): Said<Answer> {
  return { ok: true, value: { ...ALLOWED, decision: `dec_${action.request}`, args: action.args } };
}

/** An answer of the guard that lets nothing through. */
export function answered(verdict: 'deny' | 'step_up' | 'defer', say: string): Said<Answer> {
  const value = { ...ALLOWED, verdict, say, permit: null, args: null, rules: ['some-rule'] };
  return { ok: true, value };
}

const DONE = { ok: true, value: null } as const;

/** Returns a gateway whose server calls itself `files`, and whose tools are `fs.…` in the pact. */
export async function fakeGateway(
  daemon: FakeDaemon = {},
  bounds: Partial<RelayBounds> = {},
  staging?: StagingServer,
): Promise<FakeGateway> {
  const seen = { client: [] as Json[], server: [] as Json[], notes: [] as string[] };
  const asked: string[] = [];
  const reports: Report[] = [];
  const halting: AbortController[] = [];
  const enforcement = enforcementOf(daemon, { asked, reports, halting });
  const nowMs = (): number => performance.now();
  const options = { enforcement, prefix: 'fs.', server: 'files', nowMs };
  let count = 0;
  const main: Relay = {
    ...options,
    wires: {
      toClient: (bytes) => void seen.client.push(jsonOf(bytes)),
      toServer: (bytes) => void seen.server.push(jsonOf(bytes)),
      note: (text) => void seen.notes.push(text),
    },
    bounds: { ...RELAY_BOUNDS, graceMs: 20, pollMs: 5, ...bounds },
    toServer: new Exchange(),
    toClient: new Exchange(),
    inventory: new Inventory(options),
    state: freshState(),
    flights: new Map(),
    pending: new Map(),
    asked: new Set(),
    inputs: new Map(),
    tasks: new TaskBook(),
    steppedUp: () => undefined,
    settling: new Set(),
    makeId: () => `own-${(count += 1)}`,
    staging: null,
  };
  const lane = staging === undefined ? null : new StagingLane(staging, main);
  const relay = { ...main, staging: lane };
  await relay.inventory.offer([]);
  asked.length = 0;
  const gateway = new Gateway(relay);
  const line = (message: object | string): Buffer =>
    Buffer.from(typeof message === 'string' ? message : JSON.stringify(message));
  return {
    gateway,
    relay,
    ...seen,
    asked,
    reports,
    say: (message) => (gateway.fromClient(line(message)), moved()),
    serve: (message) => (gateway.fromServer(line(message)), moved()),
    halt: () => halting.forEach((each) => each.abort()),
  };
}

function enforcementOf(
  daemon: FakeDaemon,
  {
    asked,
    reports,
    halting,
  }: {
    readonly asked: string[];
    readonly reports: Report[];
    readonly halting: AbortController[];
  },
): Enforcement {
  return {
    decide: async (action) => {
      asked.push(`decide ${action.tool}`);
      return (daemon.decide ?? allowed)(action);
    },
    forward: async (answer, send) => {
      asked.push('forward');
      const said = daemon.forward?.() ?? DONE;
      const halt = new AbortController();
      halting.push(halt);
      if (said.ok) send(answer.args ?? {}, halt.signal);
      return said;
    },
    report: async (report) => {
      asked.push(`report ${report.status}`);
      reports.push(report);
      return daemon.report?.(report) ?? DONE;
    },
    isWaiting: async () => daemon.isWaiting?.() ?? true,
    offer: async (_server, tools) => {
      asked.push(`offer ${tools.length}`);
      const stand = (tool: string): Offered['tools'][number] => {
        const state = daemon.offer?.(tool) ?? 'usable';
        return { tool, state, why: state === 'quarantined' ? 'changed' : null, say: null };
      };
      const usable = tools.map(({ tool }) => tool).filter((tool) => stand(tool).state === 'usable');
      const all = [...usable, ...(daemon.usable ?? [])];
      return { ok: true, value: { tools: tools.map(({ tool }) => stand(tool)), usable: all } };
    },
    refused: async ({ tool, why }) => {
      asked.push(`refused ${tool} ${why}`);
      return DONE;
    },
    untrusted: async () => {
      asked.push('untrusted');
      return DONE;
    },
  };
}

/** Everything that needs no time has happened after this. */
async function moved(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

function jsonOf(bytes: Buffer): Json {
  // What the gateway writes is JSON.
  return JSON.parse(bytes.toString('utf8')) as Json;
}

/** The handshake of a legacy client, up to where it may ask for anything. */
export async function shakeHands(of: FakeGateway, revision = '2025-11-25'): Promise<void> {
  const initialize = { protocolVersion: revision, capabilities: {}, clientInfo: CLIENT };
  await of.say(ask('init', 'initialize', initialize));
  const result = { protocolVersion: revision, capabilities: { tools: {} }, serverInfo: CLIENT };
  await of.serve({ jsonrpc: '2.0', id: 'init', result });
  await of.say({ jsonrpc: '2.0', method: 'notifications/initialized' });
  of.client.length = 0;
  of.server.length = 0;
  of.asked.length = 0;
}

const CLIENT = { name: 'test', version: '1' };

/** A request. */
export function ask(id: string | number, method: string, params: JsonObject = {}): JsonObject {
  return { jsonrpc: '2.0', id, method, params };
}

/** The `_meta` of a request of the modern era. */
export const MODERN_META: JsonObject = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
};

/** A tool as a server lists it. */
export function listed(name: string): JsonObject {
  return { name, description: `Does ${name}.`, inputSchema: { type: 'object' } };
}
