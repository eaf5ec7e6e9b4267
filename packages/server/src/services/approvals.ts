import { type State, usualOf, type Voter, type VoteOutcome } from '@plumbline/core';

import type { FoundAsk } from '../guard/ask-types.ts';
import type { Guard } from '../guard/guard.ts';
import { ownerOf } from '../guard/undo-agent.ts';
import type { Caller } from '../routes/caller.ts';
import { askedAction, type ShownCase, shownCase } from './approval-case.ts';
import type { ApprovalLinks, MadeLink } from './approval-links.ts';
import type { ReadLink } from './approval-token.ts';
import {
  type ActionApproval,
  type ApprovalRow,
  closedGates,
  rowOfAsk,
  waitingPacts,
  waitingTools,
  waitingUndos,
} from './approval-rows.ts';
import { type FatigueRow, fatigueOf } from './fatigue.ts';
import type { PactRegistry } from './pact-registry.ts';
import type { People } from './people.ts';
import type { Seats } from './seats.ts';
import type { Proven } from './factors/factors.ts';
import { fromGuard, refused, served } from './served.ts';
import type { ToolRegistry } from './tool-registry.ts';
import type { UndoBook } from './undo/undo-book.ts';
import { proveVotes, type ShownProof, type VoteProving, whyNotByLink } from './vote-proof.ts';
import type { Decisions, Recorded, Served, ServiceError } from './services.ts';

/** Which approvals are listed. */
export type ApprovalFilter = {
  readonly agent?: string;
  /** Of which agents alone; null or absent: of all. */
  readonly agents?: readonly string[] | null;
  readonly session?: string;
  readonly state?: string;
  readonly kind?: string;
  readonly limit?: number;
};

/** One person's word. */
export type CastVote = {
  readonly approval: string;
  readonly outcome: VoteOutcome;
  readonly reason: string;
};

/** A vote that counts, and how the ask stands with it. */
export type CountedVote = Recorded & { readonly approval: ActionApproval };

/** What became of one vote of several. */
export type BatchResult =
  | ({ readonly ok: true; readonly id: string } & CountedVote)
  | { readonly ok: false; readonly id: string; readonly error: ServiceError };

/** Somebody another system recognised; `by` stands in the ledger and is no name of theirs. */
export type Recognised = {
  readonly person: string;
  readonly by: string;
  readonly mechanism: string;
};

/** How approvers fare. `waiting` is how many actions wait now. */
export type Fatigue = {
  readonly sinceMs: number;
  readonly waiting: number;
  readonly rows: readonly FatigueRow[];
};

/** What a link shows. */
export type LinkView =
  | { readonly state: 'open'; readonly link: ReadLink; readonly shown: ShownCase }
  | { readonly state: 'used' | 'ended' | 'unknown' };

/**
 * What people are asked, and their answers.
 *
 * Contract:
 * - Only people vote: a caller without a person is `forbidden`, the socket as well. Where the
 *   configuration asks for a second factor, approving takes one: `needs-proof`, `bad-proof`.
 * - What resolved with `ok: true` is durable, with what follows from it.
 * - `opened` appends a `read` entry, durable before the answer.
 * - Of a batch each vote is judged by itself; what is not for the same action as the first is a
 *   `conflict`.
 */
