import { randomBytes } from 'node:crypto';

import type { Json, JsonObject } from '@plumbline/core';

import type { Caller } from '../../../routes/caller.ts';
import { Aggregate, namerOf } from '../aggregate.ts';
import { Branch, type BranchListener } from '../branch.ts';
import { TASKS_META } from '../bridge.ts';
import type { GuardEnforcement } from '../guard-enforcement.ts';
import {
  keyOf,
  type Notification,
  printError,
  printRequest,
  printResult,
  type Request,
  type RequestId,
  type Response,
  type ResponseBody,
  type RpcError,
} from '../message.ts';
import { type Era, TASK_NOTICES } from '../methods.ts';
import type { ParamHeader } from '../param-headers.ts';
import { renameRelated, renameTask } from '../task-shape.ts';
import type { Served } from '../upstream.ts';
import { ApprovalElicitor, type Resumed } from './approval-elicitor.ts';
import type { ApproverDesk } from './approver.ts';
import { EventStream } from './event-stream.ts';
import { HeldCalls, type RunningCall, UNREACHABLE } from './held-calls.ts';

/** Why a connection ends: nobody used it for long, or it was closed. */
export type Ended = 'idle' | 'closed';

/** What a connection is opened with. */
export type ConnectionOptions = {
  readonly served: Served;
  readonly enforcement: GuardEnforcement;
  readonly era: Era;
  /** Only who opened it may use it. */
  readonly caller: string;
  readonly agent: string;
  /** The session of the guard. */
  readonly session: string;
  /** Requests that are answered at once. */
  readonly mostOpen: number;
  /** Ends the session of the guard where it was opened for this connection. */
  readonly ended: (why: Ended) => Promise<void>;
  /** Who asks persons at this client for approvals; null where nobody does. */
  readonly desk: ApproverDesk | null;
  readonly note: (text: string) => void;
};

/** A request of the client that is being answered, and where its messages go. */
type Open = {
  readonly request: Request;
  cancel: () => void;
  readonly say: (bytes: Buffer) => void;
};

const MOST_STREAMS = 64;
/** A request that is sent on: as it came, as it goes on, and whose token came with it. */
type Sending = {
  readonly open: Open;
  readonly request: Request;
  readonly approver: Caller | null;
};

const MOST_ASKED = 256;

/** One client of one agent: its servers, and what is under way. */
export class Connection {
  readonly id: string = randomBytes(16).toString('hex');
  readonly caller: string;
  readonly agent: string;
  readonly era: Era;
  readonly session: string;
  /** What the server says unasked; a legacy client listens to it by GET. */
  readonly standing: EventStream = new EventStream('s', true);
  readonly #options: ConnectionOptions;
  readonly #branches: readonly Branch[];
  readonly #aggregate: Aggregate;
  readonly #streams = new Map<string, EventStream>();
  readonly #open = new Map<string, Open>();
  readonly #asked = new Map<string, (body: ResponseBody, approver: Caller | null) => void>();
  readonly #elicitor: ApprovalElicitor | null;
  readonly #held: HeldCalls = new HeldCalls();
  readonly #listening = new Set<(method: string, params: JsonObject) => void>();
  readonly #closing = new Set<() => void>();
  #count = 0;
  readonly openedAtMs: number = performance.now();
  /** What a legacy client declared that it can be asked. */
  #capabilities: JsonObject = {};
  usedAtMs: number = performance.now();

