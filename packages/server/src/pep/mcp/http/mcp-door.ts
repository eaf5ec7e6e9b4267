import type { IncomingHttpHeaders, ServerResponse } from 'node:http';

import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

import type { Guard } from '../../../guard/guard.ts';
import type { Caller } from '../../../routes/caller.ts';
import type { DoorRequest, McpDoor, StreamReply } from '../../../routes/mcp/mcp-door.ts';
import { guardEnforcement, type Offers } from '../guard-enforcement.ts';
import {
  CODES,
  type Message,
  parseMessages,
  printError,
  type Request,
  type RequestId,
  type RpcError,
} from '../message.ts';
import { type Era, hasBatches, LEGACY, MODERN } from '../methods.ts';
import { faultInTaskRequest } from '../answer-task.ts';
import type { Served } from '../upstream.ts';
import { answerAsModern, answerBatch, answerOne, json } from './answering.ts';
import type { ApproverDesk } from './approver.ts';
import { Connection, type Ended } from './connection.ts';
import { eventIn } from './event-stream.ts';
import { faultInModern, faultInParams, headerIn, isModern } from './headers.ts';

/** What the gateway over HTTP works with. */
export type DoorNeeds = {
  readonly guard: Guard;
  readonly offers: Offers;
  /** What is served an agent; undefined where nothing is configured. */
  readonly served: (agent: string) => Served | undefined;
  /** Who asks persons at clients for approvals. */
  readonly desk: ApproverDesk;
  readonly limits: DoorLimits;
  readonly note: (text: string) => void;
};

/** How much of everything the gateway over HTTP takes. */
export type DoorLimits = {
  /** Clients at once; a quarter of them at most may be one caller's. */
  readonly mcpClients: number;
  /** Requests of one client at once. */
  readonly mcpRequests: number;
  /** How long a client may do nothing before its session ends. */
  readonly mcpIdleMs: number;
};

const CALLERS = 4;
// Servers that end at once are not started all the time.
const REVIVE_MS = 5_000;
const SWEEP_MS = 60_000;
const SESSION_HEADER = 'plumbline-session';
// Modern clients say with each call what they can be asked; servers want to know it beforehand.
const ASKABLE = { elicitation: {}, sampling: {}, roots: {} };
const APPROVER_HEADER = 'plumbline-approver';

