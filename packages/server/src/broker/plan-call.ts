import { isJsonObject, type Json, type JsonObject, type Route } from '@plumbline/core';

import type { ToolCall, Upstream } from '../config/config.ts';
import { isOverride } from '../config/upstreams.ts';
import { type Forwarded, refuseCall } from './refusal.ts';

/** Where the calls of tools go, by the upstream's name. */
export type Upstreams = Readonly<Record<string, Upstream>>;

/** What was decided, of what a call is made. */
export type Decided = {
  readonly agent: string;
  readonly tool: string;
  readonly args: JsonObject;
  /** Where it goes when its tool is staged; else null. */
  readonly route: Route | null;
};

/** A call as it is decided and declared, before a secret is put into it. */
export type PlannedCall = {
  readonly upstream: string;
  readonly method: ToolCall['method'];
  readonly url: URL;
  /** JSON, or null. */
  readonly body: string | null;
  /** The member of the answer that counts records, or null. */
  readonly records: string | null;
  readonly timeoutMs: number;
  readonly maxBytes: number;
};

const LONGEST_URL = 8_192;

/**
 * Returns the one call that a decided action is. The mapping says everything about it; arguments
 * fill places that the mapping names, and each of them has to have one, so that what was decided
 * is what is sent.
 */
export function planCall(upstreams: Upstreams, decided: Decided): Forwarded<PlannedCall> {
  const found = find(upstreams, decided);
  if (found === null) {
    const what = `tool \`${decided.tool}\` of \`${decided.agent}\` has no upstream`;
    return refuseCall(
      'no-upstream',
      `${what}: name its call in \`upstreams\`, or redeem the permit`,
    );
  }
  const { name, call } = found;
  const upstream = sideOf(found.upstream, decided.route);
  if (upstream === null) return noStaging(name, decided);
  try {
    const { url, body } = place({ upstream, call, args: decided.args });
    const { timeoutMs, maxBytes } = upstream;
    const { method, records } = call;
    const isLive = upstream === found.upstream;
    const side = isLive ? name : `${name}:${decided.route?.upstream ?? ''}`;
    const planned = { upstream: side, method, url, body, records, timeoutMs, maxBytes };
    return { ok: true, value: planned };
  } catch (error) {
    if (!(error instanceof Misplaced)) throw error;
    return refuseCall('not-forwardable', error.message);
  }
}

/** Returns the upstream with the address of the side, or null where it has no such one. */
function sideOf(upstream: Upstream, route: Route | null): Upstream | null {
  if (route?.side !== 'staging') return upstream;
  const { staging } = upstream;
  return staging?.name === route.upstream ? { ...upstream, url: staging.url } : null;
}

function noStaging(name: string, { tool, route }: Decided): Forwarded<never> {
  const what = `\`${tool}\` is staged, and \`${name}\` has no staging upstream`;
  return refuseCall(
    'no-upstream',
    `${what} \`${route?.upstream ?? ''}\`: name one as \`staging\` in \`upstreams\``,
  );
}

/** An argument that cannot stand where the mapping wants it. */
class Misplaced extends Error {}

type Found = { readonly name: string; readonly upstream: Upstream; readonly call: ToolCall };

function find(upstreams: Upstreams, { agent, tool }: Decided): Found | null {
  for (const [name, upstream] of Object.entries(upstreams)) {
    if (upstream.agents !== null && !upstream.agents.includes(agent)) continue;
    const call = Object.hasOwn(upstream.tools, tool) ? upstream.tools[tool] : undefined;
    if (call !== undefined) return { name, upstream, call };
  }
  return null;
}

type Placing = Omit<Found, 'name'> & { readonly args: JsonObject };

