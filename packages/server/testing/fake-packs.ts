import type { PackPlan, Packs } from '../src/services/packs/packs.ts';
import type { Served } from '../src/services/services.ts';

const PLAN: PackPlan = {
  agents: ['refunds'],
  sessions: 1,
  earlier: 0,
  entries: 7,
  sealed: 5,
  bytes: { closed: 20_000, opened: 25_000 },
};

/** A service of packs that answers from nowhere: its archive is two parts of text. */
export function fakePacks(
  served: <T>(name: string, value: T) => Promise<Served<T> & { ok: true }>,
): Packs {
  return {
    plan: () => served('packs.plan', PLAN),
    start: () =>
      served('packs.start', {
        name: 'evidence-s1-2026-03-01.tar.gz',
        plan: PLAN,
        run: async (_signal, take) => {
          await take(Buffer.from('one '));
          await take(Buffer.from('two'));
        },
      }),
  };
}
