import type { Effect } from '@plumbline/core';
import { z } from 'zod';

import type { AttestedClaim, Handover, PrincipalProof } from '../../guard/claim-types.ts';
import type { OpenRequest } from '../../guard/guard.ts';
import { noAgent } from '../../guard/refusal.ts';
import type { Api } from '../api.ts';
import type { Caller } from '../caller.ts';
import type { Problem } from '../problem.ts';
import { isFor } from '../rights.ts';
import { agentId, decisionId, object, sessionId, time } from '../shapes.ts';

const name = z.string().min(1).max(512);
const claimName = z.string().min(1).max(200);
const claimValues = z.array(z.string().min(1).max(512)).min(1).max(64);

/** A claim as an opener attests it. */
export type ClaimBody = {
  readonly name: string;
  readonly values: readonly string[];
  readonly withinMs?: number | undefined;
};

/** What proves or attests something of a session's principal. */
export type ProvingBody = {
  readonly token?: string | undefined;
  readonly claims?: readonly ClaimBody[] | undefined;
};

/** The members of it. */
export const provingMembers: {
  readonly token: z.ZodType<string | undefined>;
  readonly claims: z.ZodType<readonly ClaimBody[] | undefined>;
} = {
  token: z.string().min(1).max(16_384).optional(),
  claims: z
    .array(
      z.strictObject({
        name: claimName,
        values: claimValues,
        withinMs: z.int().min(1_000).max(2_592_000_000).optional(),
      }),
    )
    .min(1)
    .max(32)
    .optional(),
};

/** What whoever opens a session attests. */
export type OpenBody = ProvingBody & {
  readonly principal?: string | undefined;
  readonly task?: string | null | undefined;
  readonly room?: string | null | undefined;
  readonly attributes?: z.infer<typeof object> | undefined;
  readonly name?: string | null | undefined;
  readonly subject?: string | null | undefined;
  readonly parent?:
    | {
        readonly agent: string;
        readonly session: string;
        readonly decision?: string | undefined;
      }
    | undefined;
  readonly delegate?: DelegateBody | undefined;
};

type DelegateBody = {
  readonly tools?: readonly string[] | null | undefined;
  readonly effects?: readonly Effect[] | null | undefined;
  readonly claims?:
    readonly { readonly name: string; readonly values: readonly string[] }[] | undefined;
  readonly untilMs?: number | null | undefined;
};

const delegateBody: z.ZodType<DelegateBody> = z.strictObject({
  tools: z.array(z.string().min(1).max(255)).max(1_000).nullable().optional(),
  effects: z
    .array(z.enum(['read', 'write', 'send']))
    .max(3)
    .nullable()
    .optional(),
  claims: z
    .array(z.strictObject({ name: claimName, values: claimValues }))
    .max(32)
    .optional(),
  untilMs: time.nullable().optional(),
});

/** Its shape. */
export const openBody: z.ZodType<OpenBody> = z.strictObject({
  principal: name.optional(),
  task: name.nullable().optional(),
  room: name.nullable().optional(),
  attributes: object.optional(),
  name: name.nullable().optional(),
  subject: name.nullable().optional(),
  ...provingMembers,
  parent: z
    .strictObject({ agent: agentId, session: sessionId, decision: decisionId.optional() })
    .optional(),
  delegate: delegateBody.optional(),
});

/** Either a value, or why a request goes no further. */
export type Attested<T> = { readonly value: T } | { readonly problem: Problem };

/**
 * Returns what an opener asks to be opened, once the principal's token was checked and the claims
 * were found to be ones this opener may attest.
 */
export async function openRequestOf(
  api: Api,
  caller: Caller,
  { agent, body }: { readonly agent: string; readonly body: OpenBody },
): Promise<Attested<OpenRequest>> {
  const parent = handoverOf(caller, body);
  if (parent !== null && 'problem' in parent) return parent;
  const proving = await provingOf(api, caller, body);
  if ('problem' in proving) return proving;
  const { proof, claims } = proving.value;
  const principal = body.principal ?? proof?.principal ?? '';
  if (principal === '' && parent === null) {
    const detail = 'must name whom the session is for, or a `token` of theirs must be sent';
    return { problem: { code: 'bad-request', detail: `\`principal\` ${detail}`, at: 'principal' } };
  }
  const { task = null, room = null, attributes = {}, name: called = null, subject = null } = body;
  const attested = { principal, task, room, attributes, subject, openedBy: caller.id };
  return {
    value: {
      agent,
      ...attested,
      name: called,
      ...(proof === null ? {} : { proof }),
      ...(claims.length === 0 ? {} : { claims }),
      ...(parent === null ? {} : { parent: parent.value }),
    },
  };
}

function handoverOf(caller: Caller, { parent, delegate }: OpenBody): Attested<Handover> | null {
  if (parent === undefined) {
    if (delegate === undefined) return null;
    const detail = '`delegate` says what a `parent` hands down: name the parent';
    return { problem: { code: 'bad-request', detail, at: 'delegate' } };
  }
  // Handing down is for who opens the sessions of both.
  if (!isFor(caller, parent.agent)) {
    return { problem: { code: 'unknown-agent', detail: noAgent(parent.agent) } };
  }
  const { tools = null, effects = null, claims = [], untilMs = null } = delegate ?? {};
  const { agent, session, decision = null } = parent;
  return { value: { agent, session, decision, tools, effects, claims, untilMs } };
}

/** Returns what a token proves and which claims count, or why they do not. */
export async function provingOf(
  { services }: Pick<Api, 'services'>,
  caller: Caller,
  { token, claims = [] }: ProvingBody,
): Promise<Attested<{ readonly proof: PrincipalProof | null; readonly claims: AttestedClaim[] }>> {
  const attested: AttestedClaim[] = [];
  for (const claim of claims) {
    const found = attestedClaim(caller, claim);
    if ('problem' in found) return found;
    attested.push(found.value);
  }
  if (token === undefined) return { value: { proof: null, claims: attested } };
  const proven = await services.identity.principalOf(token);
  if (proven.ok) return { value: { proof: proven.value, claims: attested } };
  const { fault } = proven;
  if (fault.kind === 'unavailable') {
    const detail = "the keys of the token's issuer cannot be had now: send it again";
    return { problem: { code: 'unavailable', detail, check: 'keys', why: fault.message } };
  }
  // Whoever opens sessions is known, and has to tell the principal what to do.
  const detail = `the principal's token is not taken (${fault.check}): ${fault.message}`;
  return { problem: { code: 'bad-principal', detail, at: 'token', check: fault.check } };
}

function attestedClaim(
  { grants = [], mechanism: by }: Caller,
  { name: claim, values, withinMs }: ClaimBody,
): Attested<AttestedClaim> {
  const leave = grants.filter((grant) => {
    return grant.claim === claim && values.every((value) => grant.values.includes(value));
  });
  const most = Math.max(0, ...leave.map(({ maxMs }) => maxMs));
  if (leave.length > 0) {
    return {
      value: {
        name: claim,
        values,
        mechanism: by ?? 'api-key',
        withinMs: Math.min(withinMs ?? most, most),
      },
    };
  }
  const detail = `this caller may not attest \`${claim}\` with these values: an admin grants it`;
  return { problem: { code: 'forbidden', detail } };
}
