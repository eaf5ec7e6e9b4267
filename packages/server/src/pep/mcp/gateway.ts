import type { JsonObject } from '@plumbline/core';

import { answerRequest } from './answer-request.ts';
import { endTasks, taskNotice } from './answer-task.ts';
import { tokenOf } from './call.ts';
import { withCapabilities } from './capabilities.ts';
import {
  CODES,
  keyOf,
  type Message,
  type Notification,
  parseMessages,
  printError,
  type Request,
  type RequestId,
  type RpcError,
} from './message.ts';
import {
  CLIENT_NOTIFICATIONS,
  CLIENT_REQUESTS,
  type ClientHandling,
  type Era,
  hasBatches,
  MODERN,
  rowOf,
  SERVER_NOTIFICATIONS,
  TASK_NOTICES,
} from './methods.ts';
import { unknownMethod } from './refusal.ts';
import { faultOf, type Flight, type Relay, settle } from './relay.ts';
import { endAsked, takeServerRequest } from './server-asks.ts';

const PROTOCOL_VERSION = 'io.modelcontextprotocol/protocolVersion';

/**
 * One client before one server, message by message. What stands in no table of methods is refused,
 * what acts is decided first, and what comes back is recorded before it is released.
 * Source: spec/mcp.md.
 */
export class Gateway {
  readonly #relay: Relay;
  /** What the client says before its handshake is answered, in order; null with none under way. */
  #early: (() => void)[] | null = null;

  constructor(relay: Relay) {
    this.#relay = relay;
  }

  /** Takes one line of the client. */
  fromClient(line: Buffer): void {
    const { wires } = this.#relay;
    const parsed = parseMessages(line, { isDecided: true });
    if (!parsed.ok) {
      const { code, message, id } = parsed;
      // An id in use is not answered: its own answer is still to come.
      const free = id !== null && !this.#isTaken(id) ? id : null;
      wires.toClient(printError(free, { code, message }));
      return;
    }
    if (!parsed.isBatch) {
      for (const message of parsed.messages) this.#take(message, (bytes) => send(wires, bytes));
      return;
    }
    if (!hasBatches(this.#relay.state.revision)) {
      const message = 'this revision of the protocol has no batches: send one message a line';
      wires.toClient(printError(null, { code: CODES.invalidRequest, message }));
      return;
    }
    this.#takeBatch(parsed.messages);
  }

  #takeBatch(messages: readonly Message[]): void {
    let open = messages.filter(({ kind }) => kind === 'request').length;
    const answers: string[] = [];
    const collect = (bytes: Buffer | null): void => {
      open -= 1;
      if (bytes !== null) answers.push(bytes.toString('utf8'));
      if (open === 0 && answers.length > 0) {
        this.#relay.wires.toClient(Buffer.from(`[${answers.join(',')}]`));
      }
    };
    for (const message of messages) this.#take(message, collect);
  }

