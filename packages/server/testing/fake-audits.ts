import type { Audits, ShownAudit, ShownFigures } from '../src/services/audits/audits.ts';
import type { Served } from '../src/services/services.ts';

const AUDIT: ShownAudit = {
  audit: 'aud_0123456789abcdef',
  agent: 'refunds',
  state: 'drawn',
  begunAt: 1,
  endedAt: 2,
  dueAt: null,
  rate: 5,
  percent: 10,
  raised: 'stated',
  reason: 'it looks too good',
  sessions: 40,
  leftOut: 0,
  drawn: 4,
  judged: 1,
  erased: 0,
  complaint: null,
  entries: [5],
};

const FIGURES: ShownFigures = {
  audit: AUDIT.audit,
  agent: 'refunds',
  begunAt: 1,
  endedAt: 2,
  strata: [
    {
      stratum: 'resolved',
      count: 40,
      drawn: 4,
      judged: 1,
      erased: 0,
      accurate: { count: 1, of: 1, share: 1, low: 0.2, high: 1 },
      claims: { right: 2, wrong: 0, unsure: 0 },
    },
  ],
  claimed: 1,
  audited: { share: 1, low: 0.2, high: 1 },
  gap: 0,
  isWide: false,
  unknown: 0,
};

/** A service of audits that answers from nowhere. */
export function fakeAudits(
  served: <T>(name: string, value: T) => Promise<Served<T> & { ok: true }>,
): Audits {
  const item = `${AUDIT.audit}-1`;
  return {
    begin: () => served('audits.begin', AUDIT),
    draw: () => served('audits.draw', AUDIT),
    list: () => Promise.resolve([AUDIT]),
    queue: () => Promise.resolve([{ item, audit: AUDIT.audit, agent: 'refunds', drawnAt: 2 }]),
    show: () =>
      served('audits.show', {
        item,
        agent: 'refunds',
        task: null,
        attributes: {},
        turns: [{ kind: 'message' as const, from: 'principal' as const, text: 'refund 40' }],
        claims: [{ claim: 'c1', kind: 'statement' as const, text: 'it is refunded' }],
        leftOut: 0,
        isComplete: true,
      }),
    judge: () => served('audits.judge', { index: 8 }),
    figures: () => served('audits.figures', FIGURES),
    agentOf: () => Promise.resolve('refunds'),
    attention: () => [],
    tick: () => Promise.resolve(),
    stop: () => Promise.resolve(),
  };
}