function place({ upstream, call, args }: Placing): { url: URL; body: string | null } {
  const used = new Set<string>();
  const stranger = Object.keys(args).find(isOverride);
  if (stranger !== undefined) {
    throw new Misplaced(`argument \`${stranger}\` would be taken for the method: rename it`);
  }
  const path = fillPath(call.path, args, used);
  const query = fillQuery(call, args, used);
  const body = bodyOf(call, args, used);
  const left = Object.keys(args).find((name) => !used.has(name));
  if (left !== undefined) {
    throw new Misplaced(`argument \`${left}\` has no place in the call: name one in \`upstreams\``);
  }
  return { url: join(upstream.url, path, query), body };
}

const PLACE = /\{([^{}]+)\}/g;

function fillPath(template: string, args: JsonObject, used: Set<string>): string {
  return template.replaceAll(PLACE, (_, name: string) => {
    const text = textOf(name, take(args, name, used));
    if (text === null || text === '') {
      throw new Misplaced(`argument \`${name}\` is part of the path and must be text or a number`);
    }
    // Servers that decode first and look for steps then must find none.
    if (text.split(/[/\\;]/).some((step) => step === '.' || step === '..')) {
      throw new Misplaced(`argument \`${name}\` must not hold \`.\` or \`..\` as a step of a path`);
    }
    if (/[\p{Cc}]/u.test(text)) {
      throw new Misplaced(`argument \`${name}\` must not hold control characters`);
    }
    return encodeURIComponent(text);
  });
}

function fillQuery({ query, body }: ToolCall, args: JsonObject, used: Set<string>): string {
  const params = new URLSearchParams();
  const put = (parameter: string, name: string, value: Json | undefined): void => {
    for (const each of Array.isArray(value) ? value : [value ?? null]) {
      const text = textOf(name, each);
      if (text !== null) params.append(parameter, text);
    }
  };
  if (query === 'rest') {
    const names = body === null ? Object.keys(args).filter((name) => !used.has(name)) : [];
    for (const name of names) put(name, name, take(args, name, used));
    return params.toString();
  }
  for (const [parameter, said] of Object.entries(query)) {
    const name = /^\{([^{}]+)\}$/.exec(said)?.[1];
    if (name === undefined) params.append(parameter, said);
    else put(parameter, name, take(args, name, used));
  }
  return params.toString();
}

function bodyOf({ body }: ToolCall, args: JsonObject, used: Set<string>): string | null {
  if (body === null) return null;
  const sent = Object.entries(args).filter(([name]) => body === 'args' || !used.has(name));
  for (const [name] of sent) used.add(name);
  return JSON.stringify(Object.fromEntries(sent));
}

/** Looks an argument up by its dotted path; what is below a name counts as that name's use. */
function take(args: JsonObject, path: string, used: Set<string>): Json | undefined {
  const [first = '', ...rest] = path.split('.');
  let value: Json | undefined = Object.hasOwn(args, first) ? args[first] : undefined;
  for (const step of rest) {
    value =
      isJsonObject(value ?? null) && Object.hasOwn(Object(value), step)
        ? Object(value)[step]
        : undefined;
  }
  if (rest.length === 0) used.add(first);
  return value;
}

/** Returns a value as text, null where it is absent. */
function textOf(name: string, value: Json | undefined): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'object') {
    throw new Misplaced(`argument \`${name}\` must be text, a number or a truth value there`);
  }
  const text = String(value);
  if (!text.isWellFormed()) throw new Misplaced(`argument \`${name}\` is no well-formed text`);
  return text;
}

/** Returns the address. INVARIANT: it is below that of the upstream, whatever was filled in. */
function join(base: string, path: string, query: string): URL {
  const root = new URL(base);
  const below = `${root.pathname.replace(/\/$/, '')}${path}`;
  const url = new URL(root);
  url.pathname = below;
  url.search = query;
  if (url.href.length > LONGEST_URL) {
    throw new Misplaced(`the address would be longer than ${LONGEST_URL} characters`);
  }
  if (url.origin !== root.origin || url.pathname !== below) {
    throw new Misplaced('an argument would change the path: it holds what no path can');
  }
  return url;
}
