import { callerOfKey, isGoodKey, keyIn } from '../../routes/gate/authenticate.ts';
import type { Caller } from '../../routes/caller.ts';
import type { ApiKey, Role } from '../../store/vault.ts';
import type { Proof, Proven } from '../factors/factors.ts';
import { refused, served } from '../served.ts';
import type { Served } from '../services.ts';
import type { SignInDesk } from './sign-in-desk.ts';
import type { SignInRequest } from './sign-ins.ts';

/** Whose key somebody showed to have, and by which factor. */
export type WhoSignsIn = { readonly key: ApiKey; readonly proven: Proven | null };

// One fault in all cases: nobody learns which keys and links there are.
const BAD_KEY: Served<never> = refused('bad-key', 'the key is unknown, revoked or expired');
const BAD_LINK: Served<never> = refused(
  'bad-key',
  'the link was used, or is over: `plumb console` makes another',
);
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
      const key = goodKey(desk, desk.links.look(given.link));
      if (key === undefined) return BAD_LINK;
      const who = await proved(desk, key, request);
      if (!who.ok) return who;
      return desk.links.take(given.link) ? who : BAD_LINK;
    }
  }
}

function goodKey({ keys, clock }: SignInDesk, id: string | undefined): ApiKey | undefined {
  const key = id === undefined ? undefined : keys.find(id);
  return key !== undefined && isGoodKey(key, clock()) ? key : undefined;
}

async function proved(
  desk: SignInDesk,
  key: ApiKey,
  request: SignInRequest,
): Promise<Served<WhoSignsIn>> {
  const caller = callerOfKey(key);
  if (caller.person === null) return MACHINE;
  const proven = await proveOwn(desk, caller, request);
  return proven.ok ? served({ key, proven: proven.value }) : proven;
}

/** Who has a second factor shows it; who has none is let in unless the rules say otherwise. */
async function proveOwn(
  { factors, rules }: SignInDesk,
  caller: Caller,
  { with: given, purpose }: SignInRequest,
): Promise<Served<Proven | null>> {
  const proof = 'proof' in given ? given.proof : undefined;
  if (rules.factor === 'webauthn' && proof?.factor !== 'webauthn') {
    return refused('needs-proof', 'here people sign in with a passkey: `plumb factor enrol`');
  }
  if (proof?.factor === 'webauthn') return provePasskey({ factors }, caller, proof);
  const own = await factors.list(caller, null);
  if (!own.ok) return own;
  const isAsked = rules.factor === 'totp' || own.value.rows.length > 0;
  return factors.check(caller, { demand: isAsked ? 'totp' : 'none', proof, purpose });
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
  return served({ key, proven: proven.value });
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