  #take(message: Message, reply: Flight['reply']): void {
    const { toClient, bounds } = this.#relay;
    if (this.#early !== null && isLate(message) && this.#early.length < bounds.inFlight) {
      this.#early.push(() => this.#take(message, reply));
      return;
    }
    switch (message.kind) {
      case 'request':
        this.#takeRequest(message, reply);
        return;
      case 'notification':
        this.#takeNotification(message);
        return;
      case 'response':
        toClient.settle(message);
    }
  }

  #takeRequest(request: Request, reply: Flight['reply']): void {
    const { id, method, params } = request;
    const { flights, bounds } = this.#relay;
    const refuse = (code: number, message: string): void =>
      reply(printError(id, { code, message }));
    if (this.#isTaken(id)) {
      const message = `the id ${JSON.stringify(id)} is in use`;
      reply(printError(null, { code: CODES.invalidRequest, message }));
      return;
    }
    const era = eraOf(params);
    if (era === null) {
      reply(printError(id, unsupported(params)));
      return;
    }
    const handling = rowOf(CLIENT_REQUESTS[era], method);
    if (handling === undefined) {
      reply(printError(id, unknownMethod(method, 'the gateway does not know this method')));
      return;
    }
    if (
      era === 'legacy' &&
      !this.#relay.state.isOpened &&
      handling.kind !== 'open' &&
      method !== 'ping'
    ) {
      const message = `send \`initialize\` first, or \`${PROTOCOL_VERSION}\` with each request`;
      refuse(CODES.invalidRequest, message);
      return;
    }
    if (flights.size >= bounds.inFlight) {
      refuse(CODES.internal, `${flights.size} requests are being answered: send it again`);
      return;
    }
    const { inventory } = this.#relay;
    const may = inventory.mayUse.bind(inventory);
    const seen = era === 'modern' ? withCapabilities(request, may) : request;
    this.#fly({ request: seen, era, reply, isCancelled: false, end: null }, handling);
  }

  #isTaken(id: RequestId): boolean {
    return this.#relay.flights.has(keyOf(id)) || this.#relay.toServer.has(id);
  }

  #fly(flight: Flight, handling: ClientHandling): void {
    const { flights, wires } = this.#relay;
    const { id } = flight.request;
    const key = keyOf(id);
    flights.set(key, flight);
    const answer = async (): Promise<void> => {
      const bytes = await answerRequest(this.#relay, flight, handling).catch((error: unknown) => {
        // The one place where a bug becomes an answer, so that the client is not left waiting.
        wires.note(faultOf(error));
        return printError(id, { code: CODES.internal, message: 'plumbline met a fault' });
      });
      flights.delete(key);
      flight.reply(flight.isCancelled ? null : bytes);
      if (handling.kind === 'open') this.#endHandshake();
    };
    if (handling.kind === 'open') this.#early ??= [];
    settle(this.#relay, answer());
  }

  // A client that writes everything at once is heard in the order it wrote.
  #endHandshake(): void {
    const early = this.#early ?? [];
    this.#early = null;
    if (!this.#relay.state.isClientGone) for (const take of early) take();
  }

  #takeNotification(notification: Notification): void {
    const { wires, flights, toClient } = this.#relay;
    const { method, params, bytes } = notification;
    if (method === 'notifications/cancelled') {
      const flight = flights.get(keyIn(params['requestId']));
      if (flight === undefined || flight.request.method === 'initialize') return;
      flight.isCancelled = true;
      flight.end?.('cancelled');
      return;
    }
    if (method === 'notifications/progress' && toClient.size === 0) return;
    if (CLIENT_NOTIFICATIONS.legacy.includes(method) && this.#relay.state.isOpened)
      wires.toServer(bytes);
  }

  /** The client sent something longer than is read. */
  clientTooLong(maxBytes: number): void {
    const message = `a message is at most ${maxBytes} bytes`;
    this.#relay.wires.toClient(printError(null, { code: CODES.invalidRequest, message }));
  }

  /** Takes one line of the server. */
  fromServer(line: Buffer): void {
    const { wires, flights } = this.#relay;
    const parsed = parseMessages(line);
    if (!parsed.ok) {
      wires.note(`the server said what cannot be read: ${parsed.message}`);
      const flight = parsed.id === null ? undefined : flights.get(keyOf(parsed.id));
      flight?.end?.('bad-answer');
      return;
    }
    if (parsed.isBatch && !hasBatches(this.#relay.state.revision)) {
      wires.note('the server sent a batch, which its revision does not have');
      return;
    }
    for (const message of parsed.messages) this.#takeFromServer(message);
  }

  #takeFromServer(message: Message): void {
    const { toServer, wires } = this.#relay;
    switch (message.kind) {
      case 'request':
        takeServerRequest(this.#relay, message);
        return;
      case 'notification':
        this.#takeServerNotification(message);
        return;
      case 'response':
        if (!toServer.settle(message)) wires.note('the server answered what nobody asked');
    }
  }

  #takeServerNotification({ method, params, bytes }: Notification): void {
    const { inventory, wires, flights } = this.#relay;
    if (TASK_NOTICES.includes(method)) {
      const told = taskNotice(this.#relay, { method, params });
      settle(
        this.#relay,
        told.then((notice) => send(wires, notice)),
      );
      return;
    }
    const needed = rowOf(SERVER_NOTIFICATIONS, method);
    if (needed === undefined || (needed !== null && !inventory.mayUse(needed))) return;
    if (method === 'notifications/tools/list_changed') inventory.spoil();
    if (method === 'notifications/cancelled') this.#endListening(params['requestId']);
    if (method === 'notifications/progress') {
      const token = params['progressToken'];
      const isOpen =
        token !== undefined &&
        (this.#relay.tasks.hasToken(token) ||
          [...flights.values()].some(({ request }) => tokenOf(request.params) === token));
      if (!isOpen) return;
    }
    wires.toClient(bytes);
  }

  // A server ends what a client listens to with the notice alone.
  #endListening(id: unknown): void {
    const flight = this.#relay.flights.get(keyIn(id));
    if (flight?.request.method !== 'subscriptions/listen') return;
    flight.isCancelled = true;
    flight.end?.('server-gone');
  }

  /** The server said something longer than is read: nobody knows which request it answered. */
  serverTooLong(): void {
    for (const flight of this.#relay.flights.values()) flight.end?.('too-large');
  }

  /** Whether the server still owes the answer to a request. */
  waitsFor(id: RequestId): boolean {
    return this.#relay.toServer.has(id);
  }

  /** The server answers one request no more, whether or not it acted on it. */
  serverLost(id: RequestId, why: 'server-gone' | 'bad-answer' | 'too-large'): void {
    const { toServer, flights } = this.#relay;
    if (!toServer.has(id)) return;
    const end = flights.get(keyOf(id))?.end ?? null;
    if (end === null) toServer.lose(id);
    else end(why);
  }

  /** The server is gone: what waits for it is answered with that. */
  serverGone(): void {
    this.#relay.state.isServerGone = true;
    endAsked(this.#relay);
    for (const flight of this.#relay.flights.values()) flight.end?.('server-gone');
    endTasks(this.#relay, 'server-gone');
  }

  /** The client is gone: what is on its way is cancelled. */
  clientGone(): void {
    const { flights, state } = this.#relay;
    state.isClientGone = true;
    for (const flight of flights.values()) {
      flight.isCancelled = true;
      flight.end?.('cancelled');
    }
    endTasks(this.#relay, 'closed');
    endAsked(this.#relay);
  }

  /** Resolves once everything was answered, and its end recorded. */
  async settled(): Promise<void> {
    const { settling } = this.#relay;
    while (settling.size > 0) await Promise.allSettled(settling);
  }
}

/** Whether a message means something only after the handshake. */
function isLate(message: Message): boolean {
  if (message.kind === 'notification') return true;
  if (message.kind === 'response' || eraOf(message.params) !== 'legacy') return false;
  const handling = rowOf(CLIENT_REQUESTS.legacy, message.method);
  return handling !== undefined && handling.kind !== 'open' && message.method !== 'ping';
}

function unsupported(params: JsonObject): RpcError {
  return {
    code: CODES.unsupportedVersion,
    message: 'unsupported protocol version',
    data: { supported: [...MODERN], requested: versionIn(params) },
  };
}

function send({ toClient }: Relay['wires'], bytes: Buffer | null): void {
  if (bytes !== null) toClient(bytes);
}

function eraOf(params: JsonObject): Era | null {
  const version = versionIn(params);
  if (version === null) return 'legacy';
  return MODERN.some((known) => known === version) ? 'modern' : null;
}

function versionIn({ _meta }: JsonObject): string | null {
  const version: unknown = Object(_meta)[PROTOCOL_VERSION];
  if (version === undefined) return null;
  return typeof version === 'string' ? version.slice(0, 64) : '';
}

function keyIn(id: unknown): string {
  return typeof id === 'string' || typeof id === 'number' ? keyOf(id) : '';
}
