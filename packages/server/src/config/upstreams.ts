import { z } from 'zod';

import type { Upstream } from './config.ts';

/** The members of a path or a query that are filled from arguments: `{order_id}`, `{order.id}`. */
const NAME = String.raw`[A-Za-z_][A-Za-z0-9_-]*(?:\.[A-Za-z_][A-Za-z0-9_-]*)*`;
const PATH = new RegExp(String.raw`^(?:/(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|\{${NAME}\})+)+/?$|^/$`);
const VALUE = new RegExp(String.raw`^(?:\{${NAME}\}|[^{}\p{Cc}]*)$`, 'u');
const DOTS = /\/\.{1,2}(?:\/|$)/;

const second = 1_000;
const path = z
  .string()
  .max(1_024)
  .regex(PATH, 'must be a path such as `/orders/{order_id}`, without a query')
  .refine((text) => !DOTS.test(text), 'must not hold `.` or `..` as a step');
const queryName = z
  .string()
  .regex(/^[A-Za-z0-9_.~-]{1,100}$/, 'must be a plain name')
  .refine((name) => !isOverride(name), 'must not change the method');
const query = z.union([
  z.literal('rest'),
  z.record(queryName, z.string().max(1_024).regex(VALUE, 'must be `{argument}` or plain text')),
]);
const toolCall = z
  .strictObject({
    method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']),
    path,
    query: query.default({}),
    body: z.enum(['args', 'rest']).nullable().default(null),
    records: z.string().min(1).max(200).nullable().default(null),
  })
  .refine(
    ({ method, body }) => body === null || (method !== 'GET' && method !== 'HEAD'),
    'must have no `body` with GET or HEAD',
  )
  .refine(({ query: said, body }) => said !== 'rest' || body === null, {
    message: 'must name each parameter of `query` where there is a `body`',
  });
const address = z.url({ protocol: /^https?$/ }).max(2_048);
const NAME_IN_PACT = /^[A-Za-z0-9_.-]{1,100}$/;
const agent = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be the name of an agent');

/** The shape of `upstreams`. */
export const upstreams: z.ZodType<Readonly<Record<string, Upstream>>> = z.record(
  z.string().regex(/^[A-Za-z0-9_.-]{1,100}$/, 'must be a plain name'),
  z.strictObject({
    url: address,
    staging: z
      .strictObject({
        name: z.string().regex(NAME_IN_PACT, 'must be a name as in the pact').default('staging'),
        url: address,
      })
      .nullable()
      .default(null),
    agents: z.array(agent).min(1).max(1_000).nullable().default(null),
    timeoutMs: z
      .int()
      .min(1)
      .max(600 * second)
      .default(10 * second),
    maxBytes: z.int().min(1).max(4_194_304).default(262_144),
    tools: z.record(z.string().min(1).max(255), toolCall),
  }),
);

/** Returns whether a parameter of this name makes some servers take a request for another one. */
export function isOverride(name: string): boolean {
  const plain = name.toLowerCase().replaceAll(/[^a-z]/g, '');
  return plain === 'method' ? name.includes('_') : OVERRIDES.has(plain);
}

const OVERRIDES: ReadonlySet<string> = new Set([
  'httpmethod',
  'xhttpmethod',
  'methodoverride',
  'xmethodoverride',
  'httpmethodoverride',
  'xhttpmethodoverride',
]);

/** Returns what is wrong with upstreams that each are right, and where; null when nothing is. */
export function faultOf(
  all: Readonly<Record<string, Upstream>>,
): { readonly at: string; readonly message: string } | null {
  const seen = new Map<string, { readonly name: string; readonly upstream: Upstream }[]>();
  for (const [name, upstream] of Object.entries(all)) {
    if (!isPlainAddress(upstream.url)) return { at: `${name}.url`, message: BARE };
    if (upstream.staging !== null && !isPlainAddress(upstream.staging.url)) {
      return { at: `${name}.staging.url`, message: BARE };
    }
    for (const tool of Object.keys(upstream.tools)) {
      const others = seen.get(tool) ?? [];
      const other = others.find((each) => overlap(each.upstream, upstream));
      if (other !== undefined) {
        const message = `has the tool \`${tool}\` that \`${other.name}\` has for the same agents`;
        return { at: name, message };
      }
      seen.set(tool, [...others, { name, upstream }]);
    }
  }
  return null;
}

const BARE = 'must have no user, query or fragment: `plumb credential add` keeps secrets';

function isPlainAddress(text: string): boolean {
  const { username, password, search, hash } = new URL(text);
  return username === '' && password === '' && search === '' && hash === '';
}

function overlap({ agents: one }: Upstream, { agents: other }: Upstream): boolean {
  return one === null || other === null || one.some((each) => other.includes(each));
}
