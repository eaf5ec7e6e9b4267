import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

import { OWN_META } from './bridge.ts';
import type { Call } from './call.ts';
import { tokenOf } from './call.ts';
import { Exchange } from './exchange.ts';
import { Inventory, toolsIn } from './inventory.ts';
import {
  keyOf,
  type Message,
  parseMessages,
  printError,
  printRequest,
  type ResponseBody,
} from './message.ts';
import type { Era } from './methods.ts';
import { unknownMethod } from './refusal.ts';
import { freshState, type Over, type Relay, refusalOf, type Staging } from './relay.ts';
import type { StagingServer, Upstream } from './upstream.ts';

const ANSWER_MS = 10_000;
const AGAIN_MS = 1_000;
const MOST_PAGES = 100;

type Link = {
  readonly upstream: Upstream;
  readonly relay: Relay;
  /** End requests of our own, by their keys, where no answer comes any more. */
  readonly waiting: Map<string, () => void>;
};

/**
 * A staging upstream beside a server: calls that are decided to go there are forwarded over a relay
 * of its own, with what the main one has of the daemon. It may ask the client for nothing.
 */
export class StagingLane implements Staging {
  readonly #server: StagingServer;
  readonly #main: Relay;
  #link: Promise<Link | null> | null = null;
  #triedAtMs = -Infinity;
  #wasThere = true;
  #isClosed = false;
  #current: Pick<Link, 'upstream' | 'waiting'> | null = null;

  constructor(server: StagingServer, main: Relay) {
    this.#server = server;
    this.#main = main;
  }

  /** Resolves once it is known whether it is there. One that was away is not waited for again. */
  async prepare(era: Era): Promise<void> {
    const isFirst = this.#triedAtMs === -Infinity;
    const linking = this.#connected(era);
    if (isFirst || this.#wasThere) await linking;
  }

  /** Returns what a call is forwarded over, or why it goes nowhere. */
  async over(call: Call, upstream: string): Promise<Over> {
    const { tool } = call;
    const say = (what: string): string => `\`${tool}\` is staged, and ${what}`;
    if (upstream !== this.#server.name) {
      const what = `the staging upstream here is \`${this.#server.name}\`, not \`${upstream}\``;
      return { ok: false, refusal: refusalOf('no-upstream', say(what), { tool }) };
    }
    if (call.asTask && call.era === 'legacy') {
      const what = 'what goes to a staging upstream cannot run as a task';
      const next = 'call it without asking for a task';
      return { ok: false, refusal: refusalOf('refused', say(what), { tool, next }) };
    }
    const link = await this.#connected(call.era);
    if (link === null || link.relay.state.isServerGone) {
      const what = `the staging upstream \`${upstream}\` is away`;
      return { ok: false, refusal: refusalOf('no-upstream', say(what), { tool }) };
    }
    return call.request.method === 'tools/call' ? this.#pinned(link, call) : { ok: true, ...link };
  }

  // One definition stands for both sides: what is decided is decided about that one.
  async #pinned(link: Link, call: Call): Promise<Over> {
    const { relay } = link;
    const { tool, era } = call;
    const name = tool.slice(relay.prefix.length);
    if (!isFresh(relay)) await this.#list(link, era, name);
    const standing = relay.inventory.standing(name) ?? (await this.#list(link, era, name));
    if (standing?.state === 'usable') return { ok: true, relay };
    const why = standing?.state === 'quarantined' ? (standing.why ?? 'changed') : 'not-listed';
    const { enforcement, server } = relay;
    await enforcement.refused({ tool, args: call.args, server, why });
    const upstream = `the staging upstream \`${this.#server.name}\``;
    const refusal =
      why === 'not-listed'
        ? refusalOf('not-listed', `${upstream} does not list \`${tool}\``, { tool })
        : refusalOf(
            'quarantined',
            `at ${upstream}, ${standing?.say ?? 'its definition is another'}`,
            { tool },
          );
    return { ok: false, refusal };
  }

  async #list(link: Link, era: Era, name: string): Promise<ReturnType<Inventory['standing']>> {
    const { relay } = link;
    const { mark } = relay.inventory;
    const tools: Json[] = [];
    let cursor: string | null = null;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const meta = era === 'modern' ? { _meta: OWN_META } : {};
      const body = await askServer(
        link,
        'tools/list',
        cursor === null ? meta : { ...meta, cursor },
      );
      if (body?.kind !== 'result') return undefined;
      const read = toolsIn(body.result);
      tools.push(...read.tools);
      ({ cursor } = read);
      if (cursor === null) break;
    }
    // What else it lists is nobody's business: only what is on trial is offered.
    const named = tools.filter((each) => isJsonObject(each) && each['name'] === name);
    const known = relay.inventory.standing(name) === undefined ? [] : [name];
    const said = await relay.inventory.offer(named);
    if (!said.ok) return undefined;
    relay.inventory.noteWhole(new Set(named.length === 0 ? [] : [...known, name]), mark);
    return relay.inventory.standing(name);
  }

  async #connected(era: Era): Promise<Link | null> {
    const known = (await this.#link) ?? null;
    if (known !== null && !known.relay.state.isServerGone) return known;
    const nowMs = this.#main.nowMs();
    if (this.#isClosed || nowMs - this.#triedAtMs < AGAIN_MS) return null;
    this.#triedAtMs = nowMs;
    this.#link = this.#connect(era);
    const link = await this.#link;
    this.#wasThere = link !== null;
    return link;
  }

  async #connect(era: Era): Promise<Link | null> {
    const { enforcement, prefix, server, nowMs, wires } = this.#main;
    const relay: Relay = {
      ...this.#main,
      wires: {
        ...wires,
        toServer: (bytes, headers, use) => upstream.send(bytes, headers, use),
        prepare: async (use) => (await upstream.prepare?.(use)) ?? null,
      },
      toServer: new Exchange(),
      inventory: new Inventory({ enforcement, prefix, server, nowMs }),
      state: freshState(),
      flights: new Map(),
      staging: null,
    };
    relay.state.revision = this.#main.state.revision;
    const waiting: Link['waiting'] = new Map();
    relay.inventory.saysHeaders = this.#server.isRemote && era === 'modern';
    const upstream = this.#server.open({
      line: (bytes) => this.#hear(relay, bytes),
      tooLong: () => endAll(relay, 'too-large'),
      waitsFor: (id) => relay.toServer.has(id),
      lost: (id, why) => {
        if (!relay.toServer.has(id)) return;
        waiting.get(keyOf(id))?.();
        relay.flights.get(keyOf(id))?.end?.(why);
      },
      gone: () => {
        relay.state.isServerGone = true;
        for (const end of waiting.values()) end();
        endAll(relay, 'server-gone');
      },
    });
    this.#current = { upstream, waiting };
    if (await greet({ relay, waiting }, era)) return { upstream, relay, waiting };
    wires.note(`the staging upstream \`${this.#server.name}\` does not answer`);
    await upstream.close();
    return null;
  }

  #hear(relay: Relay, bytes: Buffer): void {
    const parsed = parseMessages(bytes);
    if (parsed.ok) {
      for (const message of parsed.messages) this.#take(relay, message);
      return;
    }
    relay.wires.note(`the staging upstream said what cannot be read: ${parsed.message}`);
    if (parsed.id !== null) relay.flights.get(keyOf(parsed.id))?.end?.('bad-answer');
  }

  #take(relay: Relay, message: Message): void {
    switch (message.kind) {
      case 'response':
        if (!relay.toServer.settle(message)) {
          relay.wires.note('the staging upstream answered what nobody asked');
        }
        return;
      case 'request': {
        const error = unknownMethod(message.method, 'a staging upstream may ask for nothing');
        relay.wires.toServer(printError(message.id, error));
        return;
      }
      case 'notification': {
        const { method, params } = message;
        if (method === 'notifications/tools/list_changed') relay.inventory.spoil();
        const token = params['progressToken'];
        const isOpen =
          method === 'notifications/progress' &&
          [...relay.flights.values()].some(({ request }) => tokenOf(request.params) === token);
        if (isOpen) relay.wires.toClient(message.bytes);
      }
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const current = this.#current;
    for (const end of current?.waiting.values() ?? []) end();
    await current?.upstream.close();
  }
}

