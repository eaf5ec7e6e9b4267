import type { IncomingMessage } from 'node:http';

import type { Api } from '../api.ts';
import type { Caller, Right } from '../caller.ts';
import type { Problem, ProblemCode } from '../problem.ts';
import { isFor, rightsOf } from '../rights.ts';
import type { Params, Route } from '../route.ts';
import { type Known, LOCAL, NOBODY } from './authenticate.ts';
import { checkPlace, type Place, type Via } from './check-place.ts';
import { Leaving } from './leaving.ts';
import { createMatcher, type Matched, type MatchRoute, type ReadParams } from './match-route.ts';
import type { RateLimits } from './rate-limits.ts';
import { type Arriving, type Expected, expectBody } from './read-body.ts';
import { recognise } from './recognise.ts';

/** What stands before every handler. */
export type Gate = {
  readonly api: Api;
  readonly place: Place;
  readonly limits: RateLimits;
  readonly match: MatchRoute;
  readonly arriving: Arriving;
  readonly leaving: Leaving;
};

/** A request that may be answered, once its body has arrived. */
export type Entered = {
  readonly route: Route;
  readonly caller: Caller;
  readonly rights: readonly Right[];
  readonly params: Params;
  readonly query: URLSearchParams | null;
  readonly expected: Expected;
};

/** Why a request goes no further; `route` and `caller` as far as they were known. */
export type Refused = {
  readonly problem: Problem;
  readonly route: Route | null;
  readonly caller: Caller | null;
};

/** Returns the gate in front of a table of routes. */
export function createGate(
  api: Api,
  routes: readonly Route[],
  around: { readonly place: Place; readonly limits: RateLimits },
): Gate {
  const open = api.settings.isLogOpen ? ['getLogFile'] : [];
  const table = routes.map((route) =>
    open.includes(route.name) ? { ...route, rights: [] } : route,
  );
  const bounds = { arriving: { bytes: 0 }, leaving: new Leaving() };
  return { api, ...around, match: createMatcher(table), ...bounds };
}

/**
 * Returns a request that may be answered, or why it may not; a promise when no key was good, or a
 * token has to be looked at. In this order: host, origin, path and method, media type, size, key,
 * right and agent, rate. Source: spec/api/README.md, section "The gate".
 */
export function admit(
  gate: Gate,
  request: IncomingMessage,
  via: Via,
): Entered | Refused | Promise<Entered | Refused> {
  const misplaced = checkPlace(request, via, gate.place);
  if (misplaced !== null) return { problem: misplaced, route: null, caller: null };
  const { path, query } = split(request.url ?? '');
  const found = find(gate.match(path), request.method ?? '');
  if ('problem' in found) return { problem: found.problem, route: null, caller: null };
  const { route } = found;
  const read = namedIn(route, found.read);
  const body = expectBody(request, route, gate.api.settings.limits.bodyBytes);
  if ('problem' in body) return { problem: body.problem, route, caller: null };
  const asked = { request, route, read, query, expected: body.expected };
  const who = identify(gate, { request, via, route });
  return who instanceof Promise
    ? who.then((one) => enter(gate, asked, one))
    : enter(gate, asked, who);
}

/** The doubles of an agent are no agents but for routes that say so. */
function namedIn({ hasChains = false }: Route, read: ReadParams): ReadParams {
  const isDouble = 'params' in read && read.params.agent.includes('~');
  return isDouble && !hasChains ? { bad: 'agent' } : read;
}

type Asked = Pick<Entered, 'route' | 'query' | 'expected'> & {
  readonly request: IncomingMessage;
  readonly read: ReadParams;
};