export type Approvals = {
  /** Returns a person under every name a key of theirs has. */
  readonly voterOf: People['voterOf'];
  readonly list: (filter: ApprovalFilter) => readonly ApprovalRow[];
  readonly find: (id: string) => FoundAsk | undefined;
  readonly opened: (id: string, by: string) => Promise<Served<ShownCase>>;
  readonly whenChanged: (id: string, withinMs: number) => Promise<Served<undefined>>;
  readonly vote: (vote: CastVote, by: Caller, shown: ShownProof) => Promise<Served<CountedVote>>;
  /** One proof is for the whole batch. */
  readonly voteAll: (
    votes: readonly CastVote[],
    by: Caller,
    shown: ShownProof,
  ) => Promise<readonly BatchResult[]>;
  /** The word of a person who was recognised elsewhere; it proves as little as a link does. */
  readonly voteFrom: (vote: CastVote, from: Recognised) => Promise<Served<CountedVote>>;
  readonly fatigue: (windowMs: number) => Fatigue;
  readonly makeLink: (
    of: { readonly ask: string; readonly person: string },
    by: Caller,
    rights: { readonly isAdmin: boolean },
  ) => Promise<Served<MadeLink>>;
  readonly viewLink: (token: string) => Promise<Served<LinkView>>;
  readonly voteByLink: (
    token: string,
    vote: Pick<CastVote, 'outcome' | 'reason'>,
  ) => Promise<Served<LinkView | CountedVote>>;
};

/** What approvals are served with. */
export type ApprovalsNeeds = {
  readonly guard: { readonly asks: Guard['asks'] };
  readonly states: () => readonly State[];
  readonly registry: PactRegistry;
  readonly tools: Pick<ToolRegistry, 'list'>;
  readonly undos: UndoBook;
  readonly decisions: Decisions;
  readonly people: People;
  readonly seats: Seats;
  readonly links: ApprovalLinks;
  readonly clock: () => number;
  readonly proving: VoteProving;
};

/** What a vote is taken down with. */
export type VoteNeeds = Pick<ApprovalsNeeds, 'guard' | 'people'> & {
  readonly seats: Pick<Seats, 'giversOf'>;
};

const LISTED = 100;
const MOST_EQUAL = 99;

/** Returns the service of approvals. */
export function makeApprovals(needs: ApprovalsNeeds): Approvals {
  const { guard, links } = needs;
  return {
    voterOf: (person) => needs.people.voterOf(person),
    list: (filter) => list(needs, filter),
    find: (id) => guard.asks.find(id),
    opened: (id, by) => openAsk(needs, id, by),
    whenChanged: async (id, withinMs) => fromGuard(await guard.asks.whenChanged(id, withinMs)),
    vote: (vote, by, shown) => voteAs(needs, vote, { by, shown }),
    voteAll: (votes, by, shown) => voteAll(needs, votes, { by, shown }),
    voteFrom: (vote, from) => voteFrom(needs, vote, from),
    fatigue: (windowMs) => {
      const sinceMs = needs.clock() - windowMs;
      const waiting = guard.asks.list({ state: 'pending' }).length;
      return { sinceMs, waiting, rows: fatigueOf(guard.asks.votes(), sinceMs) };
    },
    makeLink: (of, by, rights) => links.make(of, by, rights),
    viewLink: (token) => viewLink(needs, token),
    voteByLink: (token, vote) => voteByLink(needs, token, vote),
  };
}

function list(
  { guard, registry, tools, states, undos, clock }: ApprovalsNeeds,
  { agent, agents = null, session, state, kind, limit = LISTED }: ApprovalFilter,
): readonly ApprovalRow[] {
  const isOf = (name: string): boolean => {
    const owner = ownerOf(name);
    return (agent === undefined || owner === agent) && (agents?.includes(owner) ?? true);
  };
  const isActions = kind === undefined || kind === 'action';
  const asks = isActions ? guard.asks.list({ state, session, isOf, most: limit }) : [];
  const own = states().filter((of) => !of.agent.includes('~'));
  const offered = waitingTools(
    tools,
    own.map((of) => of.agent),
  );
  const taken = waitingUndos(undos, clock());
  const others = [...waitingPacts(registry), ...offered, ...closedGates(own), ...taken];
  const rows: readonly ApprovalRow[] = [...asks.map(rowOfAsk), ...others];
  const wanted = rows.filter((row) => {
    return (
      isOf(row.agent) &&
      (session === undefined || row.session === session) &&
      (state === undefined || row.state === state) &&
      (kind === undefined || row.kind === kind)
    );
  });
  return wanted.sort(waitingFirst).slice(0, limit);
}

