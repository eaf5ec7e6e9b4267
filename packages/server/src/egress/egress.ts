import type { LookupAddress, LookupOptions } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';

import { Agent } from 'undici';
import type { Dispatcher } from 'undici';

import { mayReach } from './address.ts';
import type { Network } from './address.ts';

/** One outgoing call. */
export type EgressRequest = {
  readonly url: string;
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers?: { readonly [name: string]: string };
  readonly body?: string | Uint8Array;
  /** From the first look-up to the last byte. */
  readonly timeoutMs: number;
  /** The largest answer that is read. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
};

/** What came back, whatever its status below 300 or from 400 on. */
export type EgressAnswer = {
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array;
  /** What `Retry-After` says, where it is there. */
  readonly retryAfter?: string;
};

/** Why an outgoing call gave no answer. */
export type EgressFault =
  | 'bad-url'
  | 'refused-address'
  | 'unresolved'
  | 'redirect'
  | 'too-large'
  | 'timeout'
  | 'cancelled'
  | 'network';

/** Either the answer, or why there is none. */
export type EgressResult =
  | { readonly ok: true; readonly value: EgressAnswer }
  | {
      readonly ok: false;
      readonly fault: EgressFault;
      readonly message: string;
      /** False where it is certain that nothing of the request left. */
      readonly isSent: boolean;
    };

/** A checked address of a host, or why there is none. */
export type CheckedAddress =
  | { readonly ok: true; readonly address: string }
  | { readonly ok: false; readonly fault: EgressFault; readonly message: string };

/**
 * The only way out of the daemon.
 *
 * Contract: http and https alone, without credentials in the address; a name is resolved once and
 * the connection goes to the very addresses that were checked; no redirect is followed; nothing
 * but the request's own bytes is sent, no proxy of the environment is used.
 */
export type Egress = {
  readonly request: (request: EgressRequest) => Promise<EgressResult>;
  /** Returns a checked address, for what is no HTTP: connect to it and not to the name. */
  readonly addressOf: (host: string) => Promise<CheckedAddress>;
  readonly close: () => Promise<void>;
};

/** Returns every address of a name; rejects when there is none. */
export type Resolve = (name: string) => Promise<readonly LookupAddress[]>;

/** Thrown while connecting, to come back as the fault of the request that connects. */
class EgressError extends Error {
  readonly fault: EgressFault;

  constructor(fault: EgressFault, message: string, cause?: unknown) {
    super(message, { cause });
    this.fault = fault;
  }
}

/** Returns the way out that refuses every address but public ones and those in `allowed`. */
export function makeEgress({
  allowed,
  resolve = (name) => lookup(name, { all: true }),
}: {
  readonly allowed: readonly Network[];
  readonly resolve?: Resolve;
}): Egress {
  const agent = new Agent({
    connect: { lookup: checkedLookup(allowed, resolve) },
    maxHeaderSize: 16_384,
    keepAliveTimeout: 5_000,
  });
  return {
    request: async (request) => {
      const trip = { isSent: false };
      try {
        const url = parseUrl(request.url, allowed);
        return { ok: true, value: await send(watched(agent, trip, request.signal), url, request) };
      } catch (error) {
        return { ok: false, ...faultOf(error, request), isSent: trip.isSent };
      }
    },
    addressOf: (host) => addressOf(host, allowed, resolve),
    close: async () => {
      await agent.destroy();
    },
  };
}

/** How far one request came. */
type Trip = { isSent: boolean };

/**
 * Returns the way out that notes when a request is about to be written to its connection; one that
 * was cancelled before is not written.
 */
function watched(agent: Agent, trip: Trip, signal: AbortSignal | undefined): Dispatcher {
  return agent.compose((dispatch) => (options, handler) => {
    const start = handler.onRequestStart?.bind(handler);
    handler.onRequestStart = (controller, context) => {
      trip.isSent = signal?.aborted !== true;
      start?.(controller, context);
    };
    return dispatch(options, handler);
  });
}

type LookupCallback = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void;

// The socket connects to what this answers and never looks a name up again, so a name that changes
// its address between the check and the connection gains nothing.
function checkedLookup(
  allowed: readonly Network[],
  resolve: Resolve,
): (name: string, options: LookupOptions, done: LookupCallback) => void {
  return (name, options, done) => {
    void answerLookup(() => checkedAddresses(name, allowed, resolve), options, done);
  };
}

async function answerLookup(
  find: () => Promise<readonly LookupAddress[]>,
  { all }: LookupOptions,
  done: LookupCallback,
): Promise<void> {
  let addresses: readonly LookupAddress[];
  try {
    addresses = await find();
  } catch (error) {
    done(error instanceof Error ? error : new Error(String(error)), '');
    return;
  }
  const [first] = addresses;
  if (all === true) done(null, [...addresses]);
  else done(null, first?.address ?? '', first?.family ?? 4);
}

async function checkedAddresses(
  name: string,
  allowed: readonly Network[],
  resolve: Resolve,
): Promise<readonly LookupAddress[]> {
  const addresses = await resolve(name).catch((cause: unknown) => {
    throw new EgressError('unresolved', `\`${name}\` has no address: check the name`, cause);
  });
  const refused = addresses.find(({ address }) => !mayReach(address, allowed));
  if (refused !== undefined) throw refusal(name, refused.address);
  if (addresses.length === 0) {
    throw new EgressError('unresolved', `\`${name}\` has no address: check the name`);
  }
  return addresses;
}

async function addressOf(
  host: string,
  allowed: readonly Network[],
  resolve: Resolve,
): Promise<CheckedAddress> {
  try {
    const bare = host.replace(/^\[|\]$/g, '');
    if (isIP(bare) !== 0) {
      if (!mayReach(bare, allowed)) throw refusal(bare, bare);
      return { ok: true, address: bare };
    }
    const [first] = await checkedAddresses(host, allowed, resolve);
    return { ok: true, address: first?.address ?? '' };
  } catch (error) {
    if (!(error instanceof EgressError)) throw error;
    return { ok: false, fault: error.fault, message: error.message };
  }
}

function refusal(name: string, address: string): EgressError {
  const where = `\`${name}\` is at ${address}, which is not public`;
  return new EgressError('refused-address', `${where}: name its network in \`allowNetworks\``);
}

function parseUrl(text: string, allowed: readonly Network[]): URL {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new EgressError('bad-url', `\`${text}\` is no http or https address`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new EgressError('bad-url', 'the address holds credentials: configure them as headers');
  }
  // A literal address is not looked up, so it is checked here.
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && !mayReach(host, allowed)) throw refusal(host, host);
  return url;
}