function enter(
  gate: Gate,
  { request, route, read, query, expected }: Asked,
  who: Known,
): Entered | Refused | Promise<Refused> {
  if ('problem' in who) return turnAway(gate, request, { ...who, route, caller: null });
  const caller = gate.api.services.breakGlass.lift(who.caller);
  const rights = rightsOf(caller, gate.api.settings.localRights);
  const barred = checkRights(route, { caller, rights, read });
  if (barred !== null) return { problem: barred, route, caller };
  const isCounted = caller !== LOCAL && caller !== NOBODY;
  const slowed = isCounted ? gate.limits.spend(caller.id, gate.api.clock()) : null;
  if (slowed !== null) {
    gate.api.services.health.noteRefused('rate-limited');
    return { problem: slowed, route, caller };
  }
  if ('bad' in read) return { problem: unspelt(read.bad), route, caller };
  return { route, caller, rights, params: read.params, query, expected };
}

function split(url: string): { readonly path: string; readonly query: URLSearchParams | null } {
  const mark = url.indexOf('?');
  if (mark < 0) return { path: url, query: null };
  return { path: url.slice(0, mark), query: new URLSearchParams(url.slice(mark + 1)) };
}

function find(
  matched: Matched | undefined,
  method: string,
): { readonly route: Route; readonly read: ReadParams } | { readonly problem: Problem } {
  if (matched === undefined) {
    return { problem: { code: 'not-found', detail: 'there is no such path' } };
  }
  // Node leaves the body out when it answers HEAD.
  const route = matched.routes.get(method === 'HEAD' ? 'GET' : method);
  if (route !== undefined) return { route, read: matched.read };
  const methods = [...matched.routes.keys()];
  const allow = methods.includes('GET') ? ['HEAD', ...methods] : methods;
  return { problem: { code: 'bad-method', detail: `this path takes ${allow.join(', ')}`, allow } };
}

function identify(
  { api, place }: Gate,
  asked: { readonly request: IncomingMessage; readonly via: Via; readonly route: Route },
): Known | Promise<Known> {
  if (asked.route.rights.length === 0) return { caller: NOBODY };
  return asked.via === 'local' ? { caller: LOCAL } : recognise(api, asked.request, place.scheme);
}

/** A right key is never refused for a neighbour's wrong ones: only what is wrong is counted. */
async function turnAway(
  { api, limits }: Gate,
  { socket }: IncomingMessage,
  refused: Refused,
): Promise<Refused> {
  const { code } = refused.problem;
  if (code !== 'bad-key' && code !== 'bad-token') return refused;
  api.services.health.noteRefused(code);
  const slowed = await limits.guess(socket.remoteAddress ?? '');
  return slowed === null ? refused : { ...refused, problem: slowed };
}

type Standing = {
  readonly caller: Caller;
  readonly rights: readonly Right[];
  readonly read: ReadParams;
};

// The socket has every right but what takes a person, unless it was configured to fewer.
function localAdvice(caller: Caller, { rights }: Route): string {
  if (caller !== LOCAL) return '';
  if (rights.includes('prove')) {
    return ", which is people's and not the socket's: use a person's own key over `--url`";
  }
  return (
    ', which `localRights` keeps from the socket: use a key over `--url`, or start the daemon ' +
    'with `--set localRights=all`, which a lost admin key takes'
  );
}

function checkRights(route: Route, { caller, rights, read }: Standing): Problem | null {
  if (route.rights.length === 0) return null;
  if (!route.rights.some((right) => rights.includes(right))) {
    const wanted = route.rights.map((right) => `\`${right}\``).join(' or ');
    return {
      code: 'forbidden',
      detail: `this takes the right ${wanted}${localAdvice(caller, route)}`,
    };
  }
  if (route.reach === 'node' && caller.agents !== null) {
    return { code: 'forbidden', detail: 'this spans agents, and the key is for some of them' };
  }
  if (route.reach !== 'agent') return null;
  const agent = 'params' in read ? read.params.agent : '';
  return 'bad' in read || isFor(caller, agent) ? null : unspelt('agent');
}

const UNSPELT: Readonly<Record<string, ProblemCode>> = {
  agent: 'unknown-agent',
  session: 'unknown-session',
  decision: 'unknown-decision',
  halt: 'unknown-halt',
};

/** What cannot be a name, and what the caller is not for, is like what is not there. */
function unspelt(name: string): Problem {
  return { code: UNSPELT[name] ?? 'not-found', detail: `there is no such ${name}` };
}
