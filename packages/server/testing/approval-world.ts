import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { isJsonObject, type JsonObject } from '@plumbline/core';

import { ClientError, type DaemonClient, openClient } from '../src/client/daemon-client.ts';
import { text } from './ask-daemon.ts';
import { type DaemonHome, type DaemonProgram, makeHome, mustStart } from './daemon-program.ts';
import { SUPPORT_PACT } from './guard-pact.ts';

const TWO_PEOPLE = SUPPORT_PACT.replace('within: 15m', 'within: 15m, quorum: 2');

/** Who approves: all of the group the pacts name. */
export const PEOPLE = ['lena', 'omar', 'vera'] as const;

/** One of those who approve. */
export type PersonName = (typeof PEOPLE)[number];

/** The agents of the trials: one each for what concerns all of an agent. */
export const PACTS: Readonly<Record<string, string>> = {
  calm: SUPPORT_PACT,
  hasty: SUPPORT_PACT.replace('within: 15m', 'within: 1s'),
  double: TWO_PEOPLE,
  moving: SUPPORT_PACT,
};

/** How long an approval is good in the trials. */
export const APPROVAL_MS = 1_500;

const GONE = ['unreachable', 'not-running', 'unavailable', 'overloaded', 'not-armed'];

/** A daemon that is killed and started again while people and an enforcement point ask it. */
export class ApprovalWorld {
  readonly home: DaemonHome;
  program: DaemonProgram;
  kills: number = 0;
  readonly #port: number;
  readonly #keys: Map<string, string> = new Map();
  readonly #clients: Map<string, DaemonClient> = new Map();
  #starting: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  private constructor(home: DaemonHome, program: DaemonProgram, port: number) {
    this.home = home;
    this.program = program;
    this.#port = port;
  }

  static async open(): Promise<ApprovalWorld> {
    const port = await freePort();
    const home = makeHome({
      'listen.http': `127.0.0.1:${port}`,
      'guard.approvalMs': String(APPROVAL_MS),
      'limits.requestsPerMinute': '10000000',
    });
    const world = new ApprovalWorld(home, await mustStart(home), port);
    for (const [agent, pact] of Object.entries(PACTS)) {
      await world.post('local', 'agents', { agent });
      await world.publish(agent, pact);
    }
    for (const name of PEOPLE) {
      const email = `${name}@example.com`;
      const person = { kind: 'person', name, roles: ['approver'], email, groups: ['lead'] };
      const said = await world.post('local', 'keys', person);
      world.#keys.set(name, text(said['token']));
    }
    return world;
  }

  async publish(agent: string, pact: string): Promise<void> {
    const files = { 'a.pact.yaml': pact.replace('agent: support', `agent: ${agent}`) };
    const body = { entry: 'a.pact.yaml', files, mode: 'publish', reason: 'trial', signatures: [] };
    for (;;) {
      const said = await this.tryPost('local', `agents/${agent}/pacts`, body);
      // One that was armed before its answer was lost is armed already.
      if (typeof said !== 'string' || said === 'conflict') return;
      assert.ok(GONE.includes(said), `publishing: ${said}`);
      await sleep(20);
    }
  }

  /** Ends the daemon at once and starts another; whoever asks meanwhile asks again. */
  async restart(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const before = this.#starting;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#starting = promise;
    await before;
    try {
      await this.program.end(signal);
      this.kills += signal === 'SIGKILL' ? 1 : 0;
      this.program = await mustStart(this.home);
      await this.#forget();
    } finally {
      resolve(undefined);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#starting;
    await this.#forget();
    if (this.program.child.exitCode === null) await this.program.end('SIGTERM');
  }

  async post(who: string, path: string, body?: JsonObject): Promise<JsonObject> {
    return this.#ask(who, 'POST', path, body);
  }

  async get(who: string, path: string): Promise<JsonObject> {
    return this.#ask(who, 'GET', path);
  }

  /** Asks once; what is refused, or not answered, is its code. */
  async tryPost(who: string, path: string, body?: JsonObject): Promise<JsonObject | string> {
    try {
      return await this.#send(who, 'POST', path, body);
    } catch (cause) {
      if (cause instanceof ClientError) return cause.code;
      throw cause;
    }
  }

  /** Ends something once; what is refused is its code. */
  async tryRemove(who: string, path: string): Promise<JsonObject | string> {
    try {
      return await this.#send(who, 'DELETE', path);
    } catch (cause) {
      if (cause instanceof ClientError) return cause.code;
      throw cause;
    }
  }

  /** Lets somebody ask with a key. */
  addKey(who: string, token: string): void {
    this.#keys.set(who, token);
  }

  /** Sends the form of a link; returns the status, or 0 when nothing came back. */
  async sendForm(url: string, form: Readonly<Record<string, string>>): Promise<number> {
    try {
      const { pathname } = new URL(url);
      const sent = await fetch(`http://127.0.0.1:${this.#port}${pathname}`, {
        method: 'POST',
        body: new URLSearchParams(form),
      });
      await sent.arrayBuffer();
      return sent.status;
    } catch (cause) {
      if (cause instanceof TypeError) return 0;
      throw cause;
    }
  }

  // Until the daemon is back: the trial goes on where it was.
  async #ask(
    who: string,
    method: 'GET' | 'POST',
    path: string,
    body?: JsonObject,
  ): Promise<JsonObject> {
    for (let tries = 0; ; tries += 1) {
      try {
        return await this.#send(who, method, path, body);
      } catch (cause) {
        const isGone = cause instanceof ClientError && GONE.includes(cause.code);
        if (!isGone || tries > 2_000 || this.#isClosed) throw cause;
        await sleep(20);
      }
    }
  }

  async #send(
    who: string,
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    body?: JsonObject,
  ): Promise<JsonObject> {
    const asked = { method, path: `/api/v1/${path}`, ...(body === undefined ? {} : { body }) };
    const said = await this.#clientOf(who).ask(asked);
    assert.ok(isJsonObject(said));
    return said;
  }

  #clientOf(who: string): DaemonClient {
    const known = this.#clients.get(who);
    if (known !== undefined) return known;
    const url = `http://127.0.0.1:${this.#port}`;
    const { socket } = this.program.started;
    const key = this.#keys.get(who) ?? null;
    const client = openClient(
      who === 'local' ? { kind: 'socket', path: socket } : { kind: 'url', url, key },
    );
    this.#clients.set(who, client);
    return client;
  }

  async #forget(): Promise<void> {
    const clients = [...this.#clients.values()];
    this.#clients.clear();
    await Promise.allSettled(clients.map((client) => client.close()));
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  assert.ok(address !== null && typeof address === 'object');
  return address.port;
}
