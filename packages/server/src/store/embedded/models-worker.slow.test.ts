import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testModels } from '../../../testing/models-contract.ts';
import { openModelsWorker } from './models-worker.ts';

testModels('read models, on a thread', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-'));
  const models = await openModelsWorker({ file: join(folder, 'models.db') });
  const close = async (): Promise<void> => {
    await models.close();
    rmSync(folder, { recursive: true });
  };
  return {
    nextIndex: () => models.nextIndex(),
    fold: (from, given) => models.fold(from, given),
    sessions: (filter) => models.sessions(filter),
    decisions: (filter) => models.decisions(filter),
    decision: (id) => models.decision(id),
    events: (filter) => models.events(filter),
    drop: () => models.drop(),
    close,
  };
});
