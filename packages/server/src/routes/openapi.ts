import { z } from 'zod';

import type { Json, JsonObject } from '@plumbline/core';
import { type ProblemCode, PROBLEMS } from './problem.ts';
import type { BodySpec, Route } from './route.ts';
import { problem } from './shapes.ts';

/** Returns the OpenAPI 3.1 document of a table of routes. Source: spec.openapis.org/oas/v3.1.1. */
export function openApiOf(routes: readonly Route[]): JsonObject {
  const paths: { [path: string]: { [method: string]: Json } } = {};
  for (const route of routes) {
    const own = (paths[route.path] ??= {});
    own[route.method.toLowerCase()] = operationOf(route);
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Plumbline decision API',
      version: '1',
      description:
        'What the daemon answers over HTTP and over its socket. See README.md beside it.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: 'http://127.0.0.1:7411' }],
    paths,
    components: {
      securitySchemes: { key: { type: 'http', scheme: 'bearer', description: KEY } },
      schemas: { Problem: schemaOf(problem, 'output') },
    },
  };
}

const KEY = '`plk_<id>_<secret>`. On the socket there is no key: the caller is `local`.';

function operationOf(route: Route): JsonObject {
  const { bodySpec } = route;
  const parameters = [...pathParameters(route.path), ...queryParameters(route)];
  const repeatable = route.isRecording === true ? [IDEMPOTENCY] : [];
  const body =
    bodySpec === null
      ? {}
      : {
          requestBody: {
            required: true,
            content: bodyContent(bodySpec),
          },
        };
  return {
    operationId: route.name,
    summary: route.summary,
    description: rightsOf(route),
    security: route.rights.length === 0 ? [] : [{ key: [] }],
    parameters: [...parameters, ...repeatable],
    ...body,
    responses: { ...goodAnswer(route), ...problemAnswers(route) },
  };
}

/** Returns in words whom a route is for. */
export function rightsOf({ rights }: Route): string {
  if (rights.length === 0) return 'Needs no key.';
  return `Needs the right ${rights.map((right) => `\`${right}\``).join(' or ')}.`;
}

const IDEMPOTENCY: JsonObject = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'The same key with the same request is answered the same, once; else 409.',
  schema: { type: 'string', minLength: 1, maxLength: 200 },
};

const PATTERNS: Readonly<Record<string, string>> = {
  agent: '^[a-z][a-z0-9-]{0,62}$',
  digest: '^sha256:[0-9a-f]{64}$',
  index: '^(0|[1-9][0-9]{0,14})$',
  token: '^[A-Za-z0-9_.-]{1,2000}$',
};

function pathParameters(path: string): readonly JsonObject[] {
  const names = Array.from(path.matchAll(/\{([a-z]+)\}/g), ([, name = '']) => name);
  return names.map((name) => {
    const pattern = PATTERNS[name];
    const schema = pattern === undefined ? { type: 'string' } : { type: 'string', pattern };
    return { name, in: 'path', required: true, schema };
  });
}

function queryParameters({ queryShape }: Route): readonly JsonObject[] {
  if (queryShape === null) return [];
  const { properties = {}, required = [] } = schemaOf(queryShape, 'input');
  const needed = Array.isArray(required) ? required : [];
  return Object.entries(Object(properties)).map(([name, schema]) => ({
    name,
    in: 'query',
    required: needed.includes(name),
    // A member of a JSON Schema made just above is JSON.
    schema: schema as Json,
  }));
}

function goodAnswer({ answer }: Route): JsonObject {
  const content =
    'shape' in answer
      ? jsonContent(schemaOf(answer.shape, 'output'))
      : { [answer.type]: { schema: { type: 'string' } } };
  return { [String(answer.status)]: { description: 'Done.', content } };
}

/** What the gate may answer on every route, and on those with a key, a body or an agent. */
export function codesOf(route: Route): readonly ProblemCode[] {
  const gate: ProblemCode[] = ['bad-request', 'bad-host', 'bad-origin', 'internal'];
  if (route.rights.length > 0)
    gate.push('no-key', 'bad-key', 'bad-token', 'forbidden', 'rate-limited');
  if (route.bodySpec !== null) gate.push('too-large', 'timed-out', 'overloaded');
  if (route.bodySpec !== null && route.badMedia === undefined) gate.push('bad-media-type');
  if (route.isRecording === true) gate.push('conflict');
  if (route.reach === 'agent') gate.push('unknown-agent');
  return [...new Set([...gate, ...route.codes])];
}

function problemAnswers(route: Route): JsonObject {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of codesOf(route)) {
    const [status] = PROBLEMS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const sorted = [...byStatus].sort(([left], [right]) => left - right);
  const schema = { $ref: '#/components/schemas/Problem' };
  return Object.fromEntries(
    sorted.map(([status, codes]) => [
      String(status),
      {
        description: codes.map((code) => `\`${code}\``).join(', '),
        content: { 'application/problem+json': { schema } },
      },
    ]),
  );
}

function bodyContent({ shape, example, media }: BodySpec<unknown>): JsonObject {
  const json = jsonContent(schemaOf(shape, 'input'), example);
  if (media !== 'form') return json;
  return { 'application/x-www-form-urlencoded': json['application/json'] ?? null };
}

function jsonContent(schema: JsonObject, example?: object): JsonObject {
  // An example is written as a literal of JSON.
  const shown = example === undefined ? {} : { example: example as Json };
  return { 'application/json': { schema, ...shown } };
}

/** Returns the JSON Schema of a shape, as it is sent (`input`) or answered (`output`). */
export function schemaOf(shape: z.ZodType, io: 'input' | 'output'): JsonObject {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(shape, { io, unrepresentable: 'any' });
  // What the library prints is JSON.
  return schema as JsonObject;
}
