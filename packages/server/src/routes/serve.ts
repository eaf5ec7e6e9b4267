import type { IncomingMessage, ServerResponse } from 'node:http';

import { admit, type Entered, type Gate } from './gate/admit.ts';
import { countWrong } from './gate/count-wrong.ts';
import type { Via } from './gate/check-place.ts';
import type { Idempotency } from './gate/idempotency.ts';
import { parseForm, parseJson, readBytes } from './gate/read-body.ts';
import { refuse, type Reply, type Route } from './route.ts';
import { statusOf, writeReply } from './write-reply.ts';

/** What answers requests: the gate, and the answers kept for those that are sent again. */
export type Served = { readonly gate: Gate; readonly idempotency: Idempotency };

/** Returns what answers every request that came one way. */
export function createListener(
  served: Served,
  via: Via,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    // Who sends on and on without reading what comes back is not answered any more.
    if (!served.gate.leaving.enter(request, response)) {
      request.socket.destroy();
      return;
    }
    void serve(served, { request, response, via });
  };
}

type Exchange = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly via: Via;
};

/** Where an MCP client learns who gives out tokens. Source: RFC 9728, section 5.1. */
function challengeOf(
  gate: Gate,
  { request, via }: Exchange,
  route: Route | null,
): string | undefined {
  if (route?.path !== '/mcp/{agent}' || gate.api.settings.issuers.length === 0) return undefined;
  const path = (request.url ?? '').split('?', 1)[0] ?? '';
  const place = `${baseOf(request, via, gate)}/.well-known/oauth-protected-resource${path}`;
  return /^[\x21-\x7e]+$/.test(place) && !place.includes('"')
    ? `Bearer resource_metadata="${place}"`
    : undefined;
}

type Told = {
  readonly reply: Reply;
  readonly route: Route | null;
  readonly caller: string | null;
  readonly agent: string | null;
};

async function serve(served: Served, exchange: Exchange): Promise<void> {
  const { request, response } = exchange;
  const { metrics, log } = served.gate.api;
  const startedAt = performance.now();
  const told = await tell(served, exchange);
  const operation = told.route?.name ?? 'none';
  const status = statusOf(told.reply);
  if (!response.destroyed) {
    const requestId = request.headers['x-request-id'];
    const isLast = !request.complete;
    writeReply(response, told.reply, {
      requestId: typeof requestId === 'string' ? requestId : undefined,
      isLast,
      challenge: challengeOf(served.gate, exchange, told.route),
    });
    // What was not read is not waited for: the connection ends once the answer is out.
    if (isLast) response.on('finish', () => request.socket.destroySoon());
  }
  metrics.answered(operation, status);
  const problem = told.reply.kind === 'problem' ? told.reply.problem : null;
  const code = problem?.code ?? null;
  const { check, why } = problem ?? {};
  const failed = {
    ...(check === undefined ? {} : { check }),
    ...(why === undefined ? {} : { why }),
  };
  const ms = Math.round((performance.now() - startedAt) * 1000) / 1000;
  log.answered({ operation, status, code, ...failed, caller: told.caller, agent: told.agent, ms });
}

async function tell(served: Served, exchange: Exchange): Promise<Told> {
  const { gate } = served;
  let entered: Entered | null = null;
  try {
    const admission = admit(gate, exchange.request, exchange.via);
    // Not awaited unless it must be: a body that came with its headers is then read as it is
    // parsed, which takes a third of the time.
    const admitted = admission instanceof Promise ? await admission : admission;
    if ('problem' in admitted) {
      gate.api.metrics.refused(admitted.problem.code);
      const { problem, route, caller } = admitted;
      return { reply: refuse(problem), route, caller: caller?.id ?? null, agent: null };
    }
    entered = admitted;
    return toldOf(entered, await handle(served, exchange, entered));
  } catch (error) {
    // The one place where a bug becomes an answer, so that the caller is not left waiting.
    gate.api.log.failed(entered?.route.name ?? 'none', error);
    const detail = 'the daemon met a fault; see its log';
    return toldOf(entered, refuse({ code: 'internal', detail }));
  }
}

function toldOf(entered: Entered | null, reply: Reply): Told {
  if (entered === null) return { reply, route: null, caller: null, agent: null };
  const { route, caller, params } = entered;
  return { reply, route, caller: caller.id, agent: params.agent || null };
}

async function handle(served: Served, exchange: Exchange, entered: Entered): Promise<Reply> {
  const { request, via } = exchange;
  const { gate, idempotency } = served;
  const { route, caller } = entered;
  if (route.name === 'getLogFile' && !gate.leaving.enterFile(request, exchange.response)) {
    const detail = 'too many files of the log are being read: ask again';
    return refuse({ code: 'overloaded', detail });
  }
  const taken = await take(gate, request, entered);
  if ('problem' in taken) return refuse(taken.problem);
  const base = baseOf(request, via, gate);
  const barred = await noteUse(gate, entered);
  if (barred !== null) return barred;
  const run = async (): Promise<Reply> =>
    route.run(gate.api, {
      ...entered,
      body: taken.value,
      bytes: taken.bytes,
      base,
      headers: request.headers,
      address: request.socket.remoteAddress ?? '',
    });
  if (route.isSignIn === true) return countWrong(gate, request, await run());
  const key = request.headers['idempotency-key'];
  if (typeof key !== 'string' || route.isRecording !== true) return run();
  const operation = `${route.method} ${request.url ?? ''}`;
  const isSecret = route.isSecret === true;
  return idempotency({ caller: caller.id, key, operation, body: taken.bytes, isSecret }, run);
}

/** A call under a break-glass is in the ledger before it is handled. */
async function noteUse({ api }: Gate, { route, caller, params }: Entered): Promise<Reply | null> {
  const { breakGlass: id } = caller;
  if (id === undefined) return null;
  const use = { id, operation: route.name, agent: params.agent || null, by: caller.id };
  const noted = await api.services.breakGlass.noteUse(use);
  if (noted.ok) return null;
  const { code, message } = noted.error;
  return refuse({ code, detail: `this is under \`${id}\` and cannot be recorded: ${message}` });
}

const NO_BYTES = Buffer.alloc(0);

async function take(
  { api, arriving }: Gate,
  request: IncomingMessage,
  { expected, route }: Entered,
): Promise<
  | { readonly value: unknown; readonly bytes: Buffer }
  | { readonly problem: Extract<Reply, { kind: 'problem' }>['problem'] }
> {
  if (expected === 'none') {
    request.resume();
    return { value: undefined, bytes: NO_BYTES };
  }
  const read = await readBytes(request, api.settings.limits.bodyBytes, arriving);
  if ('problem' in read) return read;
  const isForm = route.bodySpec?.media === 'form';
  const parsed = isForm ? parseForm(read.bytes) : parseJson(read.bytes);
  return 'problem' in parsed ? parsed : { value: parsed.value, bytes: read.bytes };
}

function baseOf({ headers }: IncomingMessage, via: Via, { place }: Gate): string {
  return via === 'local' ? 'http://localhost' : `${place.scheme}://${headers.host ?? ''}`;
}
