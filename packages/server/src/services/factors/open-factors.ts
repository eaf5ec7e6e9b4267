import { randomBytes } from 'node:crypto';

import type { Caller } from '../../routes/caller.ts';
import { type Vault, VaultError } from '../../store/vault.ts';
import { refused, served } from '../served.ts';
import type { Served } from '../services.ts';
import { makeTurns } from '../turns.ts';
import type { WriteEntry } from '../write-entry.ts';
import { makeChallenges } from './challenges.ts';
import { confirmFactor, enrolFactor } from './enrol.ts';
import type { Asking, FactorsDesk } from './factors-desk.ts';
import { factorStore, type KeptFactor } from './factor-store.ts';
import type { Asked, Factors, Proven, Removal, ShownFactor } from './factors.ts';
import { identify, openChallenge } from './identify.ts';
import { makeOpenChallenges } from './open-challenges.ts';
import { openPseudonyms } from './pseudonyms.ts';
import { makeChallenge, prove } from './prove.ts';
import type { WebAuthnSite } from './webauthn.ts';

/** What second factors are kept with. */
export type FactorsNeeds = {
  readonly vault: Pick<Vault, 'secret' | 'putSecret'>;
  readonly write: WriteEntry;
  readonly clock: () => number;
  /** Null: there is no page that authenticators answer to, and WebAuthn is refused. */
  readonly site: WebAuthnSite | null;
  /** Ids of factors that the ledger says were removed. */
  readonly removed: ReadonlySet<string>;
};

/** Returns the service of second factors. */
export async function openFactors(needs: FactorsNeeds): Promise<Factors> {
  const pseudonymOf = await openPseudonyms(needs.vault);
  const { clock, site } = needs;
  const desk: FactorsDesk = {
    store: factorStore(needs.vault, needs.removed),
    challenges: makeChallenges(clock),
    pending: new Map(),
    turn: makeTurns(),
    clock,
    site,
    newId: () => `fac_${randomBytes(8).toString('hex')}`,
    note: (kind, open) => needs.write({ kind, agent: null, open }),
  };
  const open = makeOpenChallenges(clock);
  const asPerson = async <T>(
    by: Caller,
    act: (who: Asking) => Promise<Served<T>>,
  ): Promise<Served<T>> => {
    const { person, id } = by;
    if (person === null) return NOT_A_PERSON;
    return kept(() => act({ person: pseudonymOf(person.id), human: person, by: id }));
  };
  return {
    list: (by, person) =>
      asPerson(by, (who) => listFactors(desk, who, { by, of: person, pseudonymOf })),
    enrol: (of, by) => asPerson(by, (who) => enrolFactor(desk, who, of)),
    confirm: (of, by) => asPerson(by, (who) => confirmFactor(desk, who, of)),
    remove: (of, by) => asPerson(by, (who) => removeFactor(desk, who, { ...of, by, pseudonymOf })),
    challenge: (purpose, by) => asPerson(by, (who) => makeChallenge(desk, who, purpose)),
    openChallenge: () => openChallenge(desk, open),
    identify: (response) => kept(() => identify(desk, open, response)),
    check: (by, asked) => checkProof(desk, asked, (act) => asPerson(by, act)),
    pseudonymOf,
  };
}

// What cannot be kept was not proved: a vault on a full disk takes it once there is space.
async function kept<T>(act: () => Promise<Served<T>>): Promise<Served<T>> {
  try {
    return await act();
  } catch (cause) {
    if (cause instanceof VaultError) return refused('unavailable', cause.message);
    throw cause;
  }
}

const NOT_A_PERSON: Served<never> = refused(
  'forbidden',
  "second factors are people's: come with a person's own key or token",
);

async function checkProof(
  desk: FactorsDesk,
  asked: Asked,
  asPerson: (act: (who: Asking) => Promise<Served<Proven>>) => Promise<Served<Proven>>,
): Promise<Served<Proven | null>> {
  if (asked.demand === 'none') return served(null);
  return asPerson((who) => desk.turn(who.person, () => prove(desk, who, asked)));
}

async function listFactors(
  desk: FactorsDesk,
  who: Asking,
  {
    by,
    of,
    pseudonymOf,
  }: {
    readonly by: Caller;
    readonly of: string | null;
    readonly pseudonymOf: (person: string) => string;
  },
): ReturnType<Factors['list']> {
  const isOwn = of === null || of === who.human.id;
  if (!isOwn && !by.roles.includes('admin')) {
    return refused('forbidden', "only an admin sees another person's factors");
  }
  const record = await desk.store.load(isOwn ? who.person : pseudonymOf(of));
  const isLocked = record.lockedUntil > desk.clock();
  return served({
    rows: record.factors.map(shownFactor),
    lockedUntil: isLocked ? record.lockedUntil : null,
  });
}

function shownFactor({ id, kind, name, addedAt, usedAt }: KeptFactor): ShownFactor {
  return { id, kind, name, addedAt, usedAt };
}

type Removing = Removal & {
  readonly by: Caller;
  readonly pseudonymOf: (person: string) => string;
};

async function removeFactor(
  desk: FactorsDesk,
  who: Asking,
  removing: Removing,
): ReturnType<Factors['remove']> {
  const { id, person, by, pseudonymOf } = removing;
  const isOwn = person === null || person === who.human.id;
  if (!isOwn && !by.roles.includes('admin')) {
    return refused('forbidden', "only an admin removes another person's factor");
  }
  const owner = isOwn ? who.person : pseudonymOf(person);
  return desk.turn(owner, async () => {
    const record = await desk.store.load(owner);
    if (!record.factors.some((factor) => factor.id === id)) {
      return refused('not-found', `there is no factor \`${id}\``);
    }
    if (isOwn) {
      const { proof, purpose } = removing;
      const proven = await prove(desk, who, { demand: 'totp', proof, purpose });
      if (!proven.ok) return proven;
    }
    return dropFactor(desk, { owner, id, reason: removing.reason, by: who.by });
  });
}

// What must not count any more stops counting first: the record follows, as for a key.
async function dropFactor(
  desk: FactorsDesk,
  {
    owner,
    id,
    reason,
    by,
  }: {
    readonly owner: string;
    readonly id: string;
    readonly reason: string;
    readonly by: string;
  },
): ReturnType<Factors['remove']> {
  const record = await desk.store.load(owner);
  const dropped = record.factors.find((factor) => factor.id === id);
  const factors = record.factors.filter((factor) => factor.id !== id);
  await desk.store.save(owner, { ...record, factors });
  const open = { factor: id, kind: dropped?.kind ?? null, person: owner, reason, by };
  const written = await desk.note('factor_removed', open);
  return written.ok ? served({ index: written.value.index }) : written;
}
