import type { AuditItem, JsonObject } from '@plumbline/core';

import type { Label } from '../../guard/people.ts';
import type { Caller } from '../../routes/caller.ts';
import type { Vault } from '../../store/vault.ts';
import { refused, served } from '../served.ts';
import type { Recorded, Served } from '../services.ts';
import type { WriteEntry } from '../write-entry.ts';
import type { ClaimFinding, JudgementRequest } from './audits.ts';
import type { FollowedAudits } from './follow-audits.ts';
import { type HandsNeeds, whyNotJudge } from './may-judge.ts';
import { type PlacedClaim, readInteraction } from './read-interaction.ts';
import type { ShownInteraction } from './shown-interaction.ts';

/** What drawn sessions are shown and judged with. */
export type JudgeNeeds = HandsNeeds & {
  readonly followed: FollowedAudits;
  readonly vault: Pick<Vault, 'subjectKey'>;
  readonly write: WriteEntry;
  readonly pseudonymOf: (person: string) => string;
  readonly caughtUp: () => Promise<void>;
};

/** Opens a drawn session for a reviewer, without what the agent reported. A `read` is recorded. */
export async function showItem(
  needs: JudgeNeeds,
  id: string,
  by: Caller,
): Promise<Served<ShownInteraction>> {
  const found = await openItem(needs, id, by);
  if (!found.ok) return found;
  const item = found.value;
  const { agent, session } = item;
  const open = { by: by.id, session, decision: null, audit: id };
  const written = await needs.write({ kind: 'read', agent, open });
  if (!written.ok) return written;
  const read = await readInteraction(needs, item);
  if (read === null) return gone(id);
  const claims = read.claims.map(({ claim, kind, text }) => ({ claim, kind, text }));
  return served({ ...read, item: id, agent, claims });
}

/** Takes a person's word on a drawn session down, claim by claim. */
export async function judgeItem(
  needs: JudgeNeeds,
  request: JudgementRequest,
  by: Caller,
): Promise<Served<Recorded>> {
  const found = await openItem(needs, request.item, by);
  if (!found.ok) return found;
  const item = found.value;
  const read = await readInteraction(needs, item);
  const subject = item.subject;
  const key = subject === null ? undefined : await needs.vault.subjectKey(subject);
  if (read === null || subject === null || key === undefined) return gone(item.item);
  const wrong = whyNotWhole(read.claims, request.claims);
  if (wrong !== null) return wrong;
  const { person } = by;
  if (person === null) throw new Error('bug: only people judge');
  const written = await needs.write({
    kind: 'audit_judged',
    agent: item.agent,
    open: {
      audit: item.audit,
      item: item.item,
      session: item.session,
      resolved: request.resolved,
      claims: countsOf(request.claims),
      labels: labelsOf(read.claims, request.claims),
      by: by.id,
      person: needs.pseudonymOf(person.id),
    },
    sealed: { secret: secretOf(read.claims, request), subject: { id: subject, key } },
  });
  if (!written.ok) return written;
  await needs.followed.caughtUp();
  return served({ index: written.value.index });
}

/** Returns a drawn session that its caller may look at and judge now. */
async function openItem(needs: JudgeNeeds, id: string, by: Caller): Promise<Served<AuditItem>> {
  await needs.followed.caughtUp();
  await needs.caughtUp();
  const book = needs.followed.book();
  const item = book.item(id);
  if (item === undefined) return refused('not-found', `nothing was drawn as \`${id}\``);
  if (item.judgement !== null) return refused('conflict', `\`${id}\` was judged already`);
  if (book.isErased(item)) return gone(id);
  return (await whyNotJudge(needs, item, by)) ?? served(item);
}

function gone(id: string): ReturnType<typeof refused> {
  return refused(
    'not-found',
    `whose session \`${id}\` was is erased: nobody can judge it any more`,
  );
}

type Refusal = ReturnType<typeof refused>;

function whyNotWhole(
  claims: readonly PlacedClaim[],
  findings: readonly ClaimFinding[],
): Refusal | null {
  const known = new Set(claims.map(({ claim }) => claim));
  const said = new Set<string>();
  for (const [place, { claim, finding, label }] of findings.entries()) {
    const at = `claims[${place}]`;
    if (!known.has(claim)) return refused('bad-request', `there is no claim \`${claim}\``, { at });
    if (said.has(claim)) return refused('bad-request', `\`${claim}\` is judged twice`, { at });
    if (label !== undefined && (finding !== 'wrong' || label === 'should-allow')) {
      return refused('bad-request', 'a label says what a wrong claim should have been', { at });
    }
    said.add(claim);
  }
  const missing = claims.flatMap(({ claim }) => (said.has(claim) ? [] : [claim]));
  if (missing.length === 0) return null;
  const which = missing.slice(0, 10).join(', ');
  return refused('bad-request', `every claim is judged; missing: ${which}`, { at: 'claims' });
}

function countsOf(findings: readonly ClaimFinding[]): JsonObject {
  const count = (kind: ClaimFinding['finding']): number =>
    findings.filter(({ finding }) => finding === kind).length;
  return { right: count('right'), wrong: count('wrong'), unsure: count('unsure') };
}

/** A decision is right when all of it is, wrong when any of it is; of others nothing is said. */
function labelsOf(
  claims: readonly PlacedClaim[],
  findings: readonly ClaimFinding[],
): readonly JsonObject[] {
  const decisions = [...new Set(claims.map(({ decision }) => decision))];
  return decisions.flatMap((decision): readonly JsonObject[] => {
    const own = claims.filter((claim) => claim.decision === decision);
    const said = own.flatMap(({ claim, kind }) => {
      return findings.filter((each) => each.claim === claim).map((each) => ({ ...each, kind }));
    });
    const wrong = said.filter(({ finding }) => finding === 'wrong');
    const label = wrong.length > 0 ? labelOf(wrong) : 'should-allow';
    const isSure = wrong.length > 0 || said.every(({ finding }) => finding === 'right');
    return isSure ? [{ decision, label }] : [];
  });
}

type Wrong = ClaimFinding & { readonly kind: PlacedClaim['kind'] };

/** What was said falsely had wrong arguments; what was done wrongly should not have been done. */
function labelOf(wrong: readonly Wrong[]): Label {
  const given = wrong.find(({ label }) => label !== undefined)?.label;
  const isAction = wrong.some(({ kind }) => kind === 'action');
  return given ?? (isAction ? 'should-deny' : 'wrong-arguments');
}

function secretOf(
  claims: readonly PlacedClaim[],
  { claims: findings, note: whole }: JudgementRequest,
): JsonObject {
  const byId = new Map(findings.map((each) => [each.claim, each]));
  return {
    note: whole,
    claims: claims.map(({ claim, kind, text, decision }) => {
      const found = byId.get(claim);
      const [note, label] = [found?.note ?? null, found?.label ?? null];
      const said = { finding: found?.finding ?? 'unsure', label, note };
      return { claim, kind, text, decision, ...said };
    }),
  };
}
