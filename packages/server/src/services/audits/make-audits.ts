import type { AuditBook, AuditItem } from '@plumbline/core';

import type { Caller } from '../../routes/caller.ts';
import { isFor } from '../../routes/rights.ts';
import { served } from '../served.ts';
import type { Served } from '../services.ts';
import { makeTurns } from '../turns.ts';
import type { Audits, QueuedItem, ShownAudit } from './audits.ts';
import { beginAudit, drawAudit, drawEnded, type DrawNeeds } from './draw-audit.ts';
import { judgeItem, type JudgeNeeds, showItem } from './judge-interaction.ts';
import { shownAudits, shownFigures } from './show-audits.ts';

/** What audits stand on. */
export type AuditsNeeds = DrawNeeds & JudgeNeeds;

const MOST_QUEUED = 1_000;
/** A period that holds so many sessions is drawn from before its time. */
const FULL = 10_000;
const ITSELF = { id: 'plumbline' };

/** Returns the service of audits. */
export function makeAudits(needs: AuditsNeeds): Audits {
  const turn = makeTurns();
  const { followed } = needs;
  const book = async (): Promise<AuditBook> => {
    await followed.caughtUp();
    return followed.book();
  };
  const auditOf = async (audit: Served<string>): Promise<Served<ShownAudit>> => {
    if (!audit.ok) return audit;
    const shown = shownAudits(await book(), null).find((each) => each.audit === audit.value);
    if (shown === undefined) throw new Error(`bug: \`${audit.value}\` is in no book`);
    return served(shown);
  };
  return {
    begin: (agent, by) => turn(agent, async () => auditOf(await beginAudit(needs, agent, by))),
    draw: (of, by) => turn(of.agent, async () => auditOf(await drawAudit(needs, of, by))),
    list: async (agent) => shownAudits(await book(), agent),
    queue: async (agent, by) => queueOf(await book(), agent, by),
    show: (item, by) => showItem(needs, item, by),
    judge: (judgement, by) => turn(judgement.item, () => judgeItem(needs, judgement, by)),
    figures: async (of) => shownFigures(await book(), of),
    agentOf: async (id) => agentIn(await book(), id),
    attention: () => attentionOf(followed.book()),
    tick: () => tick(needs, turn),
    stop: () => followed.stop(),
  };
}

/** Ranks mix what the agent reported, so that the order of a queue tells nothing of it. */
function queueOf(book: AuditBook, agent: string | null, by: Caller): readonly QueuedItem[] {
  const rows = book.drawn(agent).flatMap(({ items, drawnAt }) => {
    return waitingIn(book, items).map((item) => ({ item, drawnAt }));
  });
  const own = rows.filter(({ item }) => isFor(by, item.agent) && !item.hands.has(by.id));
  return own.slice(0, MOST_QUEUED).map(({ item: { item, audit, agent: whose }, drawnAt }) => {
    return { item, audit, agent: whose, drawnAt };
  });
}

function waitingIn(book: AuditBook, items: readonly AuditItem[]): readonly AuditItem[] {
  return items.filter((item) => item.judgement === null && !book.isErased(item));
}

function agentIn(book: AuditBook, id: string): string | undefined {
  const item = book.item(id);
  if (item !== undefined) return item.agent;
  return shownAudits(book, null).find(({ audit }) => audit === id)?.agent;
}

function attentionOf(book: AuditBook): readonly string[] {
  const drawn = book.drawn(null);
  const waiting = drawn.reduce((sum, { items }) => sum + waitingIn(book, items).length, 0);
  const held = book.undrawn().length;
  const broken = drawn.filter(({ complaint }) => complaint !== null).length;
  return [
    ...(waiting === 0
      ? []
      : [
          waiting === 1
            ? 'one drawn session waits for a reviewer'
            : `${waiting} drawn sessions wait for a reviewer`,
        ]),
    ...(held === 0 ? [] : [`${held} audits have ended and could not be drawn from`]),
    ...(broken === 0 ? [] : [`${broken} draws are not what follows from the record`]),
  ];
}

async function tick(needs: AuditsNeeds, turn: ReturnType<typeof makeTurns>): Promise<void> {
  const { followed, rules, clock, hasAgent } = needs;
  const missing = rules.agents.filter(
    (agent) => hasAgent(agent) && !followed.book().isAudited(agent),
  );
  for (const agent of missing) await turn(agent, () => beginAudit(needs, agent, ITSELF));
  for (const { agent, dueAt, sessions } of followed.book().running()) {
    const isDue = (dueAt !== null && dueAt <= clock()) || sessions.length >= FULL;
    if (!isDue || sessions.length === 0) continue;
    await turn(agent, () => drawAudit(needs, { agent, raise: null }, ITSELF));
  }
  for (const { agent } of followed.book().undrawn()) {
    await turn(agent, () => drawEnded(needs, agent));
  }
}