function isFresh({ inventory, bounds }: Relay): boolean {
  const ageMs = inventory.ageMs();
  return ageMs !== null && ageMs <= bounds.inventoryMs;
}

function endAll({ flights }: Relay, why: 'too-large' | 'server-gone'): void {
  for (const flight of flights.values()) flight.end?.(why);
}

/** Says hello in the era the main server speaks: nothing is translated. */
async function greet(link: Pick<Link, 'relay' | 'waiting'>, era: Era): Promise<boolean> {
  const { relay } = link;
  const clientInfo = { name: 'plumbline', version: '0.0.0' };
  const protocolVersion = relay.state.revision ?? '2025-11-25';
  const body =
    era === 'modern'
      ? await askServer(link, 'server/discover', { _meta: OWN_META })
      : await askServer(link, 'initialize', { protocolVersion, capabilities: {}, clientInfo });
  if (body?.kind !== 'result') return false;
  if (era === 'legacy') relay.wires.toServer(printRequest('notifications/initialized', {}));
  return true;
}

function askServer(
  { relay, waiting }: Pick<Link, 'relay' | 'waiting'>,
  method: string,
  params: JsonObject,
): Promise<ResponseBody | null> {
  const id = relay.makeId();
  if (relay.state.isServerGone) return Promise.resolve(null);
  return new Promise((resolve) => {
    const end = (body: ResponseBody | null): void => {
      clearTimeout(timer);
      waiting.delete(keyOf(id));
      relay.toServer.drop(id);
      resolve(body);
    };
    const gone = (): void => end(null);
    const timer = setTimeout(gone, ANSWER_MS).unref();
    waiting.set(keyOf(id), gone);
    relay.toServer.open(id, ({ body }) => end(body));
    relay.wires.toServer(printRequest(method, params, id));
  });
}
