import { callerOfKey, isGoodKey, keyIn } from '../../routes/gate/authenticate.ts';
import type { Caller } from '../../routes/caller.ts';
import type { ApiKey, Role } from '../../store/vault.ts';
import type { Proof, Proven } from '../factors/factors.ts';
import { refused, served } from '../served.ts';
import type { Served } from '../services.ts';
import { BAD_LINK, goodLink } from './link-for.ts';
import type { SignInDesk } from './sign-in-desk.ts';
import type { SignInRequest } from './sign-ins.ts';

/** Whose key somebody showed to have, by which factor, and until when at the latest it is good. */
export type WhoSignsIn = {
  readonly key: ApiKey;
  readonly proven: Proven | null;
  readonly endsAtMs: number | null;
};

// One fault in all cases: nobody learns which keys and links there are.
const BAD_KEY: Served<never> = refused('bad-key', 'the key is unknown, revoked or expired');
const MACHINE: Served<never> = refused(
  'forbidden',
  "the console is people's: a machine's key signs nobody in",
);

/** Returns who signs in, once everything they have to prove is proved; a link is used up then. */
export async function whoSignsIn(
  desk: SignInDesk,
  request: SignInRequest,
): Promise<Served<WhoSignsIn>> {
  const given = request.with;
  switch (given.way) {
    case 'passkey':
      return byPasskey(desk, given.response);
    case 'key': {
      const key = keyIn(given.key, desk.keys, desk.clock());
      return key === undefined ? BAD_KEY : proved(desk, key, request);
    }
    case 'link': {
      const good = goodLink(desk, given.link);
      if (good === undefined) return BAD_LINK;
      const who = await proved(desk, good.key, request);
      if (!who.ok) return who;
      if (!desk.links.take(given.link)) return BAD_LINK;
      return served({ ...who.value, endsAtMs: good.link.within?.endsAtMs ?? null });
    }
  }
}

async function proved(
  desk: SignInDesk,
  key: ApiKey,
  request: SignInRequest,
): Promise<Served<WhoSignsIn>> {
  const caller = callerOfKey(key);
  if (caller.person === null) return MACHINE;
  const proven = await proveOwn(desk, caller, request);
  return proven.ok ? served({ key, proven: proven.value, endsAtMs: null }) : proven;
}

/** Who has a second factor shows it; who has none is let in unless the rules say otherwise. */
async function proveOwn(
  { factors, rules }: SignInDesk,
  caller: Caller,
  { with: given, purpose }: SignInRequest,
): Promise<Served<Proven | null>> {
  const proof = 'proof' in given ? given.proof : undefined;
  if (rules.factor === 'webauthn' && proof?.factor !== 'webauthn') {
    const say = 'here people sign in with a passkey: `plumb factor enrol` sets one up';
    return refused('needs-proof', say, { proofs: ['webauthn'] });
  }
  if (proof?.factor === 'webauthn') return provePasskey({ factors }, caller, proof);
  const own = await factors.list(caller, null);
  if (!own.ok) return own;
  const isAsked = rules.factor === 'totp' || own.value.rows.length > 0;
  if (isAsked && proof === undefined) return needsProof(own.value.rows.map(({ kind }) => kind));
  return factors.check(caller, { demand: isAsked ? 'totp' : 'none', proof, purpose });
}

/** Who showed a key or a link is told which of their factors would do, and where they have none. */
function needsProof(kinds: readonly ('totp' | 'webauthn')[]): Served<never> {
  const proofs = [...new Set(kinds)];
  const say =
    proofs.length === 0
      ? 'signing in here takes a second factor, and you have none: `plumb factor enrol` sets one up'
      : 'this takes a proof by a second factor: send `proof` with it';
  return refused('needs-proof', say, { proofs });
}

/** Beside a key a passkey answers an open challenge as well, and must be of the same person. */
async function provePasskey(
  { factors }: Pick<SignInDesk, 'factors'>,
  { person }: Caller,
  { response }: Extract<Proof, { readonly factor: 'webauthn' }>,
): Promise<Served<Proven>> {
  const proven = await factors.identify(response);
  if (!proven.ok) return proven;
  if (person !== null && proven.value.person === factors.pseudonymOf(person.id)) return proven;
  return refused('bad-proof', 'the passkey is of somebody else');
}

async function byPasskey(
  desk: SignInDesk,
  response: Parameters<SignInDesk['factors']['identify']>[0],
): Promise<Served<WhoSignsIn>> {
  const proven = await desk.factors.identify(response);
  if (!proven.ok) return proven;
  const key = await keyOfPerson(desk, proven.value.person);
  if (key === undefined) return refused('bad-key', 'the person of this passkey has no good key');
  return served({ key, proven: proven.value, endsAtMs: null });
}

const RANK: Readonly<Record<Role, number>> = { viewer: 1, operator: 2, approver: 2, admin: 3 };

/** A person acts with the good key of theirs that may the most; of several, with the newest. */
async function keyOfPerson(desk: SignInDesk, person: string): Promise<ApiKey | undefined> {
  const { keys, factors, clock } = desk;
  const now = clock();
  const own = (await keys.list()).filter((key) => {
    if (key.kind !== 'person' || !isGoodKey(key, now)) return false;
    return factors.pseudonymOf(key.email ?? key.name) === person;
  });
  const rank = ({ roles }: { readonly roles: readonly Role[] }): number =>
    roles.reduce((sum, role) => sum + RANK[role], 0);
  const [best] = own.toSorted(
    (one, other) => rank(other) - rank(one) || other.addedAt - one.addedAt,
  );
  return best === undefined ? undefined : keys.find(best.id);
}
