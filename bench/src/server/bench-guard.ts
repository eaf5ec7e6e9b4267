import { join } from 'node:path';

import type { CompiledPact, JsonObject } from '@plumbline/core';
import { GUARD_BOUNDS } from '@plumbline/server/source/guard/desk';
import type { Guard, Outcome } from '@plumbline/server/source/guard/guard';
import { openGuard } from '@plumbline/server/source/guard/open-guard';
import type { Log } from '@plumbline/server/source/ledger/log';
import { Recorder } from '@plumbline/server/source/record/recorder';
import { Subjects } from '@plumbline/server/source/seal/subjects';
import { openVault } from '@plumbline/server/source/store/embedded/vault';

import type { Enforcement } from './calls.ts';
import { openBenchLog, publishing } from './ledger-log.ts';
import { AGENT, OPENING, workloadPact } from './workload.ts';

/** A guard over a log and a vault on the disk, with one armed agent; no sockets around it. */
export type BenchGuard = {
  readonly guard: Guard;
  readonly log: Log;
  readonly close: () => Promise<void>;
};

/** Opens what a folder holds, or begins it. The checkpoint is published every second. */
export async function openBenchGuard(
  folder: string,
  agents: readonly string[] = [],
): Promise<BenchGuard> {
  const log = await openBenchLog(folder);
  const vault = openVault({ file: join(folder, 'vault.db'), rootKey: new Uint8Array(32).fill(9) });
  const names = [AGENT, ...agents];
  const pacts = new Map(names.map((agent) => [agent, workloadPact(agent)]));
  const byDigest: ReadonlyMap<string, CompiledPact> = new Map(
    [...pacts.values()].map((pact) => [pact.digest, pact]),
  );
  const { guard, armAll } = await openGuard({
    sequencer: log,
    recorder: new Recorder({ sequencer: log }),
    subjects: new Subjects(vault),
    pactOf: (digest) => Promise.resolve(byDigest.get(digest)),
    clocks: { now: Date.now, monotonicMs: () => performance.now() },
    bounds: { ...GUARD_BOUNDS, waiting: 4_096 },
    sources: [],
  });
  await armAll();
  for (const [agent, pact] of pacts) {
    if (guard.status(agent) !== undefined) continue;
    given(await guard.addAgent(agent, 'bench'));
    given(await guard.arm(agent, pact));
  }
  const stopPublishing = publishing(log);
  const close = async (): Promise<void> => {
    await guard.close();
    await stopPublishing();
    await log.close();
    await vault.close();
  };
  return { guard, log, close };
}

/** Returns the value of an outcome; a refusal ends the benchmark. */
export function given<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new Error(`${outcome.error.code}: ${outcome.error.message}`);
}

/** Returns a guard in this program as enforcement points and openers call it. */
export function enforcementOf(guard: Guard): Enforcement {
  const rest = { name: null, subject: null, openedBy: 'bench' };
  return {
    open: async (agent, principal) => {
      const opened = await guard.openSession({ agent, ...OPENING, ...rest, principal });
      return given(opened).session;
    },
    close: async (of) => given(await guard.closeSession(of)),
    decide: async ({ args, ...action }) => {
      // The arguments of the workload are JSON.
      const asked = { ...action, args: args as JsonObject };
      const { decision, permit, say } = given(await guard.decide(asked));
      if (permit === null) throw new Error(`\`${action.tool}\` was not let through: ${say}`);
      return { decision, token: permit.token };
    },
    redeem: (permit) => given(guard.redeem(permit)),
    outcome: async (report) => given(await guard.outcome({ ...report, records: null })),
  };
}
