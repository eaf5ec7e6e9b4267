import { randomBytes } from 'node:crypto';
import { type Claim, isEntitled } from '@plumbline/core';

import type { Guard } from '../guard/guard.ts';
import type { Caller, Person } from '../routes/caller.ts';
import type { Factors, Proof, Proven, Purpose } from './factors/factors.ts';
import { namesOf } from '../routes/names-of.ts';
import { fromGuard, refused, served } from './served.ts';
import type { Recorded, Served } from './services.ts';
import type { WriteEntry } from './write-entry.ts';

/** Who may give which claims, for which agents and how long; see `authority.grants`. */
export type GivingRule = {
  readonly by: readonly string[];
  readonly claim: string;
  readonly values: readonly string[];
  readonly agents: readonly string[] | null;
  readonly maxMs: number;
  readonly factor: 'totp' | 'webauthn';
  readonly self: boolean;
};

/** One elevated grant that is asked for: one claim of one session, for one use. */
export type GrantRequest = {
  readonly agent: string;
  readonly session: string;
  readonly claim: string;
  readonly value: string;
  /** Tools, and `category:<name>`. */
  readonly actions: readonly string[];
  readonly withinMs: number;
  readonly reason: string;
  readonly proof: Proof | undefined;
  readonly purpose: Purpose;
};

/** A grant that counts: its id, and until when. */
export type GivenGrant = Recorded & { readonly grant: string; readonly untilMs: number };

/** One grant of a session. */
export type GrantAt = { readonly agent: string; readonly session: string; readonly grant: string };

/**
 * Elevated grants for one use.
 *
 * Contract:
 * - A rule of the configuration has to name the person, the claim, its value and the agent; for a
 *   session's own principal it has to say `self`. Else `forbidden`.
 * - Each takes a fresh proof of the factor its rule asks for, used up by it.
 * - Who gave it stands in the agent's chain before the claim stands in the session's.
 * - The first action that needs it spends it; a halt of what the session is in voids it; whoever
 *   may give it, or operates the agent, takes it back.
 */
export type Grants = {
  readonly give: (request: GrantRequest, by: Caller) => Promise<Served<GivenGrant>>;
  /** `mayAny`: whether the caller takes back whatever it is. */
  readonly takeBack: (of: GrantAt, by: Caller, mayAny: boolean) => Promise<Served<Recorded>>;
};

/** What grants are given with. */
export type GrantsNeeds = {
  readonly guard: Pick<Guard, 'claim' | 'revokeClaim' | 'viewSession'>;
  readonly factors: Pick<Factors, 'check'>;
  readonly write: WriteEntry;
  readonly rules: readonly GivingRule[];
};

/** Returns the service of elevated grants. */
export function makeGrants(needs: GrantsNeeds): Grants {
  return {
    give: (request, by) => give(needs, request, by),
    takeBack: (of, by, mayAny) => takeBack(needs, { of, by, mayAny }),
  };
}

const NOT_A_PERSON: Served<never> = refused(
  'forbidden',
  "only people give grants: come with a person's own key or token",
);

async function give(
  needs: GrantsNeeds,
  request: GrantRequest,
  by: Caller,
): Promise<Served<GivenGrant>> {
  const { person } = by;
  if (person === null) return NOT_A_PERSON;
  const viewed = fromGuard(needs.guard.viewSession(request));
  if (!viewed.ok) return viewed;
  const { principal, unknown } = viewed.value;
  const rule = ruleFor(needs.rules, { request, person, isSelf: isSelf(person, principal) });
  if (!rule.ok) return rule;
  const [strange] = unknown(request.actions);
  if (strange !== undefined) {
    const hint = 'name tools of the armed pact, or `category:<name>`';
    return refused('bad-request', `\`${strange}\` is no action: ${hint}`, { at: 'actions' });
  }
  const { proof, purpose } = request;
  const proven = await needs.factors.check(by, { demand: rule.value.factor, proof, purpose });
  if (!proven.ok) return proven;
  // A rule always demands a factor.
  if (proven.value === null) return refused('needs-proof', 'a grant takes a proof');
  return record(needs, { request, by, proven: proven.value });
}

