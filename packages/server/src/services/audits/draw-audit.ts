import { randomBytes } from 'node:crypto';
import { commitmentTo, drawFrom, type JsonObject, openOfDraw } from '@plumbline/core';

import type { Caller } from '../../routes/caller.ts';
import type { Vault } from '../../store/vault.ts';
import { refused, served } from '../served.ts';
import type { Served } from '../services.ts';
import type { WriteEntry } from '../write-entry.ts';
import type { AuditRules } from './audits.ts';
import type { FollowedAudits } from './follow-audits.ts';
import { mac } from './mac.ts';

/** What periods are begun and drawn from with. */
export type DrawNeeds = {
  readonly followed: FollowedAudits;
  readonly vault: Pick<Vault, 'secret' | 'putSecret' | 'removeSecret'>;
  readonly write: WriteEntry;
  readonly clock: () => number;
  readonly rules: AuditRules;
  readonly hasAgent: (agent: string) => boolean;
};

/** Commits to a seed for the sessions that close from now on. Returns the audit's id. */
export async function beginAudit(
  needs: DrawNeeds,
  agent: string,
  by: Pick<Caller, 'id'>,
): Promise<Served<string>> {
  if (!needs.hasAgent(agent)) return refused('unknown-agent', `there is no agent \`${agent}\``);
  await needs.followed.caughtUp();
  const running = runningOf(needs, agent);
  if (running === undefined) return writeBegun(needs, { agent, after: null, by: by.id });
  return refused('conflict', `\`${running.audit}\` of \`${agent}\` runs already: draw from it`);
}

/**
 * Ends an agent's period and draws from it. Returns the id of the audit that was drawn.
 *
 * raise: why the raised rate is asked for; null: the rule alone says how much is drawn.
 */
export async function drawAudit(
  needs: DrawNeeds,
  { agent, raise }: { readonly agent: string; readonly raise: string | null },
  by: Pick<Caller, 'id'>,
): Promise<Served<string>> {
  if (!needs.hasAgent(agent)) return refused('unknown-agent', `there is no agent \`${agent}\``);
  await needs.followed.caughtUp();
  // One that a crash or a full disk held up comes first.
  const unfinished = await drawEnded(needs, agent);
  if (!unfinished.ok) return unfinished;
  const running = runningOf(needs, agent);
  if (running === undefined) {
    const next = 'begin an audit first: what closes from then on is drawn from';
    return refused('conflict', `no audit of \`${agent}\` runs; ${next}`);
  }
  if (running.sessions.length === 0) {
    return refused('conflict', `no session of \`${agent}\` has closed since \`${running.audit}\``);
  }
  const after = { audit: running.audit, raise };
  const begun = await writeBegun(needs, { agent, after, by: by.id });
  if (!begun.ok) return begun;
  const drawn = await drawEnded(needs, agent);
  if (!drawn.ok) return drawn;
  const isHeld = needs.followed
    .book()
    .undrawn()
    .some(({ audit }) => audit === running.audit);
  if (!isHeld) return served(running.audit);
  const next = 'put back a vault that holds it; the next period runs meanwhile';
  return refused('unavailable', `the seed of \`${running.audit}\` is not in the vault: ${next}`);
}

/** Draws from whatever has ended and was not drawn from, of one agent or of all. */
export async function drawEnded(needs: DrawNeeds, agent: string | null): Promise<Served<null>> {
  for (const period of needs.followed.book().undrawn()) {
    if (agent !== null && period.agent !== agent) continue;
    const name = secretOf(period.audit);
    const secret = await needs.vault.secret(name);
    // A vault from before the period does not hold it, and the other audits go on.
    if (secret === undefined) continue;
    const seed = Buffer.from(secret).toString('hex');
    const open = openOfDraw(period, seed, drawFrom(period, seed, mac));
    const written = await needs.write({ kind: 'audit_drawn', agent: period.agent, open });
    if (!written.ok) return written;
    await needs.followed.caughtUp();
    await needs.vault.removeSecret(name);
  }
  return served(null);
}

type Begun = {
  readonly agent: string;
  readonly after: { readonly audit: string; readonly raise: string | null } | null;
  readonly by: string;
};

/** The seed is kept before anything commits to it: one that is lost draws nothing. */
async function writeBegun(needs: DrawNeeds, { agent, after, by }: Begun): Promise<Served<string>> {
  const { vault, write, followed, rules, clock } = needs;
  const audit = `aud_${randomBytes(8).toString('hex')}`;
  const seed = randomBytes(32);
  await vault.putSecret(secretOf(audit), seed);
  const { rate, raised, tooGood, everyMs } = rules;
  const open: JsonObject = {
    audit,
    commitment: commitmentTo(seed.toString('hex')),
    rate,
    raised,
    tooGood,
    dueAt: everyMs === null ? null : clock() + everyMs,
    after,
    by,
  };
  const written = await write({ kind: 'audit_begun', agent, open });
  if (!written.ok) return written;
  await followed.caughtUp();
  return served(audit);
}

function runningOf(
  { followed }: DrawNeeds,
  agent: string,
): { readonly audit: string; readonly sessions: readonly unknown[] } | undefined {
  return followed
    .book()
    .running()
    .find((each) => each.agent === agent);
}

function secretOf(audit: string): string {
  return `audit-seed:${audit}`;
}