/** MCP over Streamable HTTP: every agent's servers at one address, with the guard before them. */
export class AgentDoor implements McpDoor {
  readonly #needs: DoorNeeds;
  readonly #byId = new Map<string, Connection>();
  readonly #byUse = new Map<string, Promise<Connection | RpcError>>();
  readonly #shared = new Map<string, Connection>();
  /** The callers of connections that are being opened. */
  readonly #opening: string[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor(needs: DoorNeeds) {
    this.#needs = needs;
    const everyMs = Math.min(SWEEP_MS, needs.limits.mcpIdleMs);
    this.#timer = setInterval(() => void this.#sweep(), everyMs).unref();
  }

  /** Takes messages of a client. */
  async post(asked: DoorRequest): Promise<StreamReply> {
    // What the gate parsed as JSON is printed as JSON.
    const parsed = parseMessages(Buffer.from(JSON.stringify(asked.body)));
    if (!parsed.ok) return refusal(400, parsed.id, parsed);
    const [first] = parsed.messages;
    if (first === undefined) return refusal(400, null, EMPTY);
    if (!parsed.isBatch && first.kind === 'request' && isModern(asked.headers, first)) {
      return this.#postModern(asked, first);
    }
    if (!parsed.isBatch && first.kind === 'request' && first.method === 'initialize') {
      return this.#open(asked, first);
    }
    const connection = this.#find(asked);
    if ('code' in connection) return refusal(connection.status, idOf(first), connection);
    if (
      parsed.isBatch &&
      !hasBatches(headerIn(asked.headers, 'mcp-protocol-version') ?? '2025-03-26')
    ) {
      return refusal(400, null, NO_BATCH);
    }
    const approver = await this.#approverIn(asked);
    return takeAll(connection, parsed, approver);
  }

  /** Returns the person whose own token came with a message, where such persons are asked. */
  async #approverIn({ agent, headers }: DoorRequest): Promise<Caller | null> {
    const shown = headerIn(headers, APPROVER_HEADER);
    if (shown === undefined || this.#needs.served(agent)?.elicitsApprovals !== true) return null;
    return this.#needs.desk.recognise(shown.replace(/^Bearer +/i, ''));
  }

  async #postModern(asked: DoorRequest, request: Request): Promise<StreamReply> {
    const fault = faultInModern(asked.headers, request);
    if (fault !== null) return refusal(400, request.id, fault);
    const connection = await this.#connectionFor(asked);
    if ('code' in connection) return refusal(400, request.id, connection);
    if (connection.isFull) return refusal(400, request.id, FULL);
    const undeclared = faultInListening(request);
    if (undeclared !== null) return refusal(400, request.id, undeclared);
    const approver = await this.#approverIn(asked);
    const mismatch = await faultInParams(asked.headers, request, connection);
    if (mismatch !== null) return refusal(400, request.id, mismatch);
    return { kind: 'stream', status: 200, write: answerAsModern(connection, request, approver) };
  }

  // Clients without a handshake share the servers of one session of theirs.
  async #connectionFor(asked: DoorRequest): Promise<Connection | RpcError> {
    const session = headerIn(asked.headers, SESSION_HEADER) ?? '';
    const key = JSON.stringify([asked.caller.id, asked.agent, session]);
    const known = await this.#byUse.get(key);
    if (known !== undefined && !this.#isSpent(known)) return known;
    const other = this.#byUse.get(key);
    // Whoever came in between opened another already.
    if (other !== undefined && (await other) !== known) return other;
    if (known !== undefined && !('code' in known)) {
      this.#shared.delete(key);
      void known.close();
    }
    const opening = this.#connect(asked, { era: 'modern', capabilities: ASKABLE });
    this.#byUse.set(key, opening);
    const opened = await opening;
    if ('code' in opened) this.#byUse.delete(key);
    else this.#shared.set(key, opened);
    return opened;
  }

  /** Whether servers of a connection, or its session, have ended, and nobody loses by another. */
  #isSpent(known: Connection | RpcError): boolean {
    if ('code' in known) return true;
    if (!known.isIdle) return false;
    const { agent, session, openedAtMs, lost } = known;
    const seen = this.#needs.guard.viewSession({ agent, session });
    if (!seen.ok && CLOSED.includes(seen.error.code)) return true;
    return lost !== 'none' && performance.now() - openedAtMs >= REVIVE_MS;
  }

  async #open(asked: DoorRequest, request: Request): Promise<StreamReply> {
    const given = request.params['capabilities'];
    const capabilities: JsonObject = isJsonObject(given ?? null) ? Object(given) : {};
    const connection = await this.#connect(asked, { era: 'legacy', capabilities });
    if ('code' in connection) return refusal(400, request.id, connection);
    this.#byId.set(connection.id, connection);
    const bytes = await connection.answer(request, () => undefined);
    return json(200, bytes, { 'mcp-session-id': connection.id });
  }

  async #connect(
    { agent, caller, headers }: DoorRequest,
    { era, capabilities }: { readonly era: Era; readonly capabilities: JsonObject },
  ): Promise<Connection | RpcError> {
    const served = this.#needs.served(agent);
    if (served === undefined) return told(`no MCP servers are configured for \`${agent}\``);
    this.#opening.push(caller.id);
    try {
      if (!(await this.#makeRoom(caller.id))) {
        return told('too many clients are connected: end a session, or try again later');
      }
      return await this.#begin({ agent, caller, era, served, capabilities }, headers);
    } finally {
      this.#opening.splice(this.#opening.indexOf(caller.id), 1);
    }
  }

  async #begin(
    { agent, caller, era, served, capabilities }: Beginning,
    headers: IncomingHttpHeaders,
  ): Promise<Connection | RpcError> {
    const session = await this.#sessionFor({ agent, caller, era, served }, headers);
    if ('code' in session) return session;
    const enforcement = guardEnforcement(this.#needs, { agent, session: session.id });
    const ended = async (why: Ended): Promise<void> => {
      if (session.ends === 'with-it' || session.ends === why)
        await this.#needs.guard.closeSession({ agent, session: session.id });
    };
    const desk = served.elicitsApprovals ? this.#needs.desk : null;
    const { note, limits } = this.#needs;
    const whose = { caller: caller.id, agent, session: session.id };
    const mostOpen = limits.mcpRequests;
    const of = { served, enforcement, era, ...whose, mostOpen, ended, desk, note };
    const connection = new Connection(of);
    await connection.start(capabilities);
    return connection;
  }

  /** Whoever is one too many takes the place of who has been idle for longest, of its own first. */
  async #makeRoom(caller: string): Promise<boolean> {
    const open = this.#connections();
    const own = open.filter(({ connection }) => connection.caller === caller);
    const coming = this.#opening.filter((each) => each === caller).length;
    const { mcpClients } = this.#needs.limits;
    const isOwnFull = own.length + coming > Math.ceil(mcpClients / CALLERS);
    if (!isOwnFull && open.length + this.#opening.length <= mcpClients) return true;
    const among = isOwnFull ? own : open;
    const idle = among.filter(({ connection }) => connection.isIdle);
    const [oldest] = idle.toSorted((a, b) => a.connection.usedAtMs - b.connection.usedAtMs);
    if (oldest === undefined) return false;
    oldest.forget();
    await oldest.connection.close();
    return true;
  }

  #connections(): readonly Kept[] {
    const legacy = [...this.#byId].map(([id, connection]): Kept => {
      return { connection, forget: () => void this.#byId.delete(id) };
    });
    const modern = [...this.#shared].map(([key, connection]): Kept => {
      const forget = (): void => {
        this.#shared.delete(key);
        this.#byUse.delete(key);
      };
      return { connection, forget };
    });
    return [...legacy, ...modern];
  }

  async #sessionFor(
    { agent, caller, era, served }: Omit<Beginning, 'capabilities'>,
    headers: IncomingHttpHeaders,
  ): Promise<GuardSession | RpcError> {
    const { guard } = this.#needs;
    const named = headerIn(headers, SESSION_HEADER);
    if (named !== undefined) {
      const found = guard.usableTools({ agent, session: named });
      return found.ok ? { id: named, ends: 'never' } : told(found.error.message);
    }
    if (served.session === null) {
      return told(`name an open session in the header \`${SESSION_HEADER}\`: none is configured`);
    }
    // One for each caller: its limits and what it has read are not another's, nor shaken off.
    const name = era === 'modern' ? `mcp:${caller.id}` : null;
    const request = { agent, ...served.session, name, subject: null, openedBy: 'local' };
    const opened = await guard.openSession(request);
    if (!opened.ok) return told(opened.error.message);
    return { id: opened.value.session, ends: era === 'legacy' ? 'with-it' : 'idle' };
  }

  /** Lets a legacy client listen, or come back to a stream it lost. */
  get(asked: DoorRequest): StreamReply {
    const connection = this.#find(asked);
    if ('code' in connection) return refusal(connection.status, null, connection);
    const last = headerIn(asked.headers, 'last-event-id');
    const wanted = last === undefined ? { stream: 's', index: -1 } : eventIn(last);
    const stream = wanted === null ? undefined : connection.streamOf(wanted.stream);
    if (wanted === null || stream === undefined) {
      return refusal(404, null, told('there is no such stream any more'));
    }
    const headers = { 'mcp-session-id': connection.id };
    const write = (response: ServerResponse): void => {
      stream.attach(response, { after: wanted.index, headers });
    };
    return { kind: 'stream', status: 200, write };
  }

  /** Ends a legacy client's session. */
  async remove(asked: DoorRequest): Promise<StreamReply> {
    const connection = this.#find(asked);
    if ('code' in connection) return refusal(connection.status, null, connection);
    this.#byId.delete(connection.id);
    await connection.close();
    return { kind: 'stream', status: 204, write: (response) => void response.writeHead(204).end() };
  }

  #find({ headers, caller, agent }: DoorRequest): Connection | (RpcError & Status) {
    const version = headerIn(headers, 'mcp-protocol-version');
    const known: readonly string[] = [...LEGACY, ...MODERN];
    if (version !== undefined && !known.includes(version)) {
      return { ...told('unsupported protocol version'), status: 400 };
    }
    const id = headerIn(headers, 'mcp-session-id');
    if (id === undefined) return { ...told('send `Mcp-Session-Id`, or initialize'), status: 400 };
    const connection = this.#byId.get(id);
    // Of somebody else's session nobody learns that it is there.
    if (connection?.caller !== caller.id || connection.agent !== agent) {
      return { ...told('there is no such session: initialize again'), status: 404 };
    }
    // A session whose servers have all ended is no use to anybody: the client opens another.
    if (connection.lost === 'all' && this.#isSpent(connection)) {
      this.#byId.delete(id);
      void connection.close();
      return { ...told('the servers of this session have ended: initialize again'), status: 404 };
    }
    connection.usedAtMs = performance.now();
    return connection;
  }

  async #sweep(): Promise<void> {
    const before = performance.now() - this.#needs.limits.mcpIdleMs;
    for (const { connection, forget } of this.#connections()) {
      if (!connection.isIdle || connection.usedAtMs > before) continue;
      forget();
      await connection.close('idle');
    }
  }

  /** Ends every session, and what they started. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#byUse.values());
    const all = this.#connections();
    this.#byId.clear();
    this.#byUse.clear();
    this.#shared.clear();
    await Promise.all(all.map(({ connection }) => connection.close()));
  }
}

type Status = { readonly status: number };

type Beginning = {
  readonly agent: string;
  readonly caller: DoorRequest['caller'];
  readonly era: Era;
  readonly served: Served;
  readonly capabilities: JsonObject;
};

/** A session of the guard, and when it ends: with the connection, when that is idle, or never. */
type GuardSession = { readonly id: string; readonly ends: 'with-it' | 'idle' | 'never' };

