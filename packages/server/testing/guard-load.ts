import type { JsonObject } from '@plumbline/core';

import type { Guard } from '../src/guard/guard.ts';
import { ADA, valueOf } from './guard-scene.ts';

/** What one run came to. Times are ms. */
export type Load = { readonly cycles: number; readonly tookMs: number; readonly p99Ms: number };

/** What writers do, each one thing after the other. */
export type LoadOptions = {
  readonly writers: number;
  readonly cycles: number;
  /** `intent`: decide alone, `cycle`: decide, redeem and report. */
  readonly what: 'intent' | 'cycle';
};

const CALLS: readonly { readonly tool: string; readonly args: JsonObject }[] = [
  { tool: 'orders.get', args: { id: 'o-100' } },
  { tool: 'notes.add', args: { text: 'The customer asked for the state of order o-100.' } },
  { tool: 'mail.send', args: { to: 'ada@example.com', body: 'It was sent today.', copies: 1 } },
];

/** Runs writers against a guard whose agent `support` is armed, and measures them. */
export async function runLoad(guard: Guard, options: LoadOptions): Promise<Load> {
  const times: number[] = [];
  const each = Math.ceil(options.cycles / options.writers);
  const from = performance.now();
  await Promise.all(
    Array.from({ length: options.writers }, (_, at) =>
      write(guard, options.what, { at, each, times }),
    ),
  );
  const tookMs = performance.now() - from;
  times.sort((one, other) => one - other);
  return { cycles: times.length, tookMs, p99Ms: times[Math.floor(times.length * 0.99)] ?? 0 };
}

type Writer = { readonly at: number; readonly each: number; readonly times: number[] };

// A session is closed after a while, as runs of agents end.
const CALLS_PER_SESSION = 50;

async function write(guard: Guard, what: LoadOptions['what'], writer: Writer): Promise<void> {
  let session = '';
  for (let step = 0; step < writer.each; step += 1) {
    if (step % CALLS_PER_SESSION === 0) {
      if (session !== '') valueOf(await guard.closeSession({ agent: 'support', session }));
      const principal = `person ${writer.at}`;
      session = valueOf(await guard.openSession({ ...ADA, principal })).session;
    }
    const started = performance.now();
    await cycle(guard, what, { session, step });
    writer.times.push(performance.now() - started);
  }
}

async function cycle(
  guard: Guard,
  what: LoadOptions['what'],
  { session, step }: { readonly session: string; readonly step: number },
): Promise<void> {
  const { tool, args } = CALLS[step % CALLS.length] ?? { tool: '', args: {} };
  const of = { agent: 'support', session } as const;
  const answer = valueOf(await guard.decide({ ...of, request: `r${step}`, tool, args }));
  if (what === 'intent') return;
  const { decision } = valueOf(
    guard.redeem({ agent: 'support', token: answer.permit?.token ?? '' }),
  );
  const result = { state: 'sent', at: '2026-01-01' };
  valueOf(await guard.outcome({ ...of, decision, status: 'ok', result, records: null }));
}
