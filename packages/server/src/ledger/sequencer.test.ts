import { test } from 'node:test';
import { sequencerContract } from '../../testing/sequencer-contract.ts';
import { openMemorySequencer } from '../../testing/memory-sequencer.ts';

sequencerContract(test, 'memory sequencer', async (given) => ({
  log: await openMemorySequencer(given),
  clean: () => Promise.resolve(),
}));