async function send(agent: Dispatcher, url: URL, request: EgressRequest): Promise<EgressAnswer> {
  const timeout = AbortSignal.timeout(request.timeoutMs);
  const signal =
    request.signal === undefined ? timeout : AbortSignal.any([timeout, request.signal]);
  const response = await agent.request({
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method: request.method,
    headers: { 'user-agent': 'plumbline', ...request.headers },
    body: request.body ?? null,
    signal,
  });
  if (response.statusCode >= 300 && response.statusCode < 400) {
    await response.body.dump({ limit: 4_096, signal });
    throw new EgressError('redirect', `\`${url.host}\` redirects: configure where it leads`);
  }
  const contentType = String(response.headers['content-type'] ?? '');
  const body = await readBody(response.body, request.maxBytes);
  const { 'retry-after': retryAfter } = response.headers;
  const hint = typeof retryAfter === 'string' ? { retryAfter } : {};
  return { status: response.statusCode, contentType, body, ...hint };
}

async function readBody(
  body: Dispatcher.ResponseData['body'],
  maxBytes: number,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body) {
    // The body is a stream of buffers; its type says any.
    const bytes = part as Uint8Array;
    size += bytes.length;
    if (size > maxBytes) {
      throw new EgressError('too-large', `the answer is larger than ${maxBytes} bytes`);
    }
    parts.push(bytes);
  }
  return Buffer.concat(parts);
}

function faultOf(
  error: unknown,
  { url, timeoutMs, signal }: EgressRequest,
): { readonly fault: EgressFault; readonly message: string } {
  const known = knownFault(error);
  if (known !== undefined) return { fault: known.fault, message: known.message };
  if (signal?.aborted === true) return { fault: 'cancelled', message: 'the call was cancelled' };
  const name = error instanceof Error ? error.name : '';
  if (name === 'TimeoutError' || name === 'AbortError') {
    return { fault: 'timeout', message: `no answer within ${timeoutMs} ms` };
  }
  const host = URL.parse(url)?.host ?? url;
  const why = error instanceof Error ? error.message : String(error);
  return { fault: 'network', message: `\`${host}\` could not be asked: ${why}` };
}

// With several addresses a failed connection carries what each attempt said.
function knownFault(error: unknown): EgressError | undefined {
  if (error instanceof EgressError) return error;
  if (error instanceof AggregateError) return error.errors.map(knownFault).find(Boolean);
  return error instanceof Error && error.cause !== undefined ? knownFault(error.cause) : undefined;
}
