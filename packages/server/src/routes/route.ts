import type { IncomingHttpHeaders } from 'node:http';

import type { z } from 'zod';

import type { Api } from './api.ts';
import type { Caller, Right } from './caller.ts';
import type { StreamReply } from './mcp/mcp-door.ts';
import { type Parsed, parseShape } from './parse-shape.ts';
import type { Problem, ProblemCode } from './problem.ts';

/** The places a path can name. */
export type Params = {
  readonly agent: string;
  readonly session: string;
  readonly digest: string;
  readonly decision: string;
  readonly id: string;
  readonly halt: string;
  readonly lease: string;
  readonly index: string;
  readonly category: string;
  /** A coding agent, and what it tells of by a hook. */
  readonly client: string;
  readonly event: string;
  /** What a link to vote by holds. */
  readonly token: string;
  /** What stands below `/log/`. */
  readonly file: string;
};

/** What a handler is asked: who, where, and the parsed query and body. */
export type Call<Body, Query> = {
  readonly caller: Caller;
  readonly rights: readonly Right[];
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** `https://host` as the caller knows this daemon. */
  readonly base: string;
  readonly headers: IncomingHttpHeaders;
  /** The body as it came, for what is signed over it. */
  readonly bytes: Uint8Array;
  /** Where the connection comes from: a proxy's, where one stands in front. */
  readonly address: string;
};

/** What is answered. `value` is printed as JSON. */
export type Reply =
  | {
      readonly kind: 'json';
      readonly status: 200 | 201 | 503;
      readonly value: object;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: 'bytes';
      readonly type: string;
      readonly bytes: Uint8Array | string;
      readonly cache: string;
    }
  | {
      /** A page for people, with what its policy lets it do. */
      readonly kind: 'page';
      readonly status: 200 | 403 | 404 | 409 | 503;
      readonly html: string;
      readonly policy: string;
    }
  | StreamReply
  | { readonly kind: 'problem'; readonly problem: Problem };

/** How a body is read: by its shape, or by hand where it is hot. */
export type BodySpec<Body> = {
  /** An example of it, for the reference page. */
  readonly example: object;
  /** JSON unless it is the form of a page. */
  readonly media?: 'form';
} & (
  | { readonly shape: z.ZodType<Body>; readonly read?: undefined }
  | { readonly shape: z.ZodType; readonly read: (value: unknown) => Parsed<Body> }
);

/** What is answered when all went well: JSON of a shape, or bytes of a media type. */
export type AnswerSpec =
  | { readonly status: 200 | 201; readonly shape: z.ZodType }
  | { readonly status: 200 | 302; readonly type: string };

type Facts = {
  /** The operation's name; its file has the same in kebab-case. */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** With `{agent}` and the like for places. */
  readonly path: string;
  /** Any one of them suffices; none: everybody may. */
  readonly rights: readonly Right[];
  /**
   * Whom a key bound to agents reaches here: the agent in the path; nobody, for what spans
   * agents; or what the handler makes of it.
   */
  readonly reach: 'agent' | 'node' | 'handler';
  /**
   * Whether the agent in the path may be one of an agent's own doubles (`<agent>~undo`, `~drill`,
   * `~probe`), reached with the rights of the agent. Elsewhere there is no such agent.
   */
  readonly hasChains?: boolean;
  readonly summary: string;
  readonly answer: AnswerSpec;
  /** Codes beyond the gate's own. */
  readonly codes: readonly ProblemCode[];
  /** Whether an `Idempotency-Key` makes it safe to send again. */
  readonly isRecording?: boolean;
  /** What a body of another media type is called, where a standard says so. */
  readonly badMedia?: 'bad-request';
  /** Whoever is refused here is counted as one who tries keys. */
  readonly isSignIn?: boolean;
  /** The answer holds a secret and is never kept to be repeated. */
  readonly isSecret?: boolean;
};

/** One route as it is declared. */
export type RouteSpec<Body, Query> = Facts & {
  readonly body?: BodySpec<Body>;
  readonly query?: z.ZodType<Query>;
  readonly handle: (api: Api, call: Call<Body, Query>) => Reply | Promise<Reply>;
};

/** A request as the gate lets it through. */
export type Admitted = {
  readonly caller: Caller;
  readonly rights: readonly Right[];
  readonly params: Params;
  readonly query: URLSearchParams | null;
  readonly body: unknown;
  readonly base: string;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Uint8Array;
  readonly address: string;
};

/** One route as it is run and described. */
export type Route = Facts & {
  readonly bodySpec: BodySpec<unknown> | null;
  readonly queryShape: z.ZodType | null;
  readonly run: (api: Api, request: Admitted) => Reply | Promise<Reply>;
};

/** Returns a route whose requests are parsed before its handler sees them. */
export function route<Body = undefined, Query = undefined>(spec: RouteSpec<Body, Query>): Route {
  const { body, query, handle, ...facts } = spec;
  const readBody = bodyReader<Body>(body);
  const run: Route['run'] = (api, request) => {
    const parsedQuery = readQuery(query, request.query);
    if (!parsedQuery.ok) return refuse(parsedQuery.problem);
    const parsedBody = readBody(request.body);
    if (!parsedBody.ok) return refuse(parsedBody.problem);
    return handle(api, { ...request, query: parsedQuery.value, body: parsedBody.value });
  };
  return { ...facts, bodySpec: body ?? null, queryShape: query ?? null, run };
}

/** Returns a problem as a reply. */
export function refuse(problem: Problem): Reply {
  return { kind: 'problem', problem };
}

/** Returns a value as a reply. */
export function answer(
  value: object,
  status: 200 | 201 = 200,
): Extract<Reply, { readonly kind: 'json' }> {
  return { kind: 'json', status, value };
}

type Either<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      readonly error: { readonly code: ProblemCode; readonly message: string } & Pick<
        Problem,
        'at' | 'diagnostics' | 'retryAfterSeconds' | 'proofs'
      >;
    };

/** Returns the value of the guard or a service as a reply, or why there is none. */
export function answerOf(
  outcome: Either<object>,
  { status = 200, members = {} }: { readonly status?: 200 | 201; readonly members?: object } = {},
): Reply {
  if (outcome.ok) return answer({ ...members, ...outcome.value }, status);
  const { message, ...rest } = outcome.error;
  return refuse({ ...rest, detail: message });
}

function bodyReader<Body>(spec: BodySpec<Body> | undefined): (value: unknown) => Parsed<Body> {
  if (spec === undefined) {
    // A route without a body spec declares its body as undefined, which the type cannot say.
    return () => ({ ok: true, value: undefined as Body });
  }
  if (spec.read !== undefined) return spec.read;
  const { shape } = spec;
  return (value) => parseShape(shape, value);
}

function readQuery<Query>(
  shape: z.ZodType<Query> | undefined,
  query: URLSearchParams | null,
): Parsed<Query> {
  const given = Object.fromEntries(query ?? []);
  if (shape !== undefined) return parseShape(shape, given);
  const [first] = Object.keys(given);
  if (first !== undefined) {
    const detail = `\`${first}\`: this route takes no query`;
    return { ok: false, problem: { code: 'bad-request', detail, at: first } };
  }
  // A route without a query shape declares its query as undefined, which the type cannot say.
  return { ok: true, value: undefined as Query };
}
