import type { Follower } from './follow.ts';
import type { Models } from './models.ts';

const WITHIN_MS = 500;

/**
 * Returns the models as lists and searches are answered from them: with everything that was durable
 * when they were asked, so that whoever wrote sees it. Models that are further behind than they can
 * make up for in a while answer with what they hold, and say how far it goes.
 */
export function freshModels(
  models: Models,
  follower: Pick<Follower, 'caughtUp'>,
  withinMs: number = WITHIN_MS,
): Models {
  const fresh = (): Promise<void> => endWithin(follower.caughtUp(), withinMs);
  return {
    nextIndex: () => models.nextIndex(),
    fold: (from, entries) => models.fold(from, entries),
    sessions: async (filter) => {
      await fresh();
      return models.sessions(filter);
    },
    decisions: async (filter) => {
      await fresh();
      return models.decisions(filter);
    },
    decision: async (id) => {
      await fresh();
      return models.decision(id);
    },
    whereDecided: async (ids) => {
      await fresh();
      return models.whereDecided(ids);
    },
    events: async (filter) => {
      await fresh();
      return models.events(filter);
    },
    nameLike: (wanted) => models.nameLike(wanted),
    activity: async (sinceAt) => {
      await fresh();
      return models.activity(sinceAt);
    },
    roomOpenings: async (of) => {
      await fresh();
      return models.roomOpenings(of);
    },
    grants: async (filter) => {
      await fresh();
      return models.grants(filter);
    },
    grantCounts: async (filter) => {
      await fresh();
      return models.grantCounts(filter);
    },
    drop: () => models.drop(),
    close: () => models.close(),
  };
}

function endWithin(done: Promise<void>, ms: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    done.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
