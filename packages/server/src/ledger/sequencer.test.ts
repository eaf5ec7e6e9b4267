import { test } from 'node:test';
import { controlDisk } from '../../testing/controlled-disk.ts';
import { openTestLog } from '../../testing/log-scene.ts';
import { openMemorySequencer } from '../../testing/memory-sequencer.ts';
import { sequencerContract } from '../../testing/sequencer-contract.ts';
import { SimulatedDisk } from '../../testing/simulated-disk.ts';

sequencerContract(test, 'memory sequencer', async (given) => ({
  log: await openMemorySequencer(given),
  clean: () => Promise.resolve(),
}));

sequencerContract(test, 'log', async ({ signer, backlog, clock }) => {
  const disk = controlDisk(new SimulatedDisk(1).mount());
  const log = await openTestLog(disk, {
    origin: signer.key.name,
    signers: () => [signer],
    clock,
    queue: { entries: backlog, bytes: 1_000_000 },
  });
  return {
    log: Object.assign(log, {
      holdSyncs: disk.holdSyncs,
      releaseSyncs: disk.releaseSyncs,
      failSyncs: disk.failSyncs,
    }),
    clean: () => log.close(),
  };
});