function waitingFirst(one: ApprovalRow, other: ApprovalRow): number {
  const rank = (row: ApprovalRow): number => (row.state === 'pending' ? 0 : 1);
  return rank(one) - rank(other) || askedAt(other) - askedAt(one);
}

function askedAt(row: ApprovalRow): number {
  return row.kind === 'gate' ? 0 : row.askedAt;
}

function missing(id: string): ReturnType<typeof refused> {
  return refused('not-found', `there is no approval \`${id}\``);
}

/** Returns an ask for who decides on it, once it is noted that they are shown it. */
export async function openAsk(
  { guard, decisions }: Pick<ApprovalsNeeds, 'guard' | 'decisions'>,
  id: string,
  by: string,
): Promise<Served<ShownCase>> {
  const found = guard.asks.find(id);
  if (found === undefined) return missing(id);
  // Whoever loads the page of a link again and again fills no log.
  const isNoted = by.startsWith('lnk_') && Object.hasOwn(found.ask.shown, by);
  const noted = isNoted ? null : await guard.asks.show(id, by);
  if (noted?.ok === false) return fromGuard(noted);
  const opened = await decisions.unsealed(found.ask.decision);
  if (!opened.ok) return opened;
  const asked = askedAction(opened.value);
  const gathered = asked === null ? null : guard.asks.gathered(id, asked);
  const earlier = asked === null ? [] : await decisions.earlier(found.ask.decision);
  const usual = asked === null ? null : usualOf(asked.action.args, earlier);
  const now = guard.asks.find(id) ?? found;
  return served(shownCase(now, opened.value, { gathered, usual, equal: equalTo(guard, now) }));
}

/** Returns what waits beside an ask for the very same action of the same agent. */
function equalTo({ asks }: ApprovalsNeeds['guard'], found: FoundAsk): readonly string[] {
  const waiting = asks.list({ state: 'pending', isOf: (agent) => agent === found.agent });
  const others = waiting.filter((other) => isSameAction(found, other));
  return others
    .map(({ ask }) => ask.id)
    .filter((id) => id !== found.ask.id)
    .slice(0, MOST_EQUAL);
}

type VotingAs = { readonly by: Caller; readonly shown: ShownProof };

const NOBODY: Served<never> = refused(
  'forbidden',
  "approvals are decided by people: use a person's own key",
);

async function voteAs(
  needs: ApprovalsNeeds,
  vote: CastVote,
  voting: VotingAs,
): Promise<Served<CountedVote>> {
  if (voting.by.person === null) return NOBODY;
  if (needs.guard.asks.find(vote.approval) === undefined) return missing(vote.approval);
  const proven = await proveVotes(needs.proving, [vote], voting);
  return proven.ok ? castAs(needs, vote, { ...voting, proven: proven.value }) : proven;
}

async function castAs(
  needs: ApprovalsNeeds,
  vote: CastVote,
  { by, proven }: { readonly by: Caller; readonly proven: Proven | null },
): Promise<Served<CountedVote>> {
  if (by.person === null) return NOBODY;
  const voter = await needs.people.voterOf(by.person);
  return castVote(needs, vote, {
    voter,
    by: by.id,
    mechanism: proven?.mechanism ?? by.mechanism ?? 'key',
  });
}

/** Takes a vote down as it is; whether its person was proved is for who calls. */
export async function castVote(
  { guard, people, seats }: VoteNeeds,
  { approval, outcome, reason }: CastVote,
  who: { readonly voter: Voter; readonly by: string; readonly mechanism: string },
): Promise<Served<CountedVote>> {
  const found = guard.asks.find(approval);
  if (found === undefined) return missing(approval);
  const barred = await people.namesBehind(found.openedBy ?? '');
  const givers = await seats.giversOf(who.voter.id);
  const counted = await guard.asks.vote({ ask: approval, barred, givers, outcome, reason, ...who });
  if (!counted.ok) return fromGuard(counted);
  const { index, found: now } = counted.value;
  return served({ index, approval: rowOfAsk(now) });
}

