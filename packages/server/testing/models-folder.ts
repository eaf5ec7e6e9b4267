import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Models } from '../src/store/models.ts';

/** Returns models in a folder of their own, which goes when they are closed. */
export async function modelsInFolder(
  open: (options: { readonly file: string }) => Models | Promise<Models>,
): Promise<Models> {
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-'));
  const models = await open({ file: join(folder, 'models.db') });
  return {
    nextIndex: () => models.nextIndex(),
    fold: (from, entries) => models.fold(from, entries),
    sessions: (filter) => models.sessions(filter),
    decisions: (filter) => models.decisions(filter),
    decision: (id) => models.decision(id),
    whereDecided: (ids) => models.whereDecided(ids),
    events: (filter) => models.events(filter),
    nameLike: (wanted) => models.nameLike(wanted),
    activity: (sinceAt) => models.activity(sinceAt),
    roomOpenings: (of) => models.roomOpenings(of),
    grants: (filter) => models.grants(filter),
    grantCounts: (filter) => models.grantCounts(filter),
    drop: () => models.drop(),
    close: async () => {
      await models.close();
      rmSync(folder, { recursive: true });
    },
  };
}
