import { TrieRouter } from 'hono/router/trie-router';

import type { Params, Route } from '../route.ts';

/** A path that exists: its routes by method, and what it names. */
export type Matched = {
  readonly routes: ReadonlyMap<string, Route>;
  readonly read: ReadParams;
};

/** What a path names, decoded, or the first name that is not spelt like one. */
export type ReadParams = { readonly params: Params } | { readonly bad: string };

/** Returns the routes of a path, or undefined where there are none. */
export type MatchRoute = (path: string) => Matched | undefined;

/** Returns a matcher of paths over a table of routes. */
export function createMatcher(routes: readonly Route[]): MatchRoute {
  const router = new TrieRouter<Map<string, Route>>();
  for (const [path, own] of byPath(routes)) router.add('ALL', patternOf(path), own);
  const match: MatchRoute = (path) => {
    const [found] = router.match('ALL', path)[0];
    if (found === undefined) return undefined;
    const [own, params] = found;
    // The trie router answers names with their values; its type also allows places in a list.
    return { routes: own, read: readParams(params as Record<string, string>) };
  };
  return remembering(match);
}

// An enforcement point asks for the same few paths all the time.
const REMEMBERED = { paths: 1000, length: 200 } as const;

function remembering(match: MatchRoute): MatchRoute {
  const known = new Map<string, Matched>();
  return (path) => {
    const before = known.get(path);
    if (before !== undefined) return before;
    const matched = match(path);
    if (matched === undefined || path.length > REMEMBERED.length) return matched;
    if (known.size >= REMEMBERED.paths) known.clear();
    known.set(path, matched);
    return matched;
  };
}

function byPath(routes: readonly Route[]): ReadonlyMap<string, Map<string, Route>> {
  const paths = new Map<string, Map<string, Route>>();
  for (const route of routes) {
    const own = paths.get(route.path) ?? new Map<string, Route>();
    own.set(route.method, route);
    paths.set(route.path, own);
  }
  return paths;
}

/** A file below `/log/` has slashes of its own. */
function patternOf(path: string): string {
  return path.replace('{file}', ':file{.+}').replaceAll(/\{([a-z]+)\}/g, ':$1');
}

const NONE: Params = {
  agent: '',
  session: '',
  digest: '',
  decision: '',
  id: '',
  halt: '',
  lease: '',
  index: '',
  category: '',
  client: '',
  event: '',
  token: '',
  file: '',
};

const ID = /^[A-Za-z0-9_-]{1,128}$/;
const SPELT: Readonly<Record<keyof Params, RegExp>> = {
  agent: /^[a-z][a-z0-9-]{0,62}(?:~(?:undo|drill|probe))?$/,
  session: ID,
  digest: /^sha256:[0-9a-f]{64}$/,
  decision: ID,
  id: ID,
  halt: ID,
  lease: ID,
  index: /^(?:0|[1-9][0-9]{0,14})$/,
  category: /^[^\p{Cc}]{1,128}$/u,
  client: ID,
  event: ID,
  token: /^[A-Za-z0-9_.-]{1,2000}$/,
  file: /^/,
};

function readParams(named: Readonly<Record<string, string>>): ReadParams {
  const params = { ...NONE };
  for (const [name, raw] of Object.entries(named)) {
    if (!isParam(name)) return { bad: name };
    const value = name === 'file' ? raw : decoded(raw);
    if (value === undefined || !SPELT[name].test(value)) return { bad: name };
    params[name] = value;
  }
  return { params };
}

function isParam(name: string): name is keyof Params {
  return Object.hasOwn(NONE, name);
}

/** A malformed escape names nothing. */
function decoded(raw: string): string | undefined {
  if (!raw.includes('%')) return raw;
  try {
    return decodeURIComponent(raw);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}
