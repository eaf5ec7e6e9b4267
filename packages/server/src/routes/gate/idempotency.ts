import { hash } from 'node:crypto';

import type { Problem } from '../problem.ts';
import type { Reply } from '../route.ts';

/** One request that may come again. `body` is its bytes, `operation` its method and path. */
export type Repeatable = {
  readonly caller: string;
  readonly key: string;
  readonly operation: string;
  readonly body: Uint8Array;
  /** Whether its answer must not be kept. */
  readonly isSecret: boolean;
};

/** Answers a request once, however often it is sent. */
export type Idempotency = (asked: Repeatable, run: () => Promise<Reply>) => Promise<Reply>;

type Kept = {
  readonly digest: string;
  readonly until: number;
  readonly reply: Promise<Reply>;
};

/** How many answers are kept for one caller, and for how many callers, and how long. */
const KEPT = { perCaller: 1000, callers: 1000, ms: 24 * 3_600_000 } as const;

const KEY = /^[\x21-\x7e]{1,200}$/;

/**
 * Returns a table of answers by caller and `Idempotency-Key`. The oldest go first; they do not
 * outlive the program. What was not done (503, 500) is not kept, so that sending again tries again.
 */
export function createIdempotency(clock: () => number): Idempotency {
  const callers = new Map<string, Map<string, Kept>>();
  return async (asked, run) => {
    if (!KEY.test(asked.key)) {
      return refusal('bad-request', 'must be 1 to 200 visible characters');
    }
    const own = callers.get(asked.caller) ?? new Map<string, Kept>();
    renew(callers, { key: asked.caller, value: own, bound: KEPT.callers });
    const digest = digestOf(asked);
    const kept = own.get(asked.key);
    if (kept !== undefined && kept.until > clock()) {
      return kept.digest === digest
        ? kept.reply
        : refusal('conflict', 'was used for another request');
    }
    const reply = run();
    const entry = { digest, until: clock() + KEPT.ms, reply };
    renew(own, { key: asked.key, value: entry, bound: KEPT.perCaller });
    const given = await settle(reply, () => own.delete(asked.key));
    if (asked.isSecret && given.kind === 'json')
      own.set(asked.key, { ...entry, reply: Promise.resolve(ONCE) });
    if (!isDone(given)) own.delete(asked.key);
    return given;
  };
}

const ONCE = refusal('conflict', 'was used, and the secret is answered once: make another key');

async function settle(reply: Promise<Reply>, forget: () => void): Promise<Reply> {
  try {
    return await reply;
  } catch (error) {
    forget();
    throw error;
  }
}

function isDone(reply: Reply): boolean {
  if (reply.kind !== 'problem') return true;
  return !['unavailable', 'overloaded', 'not-armed', 'internal'].includes(reply.problem.code);
}

function refusal(code: Problem['code'], what: string): Reply {
  return { kind: 'problem', problem: { code, detail: `\`Idempotency-Key\` ${what}` } };
}

function digestOf({ operation, body }: Repeatable): string {
  return `${operation} ${hash('sha256', body, 'hex')}`;
}

function renew<T>(
  table: Map<string, T>,
  { key, value, bound }: { readonly key: string; readonly value: T; readonly bound: number },
): void {
  table.delete(key);
  table.set(key, value);
  const [oldest] = table.keys();
  if (table.size > bound && oldest !== undefined) table.delete(oldest);
}