  constructor(options: ConnectionOptions) {
    const { served, enforcement, note } = options;
    this.#options = options;
    this.caller = options.caller;
    this.agent = options.agent;
    this.era = options.era;
    this.#elicitor = options.desk === null ? null : new ApprovalElicitor(options.desk, note);
    this.session = options.session;
    const listener: BranchListener = {
      notified: (branch, method, params) => {
        const rename = TASK_NOTICES.includes(method) ? renameTask : renameRelated;
        this.#notified(method, rename(params, namerOf(branch)));
      },
      asked: (branch, request) => {
        const params = renameRelated(request.params, namerOf(branch));
        return this.#askClient(branch, { ...request, params });
      },
      note,
    };
    this.#branches = [...served.upstreams].map(
      ([namespace, server]) => new Branch({ namespace, ...server, enforcement, listener }),
    );
    const makeId = (): string => `stray-${this.id}-${this.#next()}`;
    this.#aggregate = new Aggregate({ branches: this.#branches, enforcement, makeId });
  }

  /** Starts every server; one that does not start is left out. */
  async start(capabilities: JsonObject): Promise<void> {
    const { elicitation, sampling, roots } = capabilities;
    const known = Object.entries({ elicitation, sampling, roots });
    this.#capabilities = Object.fromEntries(
      known.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    );
    await Promise.all(this.#branches.map((branch) => branch.start(this.era, capabilities)));
  }

  /** Whether servers have ended: some of them, or all there are. */
  get lost(): 'none' | 'some' | 'all' {
    const up = this.#branches.filter(({ isUp }) => isUp).length;
    if (up === this.#branches.length) return 'none';
    return up === 0 ? 'all' : 'some';
  }

  get isIdle(): boolean {
    const isRunning = this.#branches.some(({ relay }) => relay.tasks.running().length > 0);
    const isUsed = this.#open.size > 0 || this.#listening.size > 0 || this.standing.isRead;
    return !isUsed && !isRunning && this.#held.isEmpty;
  }

  #next(): number {
    this.#count += 1;
    return this.#count;
  }

  isTaken(id: RequestId): boolean {
    return this.#open.has(keyOf(id));
  }

  get isFull(): boolean {
    return this.#open.size >= this.#options.mostOpen;
  }

  /**
   * Answers a request; what belongs to it is said on the way. `approver` is the person whose own
   * token came with it.
   */
  answer(request: Request, say: Open['say'], approver: Caller | null = null): Promise<Buffer> {
    return this.#answer({ request, say, key: keyOf(request.id) }, approver);
  }

  /**
   * Answers a request on an exchange of its own: clients that share the connection count their ids
   * each for itself. The returned function cancels it.
   */
  answerAlone(
    request: Request,
    say: Open['say'],
    approver: Caller | null,
  ): { readonly bytes: Promise<Buffer>; readonly cancel: () => void } {
    const key = `own-${this.#next()}`;
    const bytes = this.#answer({ request, say, key }, approver);
    return { bytes, cancel: () => this.#open.get(key)?.cancel() };
  }

  async #answer(
    { key, ...asked }: Pick<Open, 'request' | 'say'> & { readonly key: string },
    approver: Caller | null,
  ): Promise<Buffer> {
    const { request } = asked;
    const open: Open = { ...asked, cancel: () => undefined };
    this.#open.set(key, open);
    const body = await this.#bodyOf(open, approver);
    this.#open.delete(key);
    this.usedAtMs = performance.now();
    return printBody(request.id, body);
  }

  async #bodyOf(open: Open, approver: Caller | null): Promise<ResponseBody> {
    const held = this.era === 'modern' ? this.#held.resume(open.request) : null;
    if (held !== null) return this.#goOn(open, held);
    const resumed = await this.#resumed(open.request, approver);
    if (!resumed.ok) return { kind: 'error', error: resumed.error };
    return this.#send({ open, request: resumed.request, approver });
  }

  #goOn(open: Open, held: RunningCall | RpcError): Promise<ResponseBody> {
    if ('code' in held) return Promise.resolve({ kind: 'error', error: held });
    open.cancel = held.cancel;
    return this.#held.wait(held);
  }

  #send({ open, request, approver }: Sending): Promise<ResponseBody> {
    const { promise, resolve } = Promise.withResolvers<ResponseBody>();
    let branch: Branch | null = null;
    const steppedUp = (approval: string): void => {
      const end = (asked: ResponseBody | null): void => {
        if (asked === null) return;
        resolve(asked);
        // The same call comes again with the answer, and goes on where this one stopped.
        open.cancel();
      };
      void this.#elicit({ ...open, request }, { approval, approver }).then(end);
    };
    const goesTo = (to: Branch): void => void (branch = to);
    const capabilities = this.#capabilities;
    const ask = this.#askClient.bind(this);
    const told = { goesTo, steppedUp, ask, capabilities };
    const { answer, cancel } = this.#aggregate.answer(request, this.era, told);
    open.cancel = cancel;
    if (this.era === 'legacy') return Promise.race([answer, promise]);
    const running = this.#held.begin({ request, answer, cancel, branch });
    return Promise.race([promise, this.#held.wait(running)]);
  }

  async #resumed(request: Request, approver: Caller | null): Promise<Resumed> {
    if (this.#elicitor === null || this.era === 'legacy') return { ok: true, request };
    return this.#elicitor.resume(request, approver);
  }

  /** Asks the client's person for an approval; returns the answer that asks a modern client. */
  async #elicit(
    { request, say }: Pick<Open, 'request' | 'say'>,
    { approval, approver }: { readonly approval: string; readonly approver: Caller | null },
  ): Promise<ResponseBody | null> {
    const elicitor = this.#elicitor;
    const canBeAsked =
      this.era === 'legacy' ? 'elicitation' in this.#capabilities : declaresElicitation(request);
    if (elicitor === null || approver === null || !canBeAsked) return null;
    const form = await elicitor.formFor(approval, approver);
    if (form === null) return null;
    if (this.era === 'modern') {
      const result = elicitor.inputRequired(request, { approval, form, approver });
      return { kind: 'result', result };
    }
    const id = `p${this.#next()}`;
    this.#asked.set(keyOf(id), (body, by) => {
      // Whoever answers without the token of who was asked has answered nothing.
      if (by?.id !== approver.id || body.kind === 'error') return;
      void elicitor.take(approval, body.result, by);
    });
    const { mode: _, ...older } = form;
    say(printRequest('elicitation/create', older, id));
    return null;
  }

  /** Returns which arguments of a tool a client says in headers as well. */
  paramHeaders(name: string): Promise<readonly ParamHeader[]> {
    return this.#aggregate.paramHeaders(name);
  }

  /** Returns a stream that can be come back to. */
  openStream(): EventStream {
    const stream = new EventStream(`r${this.#next()}`, true);
    this.#streams.set(stream.id, stream);
    const [oldest] = this.#streams.size > MOST_STREAMS ? this.#streams.keys() : [];
    if (oldest !== undefined) this.#streams.delete(oldest);
    return stream;
  }

  streamOf(id: string): EventStream | undefined {
    return id === this.standing.id ? this.standing : this.#streams.get(id);
  }

  /** Hears what changes, until the returned function is called. */
  listen(wanted: JsonObject, heard: (method: string, params: JsonObject) => void): () => void {
    this.#listening.add(heard);
    // Servers with a handshake say it unasked; the others have to be listened to.
    const modern = this.#branches.filter(({ era, isUp }) => isUp && era === 'modern');
    const asked = modern.map((branch) => {
      const params = { notifications: this.#wantedOf(branch, wanted), _meta: TASKS_META };
      return branch.ask('subscriptions/listen', params);
    });
    return () => {
      this.#listening.delete(heard);
      for (const { cancel } of asked) cancel();
    };
  }

  #wantedOf(branch: Branch, { taskIds = [], ...wanted }: JsonObject): JsonObject {
    const owners = (Array.isArray(taskIds) ? taskIds : []).map((id) => {
      return this.#aggregate.ownerOfTask(id);
    });
    const own = owners.flatMap((owner) => (owner?.branch === branch ? [owner.own] : []));
    return own.length === 0 ? wanted : { ...wanted, taskIds: own };
  }

  /** Whether a task is one of this connection's. */
  hasTask(name: Json): boolean {
    const owner = this.#aggregate.ownerOfTask(name);
    return owner?.branch.relay.tasks.find(owner.own) !== undefined;
  }

  /** Calls when the connection ends, unless the returned function was called before. */
  whenClosed(call: () => void): () => void {
    this.#closing.add(call);
    return () => void this.#closing.delete(call);
  }

  takeNotification({ method, params }: Notification): void {
    if (method === 'notifications/cancelled') {
      const id = params['requestId'];
      const known = typeof id === 'string' || typeof id === 'number' ? keyOf(id) : '';
      this.#open.get(known)?.cancel();
      return;
    }
    if (method === 'notifications/roots/list_changed') {
      for (const branch of this.#branches) if (branch.era === 'legacy') branch.tell(method, params);
    }
  }

  takeResponse({ id, body }: Response, approver: Caller | null): void {
    const settle = this.#asked.get(keyOf(id));
    this.#asked.delete(keyOf(id));
    settle?.(body, approver);
  }

  #notified(method: string, params: JsonObject): void {
    const bytes = printRequest(method, params);
    if (method === 'notifications/progress') {
      const token = params['progressToken'];
      const open = [...this.#open.values()].filter(({ request }) => {
        return token !== undefined && Object(request.params['_meta'])['progressToken'] === token;
      });
      for (const { say } of open) say(bytes);
      // The call was answered with a task, which still tells how far it is.
      if (open.length === 0 && this.era === 'legacy') this.standing.push(bytes);
      return;
    }
    for (const heard of this.#listening) heard(method, params);
    if (this.era === 'legacy') this.standing.push(bytes);
    else if (method === 'notifications/message') this.#lastThatLogs()?.say(bytes);
  }

  // Which request a server logs about is not told: it is taken for the last that wants to know.
  #lastThatLogs(): Open | undefined {
    return [...this.#open.values()].findLast(({ request: { params } }) => {
      return Object(params['_meta'])['io.modelcontextprotocol/logLevel'] !== undefined;
    });
  }

  /** Asks the client on the stream of what it asked last, or where it listens. */
  #askClient(branch: Branch, request: Pick<Request, 'method' | 'params'>): Promise<ResponseBody> {
    if (this.era === 'modern') return this.#held.ask(branch, request);
    const last = [...this.#open.values()].at(-1);
    const isFull = this.#asked.size >= MOST_ASKED;
    if (isFull || (last === undefined && !this.standing.isRead)) {
      return Promise.resolve(UNREACHABLE);
    }
    const id = `p${this.#next()}`;
    const { promise, resolve } = Promise.withResolvers<ResponseBody>();
    this.#asked.set(keyOf(id), resolve);
    const bytes = printRequest(request.method, request.params, id);
    if (last === undefined) this.standing.push(bytes);
    else last.say(bytes);
    return promise;
  }

  async close(why: Ended = 'closed'): Promise<void> {
    // Whoever comes back meanwhile gets another session, and not the end of this one.
    const ending = why === 'idle' ? this.#options.ended(why) : null;
    for (const call of this.#closing) call();
    for (const settle of this.#asked.values()) settle(UNREACHABLE, null);
    this.#held.close();
    for (const { cancel } of this.#open.values()) cancel();
    this.standing.end();
    for (const stream of this.#streams.values()) stream.end();
    await this.#aggregate.close();
    this.#options.enforcement.close();
    await (ending ?? this.#options.ended(why));
  }
}

function declaresElicitation({ params }: Request): boolean {
  const capabilities: unknown = Object(params['_meta'])[CLIENT_CAPABILITIES];
  return 'elicitation' in Object(capabilities);
}

const CLIENT_CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';

function printBody(id: RequestId, body: ResponseBody): Buffer {
  return body.kind === 'result' ? printResult(id, body.result) : printError(id, body.error);
}
