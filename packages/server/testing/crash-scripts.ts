import assert from 'node:assert/strict';
import type { LogOptions } from '../src/ledger/log-options.ts';
import { recordingSigners, type Script, tell, type Told, walkOnce } from './crash-walk.ts';
import { fill, openTestLog, submission } from './log-scene.ts';
import { SimulatedDisk, type Trouble } from './simulated-disk.ts';

/** A script with what its log is opened with. */
export type Walk = {
  readonly script: Script;
  readonly given: (told: Told) => Partial<LogOptions>;
  /** How many entries stand in the log before the script begins. */
  readonly prefilled: number;
};

const continues: LogOptions['continues'] = ({ origin, size }) =>
  submission(`continues ${origin} of ${size}`);

/** Publishes across the edge of a tile. */
export const publishing: Walk = {
  script: async (log, told) => {
    for (const text of ['a', 'b', 'c']) {
      await tell(log, told, text);
      await tell(log, told, `${text} again`);
      await log.publish();
    }
  },
  given: (told) => ({ signers: recordingSigners(told, 1) }),
  prefilled: 253,
};

/** Hands the log over to another key between two entries. */
export const rotating: Walk = {
  script: async (log, told) => {
    await tell(log, told, 'under the first key');
    if (log.status().nextIndex < 5) {
      const { origin } = log.status();
      const [successor] = recordingSigners(told, 2)(origin);
      assert.ok(successor);
      await log.rotate(successor);
    }
    await tell(log, told, 'under the second key');
    await log.publish();
  },
  given: (told) => ({ signers: recordingSigners(told, 1, 2) }),
  prefilled: 2,
};

/** Rolls the log over. */
export const rolling: Walk = {
  script: async (log, told) => {
    await tell(log, told, 'the last but one');
    await log.roll(({ origin }) => submission(`rolled over to ${origin}`));
  },
  given: (told) => ({ signers: recordingSigners(told, 1), continues }),
  prefilled: 3,
};

/** Runs a walk on a fresh machine that `harm` harms once the log is prefilled. */
export async function walk(
  { script, given, prefilled }: Walk,
  seed: number,
  harm: (machine: SimulatedDisk) => void,
): Promise<SimulatedDisk> {
  const machine = new SimulatedDisk(seed);
  const told: Told = { signed: [], acknowledged: new Map() };
  const options = given(told);
  const first = await openTestLog(machine.mount(), options);
  await fill(first, prefilled);
  await first.close();
  harm(machine);
  await walkOnce(machine, told, { script, given: options });
  return machine;
}

/** Returns how many operations on the disk a walk takes from its start to its end. */
export async function stepsOf(wanted: Walk): Promise<number> {
  let before = 0;
  let after = 0;
  const counted: Walk = {
    ...wanted,
    script: async (log, told) => {
      await wanted.script(log, told);
      await log.close();
      after = machine?.trace.length ?? 0;
    },
  };
  let machine: SimulatedDisk | undefined;
  await walk(counted, 1, (fresh) => {
    machine = fresh;
    before = fresh.trace.length;
  });
  return after - before;
}

/** Every kind of operation that fails, having taken effect or not. */
export const troubles: readonly Trouble[] = (
  ['create', 'write', 'sync', 'rename', 'link', 'remove', 'sync-folder'] as const
).flatMap((verb) =>
  (['persisted', 'lost'] as const).map((fate) => ({ verb, fate, fault: 'broken' as const })),
);