// One after the other, so that each is judged by what the one before left.
async function voteAll(
  needs: ApprovalsNeeds,
  votes: readonly CastVote[],
  voting: VotingAs,
): Promise<readonly BatchResult[]> {
  const proven = await proveVotes(needs.proving, votes, voting);
  // What is not there is no measure for the others.
  const [first] = votes.flatMap(({ approval }) => needs.guard.asks.find(approval) ?? []);
  const results: BatchResult[] = [];
  for (const vote of votes) {
    const id = vote.approval;
    const found = needs.guard.asks.find(id);
    const isEqual = found === undefined || isSameAction(found, first);
    const voted = isEqual
      ? await castProven(needs, vote, { by: voting.by, proven })
      : refused('conflict', UNEQUAL);
    results.push(voted.ok ? { ok: true, id, ...voted.value } : { ...voted, id });
  }
  return results;
}

/** Without the batch's proof nothing of it is approved; what is denied is denied all the same. */
async function castProven(
  needs: ApprovalsNeeds,
  vote: CastVote,
  { by, proven }: { readonly by: Caller; readonly proven: Served<Proven | null> },
): Promise<Served<CountedVote>> {
  if (!proven.ok && vote.outcome === 'approve') return proven;
  return castAs(needs, vote, { by, proven: proven.ok ? proven.value : null });
}

const UNEQUAL = 'it is not for the same action as the first of the batch: vote on it by itself';

function isSameAction(one: FoundAsk, other: FoundAsk | undefined): boolean {
  return one.agent === other?.agent && one.ask.action === other.ask.action;
}

async function viewLink(needs: ApprovalsNeeds, token: string): Promise<Served<LinkView>> {
  const link = needs.links.read(token);
  if (link === undefined) return served({ state: 'unknown' });
  const state = stateOf(needs, link);
  if (state !== 'open') return served({ state });
  const shown = await openAsk(needs, link.ask, link.link);
  return shown.ok ? served({ state: 'open', link, shown: shown.value }) : shown;
}

function stateOf({ guard }: ApprovalsNeeds, { ask: id, link }: ReadLink): LinkView['state'] {
  const ask = guard.asks.find(id)?.ask;
  if (ask === undefined) return 'unknown';
  if (ask.votes.some(({ by }) => by === link)) return 'used';
  return ask.state === 'pending' ? 'open' : 'ended';
}

async function voteByLink(
  needs: ApprovalsNeeds,
  token: string,
  vote: Pick<CastVote, 'outcome' | 'reason'>,
): Promise<Served<LinkView | CountedVote>> {
  const link = needs.links.read(token);
  if (link === undefined) return served({ state: 'unknown' });
  const state = stateOf(needs, link);
  if (state !== 'open') return served({ state });
  const barred = whyNotByLink(needs.proving, vote);
  if (barred !== null) return barred;
  const voter = await needs.people.find(link.person, []);
  if (voter === undefined) return served({ state: 'unknown' });
  const whole = { ...vote, approval: link.ask };
  return castVote(needs, whole, { voter, by: link.link, mechanism: 'link' });
}

async function voteFrom(
  needs: ApprovalsNeeds,
  vote: CastVote,
  { person, by, mechanism }: Recognised,
): Promise<Served<CountedVote>> {
  if (needs.guard.asks.find(vote.approval) === undefined) return missing(vote.approval);
  const barred = whyNotByLink(needs.proving, vote);
  if (barred !== null) return barred;
  const voter = await needs.people.find(person, []);
  if (voter === undefined) return refused('forbidden', 'every key of this person was revoked');
  return castVote(needs, vote, { voter, by, mechanism });
}