/** The principal of a session is known by name alone: their address, or what the opener says. */
function isSelf(person: Person, principal: string): boolean {
  return namesOf(person).includes(principal.toLowerCase());
}

type Wanted = {
  readonly request: GrantRequest;
  readonly person: Person;
  readonly isSelf: boolean;
};

function ruleFor(
  rules: readonly GivingRule[],
  { request, person, isSelf: isOwn }: Wanted,
): Served<GivingRule> {
  const { claim, value, agent, withinMs } = request;
  const fitting = rules.filter((rule) => isGiver(rule, { claim, value, agent, person }));
  const allowed = fitting.filter((rule) => !isOwn || rule.self);
  if (fitting.length > 0 && allowed.length === 0) {
    return refused('forbidden', 'this is your own session, and no rule says `self`: ask another');
  }
  if (allowed.length === 0) {
    const what = `\`${claim}\` holding \`${value}\` for \`${agent}\``;
    return refused('forbidden', `no rule of \`authority.grants\` lets you give ${what}`);
  }
  const rule = allowed.find(({ maxMs }) => withinMs <= maxMs);
  if (rule !== undefined) return served(rule);
  const most = Math.max(...allowed.map(({ maxMs }) => maxMs));
  return refused('bad-request', `a grant like this holds for ${most} ms at most`, {
    at: 'withinMs',
  });
}

function isGiver(
  rule: GivingRule,
  of: {
    readonly claim: string;
    readonly value: string;
    readonly agent: string;
    readonly person: Person;
  },
): boolean {
  const isAbout = rule.claim === of.claim && rule.values.includes(of.value);
  const isThere = rule.agents === null || rule.agents.includes(of.agent);
  return isAbout && isThere && isEntitled(of.person, rule.by);
}

type Giving = {
  readonly request: GrantRequest;
  readonly by: Caller;
  readonly proven: Proven;
};

// Who gave it is known before it counts: a crash between the two leaves a note without a claim.
async function record(
  { guard, write }: GrantsNeeds,
  { request, by, proven }: Giving,
): Promise<Served<GivenGrant>> {
  const { agent, session, claim: name, value, actions, withinMs, reason } = request;
  const { mechanism, factor, person, at } = proven;
  const grant = `gra_${randomBytes(8).toString('hex')}`;
  const untilMs = at + withinMs;
  const about = { session, grant, claim: name, value, actions, untilMs, reason };
  const noted = await write({
    kind: 'grant_given',
    agent,
    open: { ...about, mechanism, factor, person, by: by.id },
  });
  if (!noted.ok) return noted;
  const claim: Claim = {
    session,
    name,
    values: [value],
    mechanism,
    verifiedAtMs: at,
    expiresAtMs: untilMs,
    id: grant,
    once: true,
    actions,
  };
  const claimed = fromGuard(await guard.claim({ agent, claim }));
  if (!claimed.ok) return claimed;
  return served({ index: claimed.value.index, grant, untilMs });
}

async function takeBack(
  { guard, rules }: GrantsNeeds,
  { of, by, mayAny }: { readonly of: GrantAt; readonly by: Caller; readonly mayAny: boolean },
): Promise<Served<Recorded>> {
  const { person } = by;
  if (person === null) return NOT_A_PERSON;
  const viewed = fromGuard(guard.viewSession(of));
  if (!viewed.ok) return viewed;
  const claim = viewed.value.claim(of.grant);
  if (claim === undefined) {
    return refused('not-found', `no grant \`${of.grant}\` counts: it is spent, over, or never was`);
  }
  const { name, values } = claim;
  const [value = ''] = values;
  const about = { claim: name, value, agent: of.agent, person };
  const isOwn = isSelf(person, viewed.value.principal);
  if (!mayAny && !isOwn && !rules.some((rule) => isGiver(rule, about))) {
    return refused('forbidden', 'only who may give it, or operates the agent, takes it back');
  }
  const { agent, session, grant: id } = of;
  return fromGuard(await guard.revokeClaim({ agent, session, id, by: by.id }));
}