type Kept = { readonly connection: Connection; readonly forget: () => void };

const CLOSED: readonly string[] = ['session-closed', 'unknown-session'];

const EMPTY: RpcError = { code: CODES.invalidRequest, message: 'there is no message' };
const NO_BATCH: RpcError = {
  code: CODES.invalidRequest,
  message: 'this revision of the protocol has no batches: send one message a request',
};
const FULL: RpcError = {
  code: CODES.internal,
  message: 'too many requests are being answered: send it again',
};
const IN_USE: RpcError = {
  code: CODES.invalidRequest,
  message: 'the id is in use, or too many requests are being answered',
};

// Who wants to hear of tasks has to know them.
function faultInListening(request: Request): RpcError | null {
  const { taskIds }: JsonObject = Object(request.params['notifications']);
  return taskIds === undefined ? null : faultInTaskRequest(request, 'modern');
}

function takeAll(
  connection: Connection,
  { messages, isBatch }: { readonly messages: readonly Message[]; readonly isBatch: boolean },
  approver: Caller | null,
): StreamReply {
  const requests: Request[] = [];
  for (const message of messages) {
    if (message.kind === 'notification') connection.takeNotification(message);
    else if (message.kind === 'response') connection.takeResponse(message, approver);
    else requests.push(message);
  }
  const [first] = requests;
  if (first === undefined) {
    return { kind: 'stream', status: 202, write: (response) => void response.writeHead(202).end() };
  }
  if (connection.isFull || requests.some(({ id }) => connection.isTaken(id))) {
    return refusal(400, isBatch ? null : first.id, IN_USE);
  }
  const write = isBatch
    ? answerBatch(connection, requests)
    : answerOne(connection, first, approver);
  return { kind: 'stream', status: 200, write };
}

function idOf(message: Message): RequestId | null {
  return message.kind === 'request' ? message.id : null;
}

function told(message: string): RpcError {
  return { code: CODES.invalidRequest, message };
}

function refusal(
  status: number,
  id: RequestId | null,
  { code, message, ...rest }: RpcError,
): StreamReply {
  const shown: Json | undefined = rest.data;
  const error = shown === undefined ? { code, message } : { code, message, data: shown };
  return json(status, printError(id, error), {});
}
