import type { Voter } from '@plumbline/core';

import type { Caller, Person } from '../../routes/caller.ts';
import { namesOf } from '../../routes/names-of.ts';
import { refused, served } from '../served.ts';
import type { Served } from '../services.ts';
import { proveVotes, type ShownProof, type VoteProving } from '../vote-proof.ts';
import { note, type Noting } from './step-notes.ts';
import { stateOf } from './undo-book.ts';
import type { UndoSet } from './undo-types.ts';

/** What a person's word on a set is taken down with. */
export type VotingNeeds = Noting & {
  readonly proving: VoteProving;
  readonly clock: () => number;
  readonly voterOf: (person: Person) => Promise<Voter>;
  /** Returns what the person is called whose key or token this is. */
  readonly namesBehind: (id: string) => readonly string[];
  readonly pseudonymOf: (person: string) => string;
};

type Ballot = {
  readonly digest: string;
  readonly outcome: 'approve' | 'deny';
  readonly reason: string;
};

/** Takes a person's word on a set down; whoever asked for it has none. */
export async function voteOnSet(
  needs: VotingNeeds,
  set: UndoSet,
  {
    ballot,
    by,
    shown,
  }: { readonly ballot: Ballot; readonly by: Caller; readonly shown: ShownProof },
): Promise<Served<undefined>> {
  const { person } = by;
  if (person === null) {
    return refused('forbidden', "it is approved by people: use a person's own key");
  }
  const state = stateOf(set, needs.clock());
  if (state !== 'pending')
    return refused('conflict', `\`${set.undo}\` does not wait: it is ${state}`);
  if (ballot.digest !== set.digest) {
    return refused('conflict', `\`digest\` is not that of \`${set.undo}\`: look at it again`);
  }
  if (await isOwn(needs, set, { by, person })) {
    return refused('forbidden', 'nobody approves what they asked for: ask another person');
  }
  const proven = await proveVotes(needs.proving, [ballot], { by, shown });
  if (!proven.ok) return proven;
  const { undo, digest } = set;
  const { outcome, reason } = ballot;
  const mechanism = proven.value?.mechanism ?? by.mechanism ?? 'key';
  const who = { by: by.id, person: needs.pseudonymOf(person.id), mechanism };
  const open = { undo, digest, outcome, reason, ...who, factor: proven.value?.factor ?? null };
  const written = await note(needs, set.agent, { kind: 'undo_voted', open });
  return written.ok ? served(undefined) : written;
}

// A person is the same under every key and token, and after the token is forgotten.
async function isOwn(
  { voterOf, namesBehind, pseudonymOf }: VotingNeeds,
  set: UndoSet,
  { by, person }: { readonly by: Caller; readonly person: Person },
): Promise<boolean> {
  if (by.id === set.by) return true;
  const voter = await voterOf(person);
  const called = [...namesOf(person), voter.id, ...(voter.names ?? [])];
  const names = new Set(called.map((name) => name.toLowerCase()));
  if (namesBehind(set.by).some((name) => names.has(name.toLowerCase()))) return true;
  return called.some((name) => pseudonymOf(name) === set.person);
}
