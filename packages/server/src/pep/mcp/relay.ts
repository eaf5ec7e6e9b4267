import type { Call } from './call.ts';
import type { Enforcement } from './enforcement.ts';
import type { Exchange } from './exchange.ts';
import type { Inventory } from './inventory.ts';
import type { MessageUse } from './message-use.ts';
import type { Era } from './methods.ts';
import { printRequest, type Request, type RequestId } from './message.ts';
import type { Refusal, RefusalCode } from './refusal.ts';
import type { TaskBook } from './task-book.ts';

/** How much of everything. Times are in milliseconds. */
export type RelayBounds = {
  /** How long a forwarded call may take. */
  readonly callMs: number;
  /** How long a call waits for a person or for facts before it is told to come again. */
  readonly waitMs: number;
  /** How long what was cancelled may still be answered before its end counts as unknown. */
  readonly graceMs: number;
  /** How often it is looked whether a waiting call may go on. */
  readonly pollMs: number;
  /** Requests of the client that are being answered at once. */
  readonly inFlight: number;
  /** The largest answer that is released, in bytes. */
  readonly answerBytes: number;
  /** How old the list of tools may be before it is read again beside a call. */
  readonly inventoryMs: number;
};

/** The bounds unless told otherwise. */
export const RELAY_BOUNDS: RelayBounds = {
  callMs: 600_000,
  waitMs: 45_000,
  graceMs: 2_000,
  pollMs: 500,
  inFlight: 256,
  answerBytes: 786_432,
  inventoryMs: 60_000,
};

/** Where messages go. `note` is for people: it never holds what a message holds. */
export type Wires = {
  readonly toClient: (bytes: Buffer) => void;
  /** `headers` go with it where the server is reached over HTTP. */
  readonly toServer: (
    bytes: Buffer,
    headers?: Readonly<Record<string, string>>,
    use?: MessageUse,
  ) => void;
  /** Makes ready what a call needs; returns why it cannot be. Absent where nothing is needed. */
  readonly prepare?: (use: MessageUse) => Promise<string | null>;
  readonly note: (text: string) => void;
};

/** Everything one connection of a client to a server is relayed with. */
export type Relay = {
  readonly wires: Wires;
  readonly enforcement: Enforcement;
  readonly bounds: RelayBounds;
  /** Stands before a server's names where the pact names its tools. */
  readonly prefix: string;
  /** What this server is called in the inventory. */
  readonly server: string;
  /** What is on its way to the server, and what to the client. */
  readonly toServer: Exchange;
  readonly toClient: Exchange;
  readonly inventory: Inventory;
  readonly state: RelayState;
  /** Requests of the client that are being answered, by the key of their id. */
  readonly flights: Map<string, Flight>;
  /** Request ids of actions that wait for people or facts, by tool and arguments. */
  readonly pending: Map<string, string>;
  /** Requests of the server that are being decided, by the key of their id. */
  readonly asked: Set<string>;
  /** Requests to the client that a result asked for, and the decisions that let them through. */
  readonly inputs: Map<string, string>;
  /** Calls that were answered with a task. */
  readonly tasks: TaskBook;
  /** What is still being settled: the end of the connection waits for it. */
  readonly settling: Set<Promise<unknown>>;
  /** Told of a request that waits for people to approve it. */
  readonly steppedUp: (request: RequestId, approval: string) => void;
  /** Makes an id nobody else uses, for requests of our own and for the guard. */
  readonly makeId: () => string;
  readonly nowMs: () => number;
  /** Where calls go that are staged; null where no such upstream is configured. */
  readonly staging: Staging | null;
};

/** What a call is forwarded over, or why it is not. */
export type Over =
  { readonly ok: true; readonly relay: Relay } | { readonly ok: false; readonly refusal: Refusal };

/** A staging upstream beside a server. */
export type Staging = {
  /** Resolves once it is known whether it is there. */
  readonly prepare: (era: Era) => Promise<void>;
  /** Returns what a call goes over that was decided to go to the upstream of that name. */
  readonly over: (call: Call, upstream: string) => Promise<Over>;
  readonly close: () => Promise<void>;
};

/** How a connection stands. */
export type RelayState = {
  isServerGone: boolean;
  isClientGone: boolean;
  /** Whether a legacy client and the server have shaken hands, and on which revision. */
  isOpened: boolean;
  revision: string | null;
  /** Whether a legacy server takes calls as tasks. */
  hasTasks: boolean;
};

/** Returns the state of a connection on which nothing was said yet. */
export function freshState(): RelayState {
  return {
    isServerGone: false,
    isClientGone: false,
    isOpened: false,
    revision: null,
    hasTasks: false,
  };
}

/** A request of the client that is being answered. */
export type Flight = {
  readonly request: Request;
  readonly era: Era;
  /** Sends the answer, or none, once. */
  readonly reply: (bytes: Buffer | null) => void;
  isCancelled: boolean;
  /** Ends the wait for the server; null while nothing was forwarded. */
  end: ((why: EndReason) => void) | null;
};

/** Why the answer of the server is not waited for any longer. */
export type EndReason =
  'cancelled' | 'halted' | 'timed-out' | 'server-gone' | 'too-large' | 'bad-answer';

/** Returns a refusal with what is known of it. */
export function refusalOf(
  code: RefusalCode,
  say: string,
  of: Pick<Refusal, 'tool'> & Partial<Refusal>,
): Refusal {
  return { decision: null, rules: [], next: null, ...of, code, say };
}

/** Tells the server that an answer is not waited for any longer. */
export function cancelAtServer({ wires }: Relay, id: RequestId, reason: string): void {
  wires.toServer(printRequest('notifications/cancelled', { requestId: id, reason }));
}

/** Returns what a person is told of a bug: where it is, and nothing of what messages hold. */
export function faultOf(error: unknown): string {
  if (!(error instanceof Error)) return 'a fault of the gateway: unknown';
  const frames = (error.stack ?? '').split('\n').filter((line) => /^ {4}at /.test(line));
  return [`a fault of the gateway: ${error.name}`, ...frames].join('\n');
}

/**
 * Runs what nobody waits for; the end of the connection does. A bug in it is told: what one server
 * says may not end the program that stands before all of them.
 */
export function settle({ settling, wires }: Relay, work: Promise<unknown>): void {
  const done = work
    .catch((error: unknown) => wires.note(faultOf(error)))
    .finally(() => settling.delete(done));
  settling.add(done);
}
