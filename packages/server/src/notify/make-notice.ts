import type { NoticeEvent, NotifyRules } from '../config/notify.ts';
import type { FoundAsk } from '../guard/ask-types.ts';
import { linkTo, placeOf } from './links.ts';
import { type Notice, noticeId, type Origin, plainName, threadId } from './notice.ts';
import type { Told } from './told.ts';

/** What notices are made with. */
export type NoticeMaking = {
  readonly origin: Origin;
  readonly rules: Pick<NotifyRules, 'url' | 'nextWordMs'>;
};

/** Where an entry stands, and of whom it is. */
export type Standing = {
  readonly index: number;
  readonly at: number;
  readonly agent: string | null;
};

/** Returns the notice of what an entry tells; `thread` where it follows from an id. */
export function noticeOfEntry(
  { origin, rules }: NoticeMaking,
  told: Told,
  { index, at, agent, thread }: Standing & { readonly thread?: string | undefined },
): Notice {
  const { event, severity, phase, about, title, facts, once, isIncident = false, of } = told;
  const id =
    once === undefined ? noticeId(origin, index, at, event) : noticeId(origin, event, once);
  return {
    id,
    thread: thread ?? threadId(origin, ...about),
    event,
    severity,
    phase,
    at,
    agent,
    index,
    title,
    facts,
    link: linkTo(rules.url, placeOf({ agent, ...of })),
    nextWordAt: isIncident ? at + rules.nextWordMs : null,
    approval: null,
  };
}

/** An approval as far as messages name it. */
export type AskedApproval = {
  readonly id: string;
  readonly agent: string;
  readonly tool: string;
  readonly rules: readonly string[];
  readonly people: number;
  readonly askedAt: number;
  readonly expiresAtMs: number;
};

/** Returns what messages say of an ask. */
export function askedOf({ agent, ask }: FoundAsk): AskedApproval {
  const { id, tool, requirements, askedAt, expiresAtMs } = ask;
  return {
    id,
    agent,
    tool,
    rules: requirements.map(({ rule }) => rule),
    people: Math.max(1, ...requirements.map(({ quorum }) => quorum)),
    askedAt,
    expiresAtMs,
  };
}

type AskEvent = Extract<NoticeEvent, 'approval-asked' | 'approval-soon' | 'approval-ended'>;

/** Returns the notice of what happened to an approval. */
export function noticeOfAsk(
  { origin, rules }: NoticeMaking,
  ask: AskedApproval,
  of: {
    readonly event: AskEvent;
    readonly at: number;
    readonly index: number | null;
    /** What it came to. */
    readonly state: string;
  },
): Notice {
  const { event, at, index, state } = of;
  const isOver = event === 'approval-ended';
  const what = `agent \`${ask.agent}\` and tool \`${plainName(ask.tool)}\``;
  const titles: Readonly<Record<AskEvent, string>> = {
    'approval-asked': `approval wanted for ${what}`,
    'approval-soon': `approval for ${what} runs out soon and is then denied`,
    'approval-ended': `approval for ${what} is over: ${plainName(state)}`,
  };
  return {
    id: noticeId(origin, event, ask.id),
    thread: threadId(origin, 'approval', ask.id),
    event,
    severity: event === 'approval-soon' ? 'high' : isOver ? 'low' : 'medium',
    phase: event === 'approval-asked' ? 'opens' : isOver ? 'closes' : 'updates',
    at,
    agent: ask.agent,
    index,
    title: titles[event],
    facts: [
      ['approval', ask.id],
      ['agent', ask.agent],
      ['tool', plainName(ask.tool)],
      ['rules', ask.rules.map(plainName).join(', ')],
      ['people', `${ask.people}`],
      ['until', new Date(ask.expiresAtMs).toISOString()],
      ...(isOver ? [['outcome', plainName(state)] as const] : []),
    ],
    link: linkTo(rules.url, { page: 'approvals', id: ask.id }),
    nextWordAt: null,
    approval: ask.id,
  };
}

/** Returns a notice of the daemon itself, which stands in no entry of its own. */
export function ownNotice(
  { origin, rules }: NoticeMaking,
  of: Pick<Notice, 'event' | 'severity' | 'phase' | 'at' | 'title' | 'facts'> &
    Partial<Pick<Notice, 'agent' | 'nextWordAt' | 'thread' | 'index'>> & {
      /** What tells it apart. */
      readonly once: string;
    },
): Notice {
  const { once, ...rest } = of;
  return {
    id: noticeId(origin, of.event, once),
    thread: threadId(origin, of.event, once),
    agent: null,
    index: null,
    link: linkTo(rules.url, placeOf(of)),
    nextWordAt: null,
    approval: null,
    ...rest,
  };
}
