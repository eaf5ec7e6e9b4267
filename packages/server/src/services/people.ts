import type { Voter } from '@plumbline/core';

import type { Person } from '../routes/caller.ts';
import { type Knowing, namesBehind } from './person-of-key.ts';
import type { Keys, ShownKey } from './services.ts';

/** Who people are, by the keys they hold. */
export type People = {
  /** Returns a person as a voter: with every name a key of theirs has. */
  readonly voterOf: (person: Person) => Promise<Voter>;
  /**
   * Returns who is called so, with the groups of their keys that are good, or `known` where they
   * have none; undefined when every key of theirs was revoked or ran out.
   */
  readonly find: (id: string, known: readonly string[]) => Promise<Voter | undefined>;
  /** Returns the names of the person whose key this is; none for a machine's. */
  readonly namesBehind: (key: string) => Promise<readonly string[]>;
};

/** What people are known by. */
export type PeopleNeeds = {
  readonly keys: Pick<Keys, 'list' | 'find'>;
  /** Says whose a token's subject is. */
  readonly identity: Knowing['identity'];
  readonly clock: () => number;
};

/** Returns people as the keys know them. */
export function makePeople({ keys, identity, clock }: PeopleNeeds): People {
  const held = async (id: string): Promise<readonly ShownKey[]> => {
    const all = await keys.list();
    return all.filter((key) => key.kind === 'person' && isSame(idOf(key), id));
  };
  return {
    voterOf: async ({ id, email, groups, names = [] }) => {
      const called = [...names, ...(await held(id)).map(({ name }) => name)];
      return { id, email, groups, names: called };
    },
    find: async (id, known) => {
      const own = await held(id);
      const good = own.filter((key) => isGood(key, clock()));
      if (own.length > 0 && good.length === 0) return undefined;
      const groups = own.length === 0 ? known : good.flatMap((key) => key.groups);
      const names = own.map(({ name }) => name);
      const email = own[0]?.email ?? (id.includes('@') ? id.toLowerCase() : null);
      return { id: own[0] === undefined ? id : idOf(own[0]), email, groups, names };
    },
    namesBehind: async (id) => {
      const called = namesBehind(id, { keys, identity });
      const own = await Promise.all(called.map((name) => held(name)));
      return [...called, ...own.flat().map(({ name }) => name)];
    },
  };
}

function idOf({ email, name }: Pick<ShownKey, 'email' | 'name'>): string {
  return email ?? name;
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function isGood({ revokedAt, expiresAt }: ShownKey, now: number): boolean {
  return revokedAt === null && (expiresAt === null || expiresAt > now);
}
