import { useQuery, type UseQueryResult } from '@tanstack/react-query';

import { type Answer, api, bodyOf } from './api.ts';
import { proofFor, type Proving } from './proofs.ts';
import { useLiveQuery } from './use-live.ts';
import { type Order, useOrder } from './use-order.ts';

/** Actions that take others back, approved and done as one set. */
export type UndoSet = Answer<'/api/v1/undos'>['rows'][number];

/** One set with the arguments of its actions, where the reader may see them. */
export type OpenedUndo = Answer<'/api/v1/undos/{id}'>;

/** Which actions of an agent are to be taken back. */
export type Selection = {
  readonly agent: string;
  readonly session: string | null;
  readonly entries: readonly string[];
  readonly sinceMs: number | null;
  /** Ids of decisions that stay as they are. */
  readonly leave: readonly string[];
  /** What a person says of arguments that nothing declares, by decision. */
  readonly fill: Readonly<Record<string, Record<string, unknown>>>;
};

/** What a plan says of one action. */
export type PlannedAction = UndoPlan['actions'][number];

/** What would be done, the last action first. Nothing is done by looking. */
export type UndoPlan = {
  readonly actions: readonly {
    readonly decision: string;
    readonly index: number;
    readonly at: number;
    readonly tool: string | null;
    readonly can: 'ready' | 'fill' | 'cannot';
    readonly say: string | null;
    readonly undo: string | null;
    readonly args: Readonly<Record<string, unknown>> | null;
    readonly missing: readonly string[];
  }[];
  readonly reads: number;
};

const KEY = 'undos';
const KINDS: ReadonlySet<string> = new Set([
  'undo_asked',
  'undo_voted',
  'undo_run',
  'undo_step',
  'undo_ended',
]);

/** What is, was or is to be taken back, newest first. */
export function useUndos(): UseQueryResult<readonly UndoSet[]> {
  const query = { limit: '500' };
  return useLiveQuery({
    key: [KEY],
    ask: async (signal) => {
      return bodyOf(await api.GET('/api/v1/undos', { params: { query }, signal })).rows;
    },
    isTouchedBy: ({ kind }) => KINDS.has(kind),
  });
}

/** One set, followed while it is done. */
export function useUndo(id: string): UseQueryResult<OpenedUndo> {
  const params = { path: { id } };
  return useLiveQuery({
    key: [KEY, id],
    ask: async (signal) => bodyOf(await api.GET('/api/v1/undos/{id}', { params, signal })),
    isTouchedBy: ({ kind }) => KINDS.has(kind),
  });
}

/** What would take the selected actions back. */
export function useUndoPlan(selection: Selection | null): UseQueryResult<UndoPlan> {
  return useQuery({
    queryKey: [KEY, 'plan', selection],
    queryFn: async () => {
      if (selection === null) return { actions: [], reads: 0 };
      const params = { path: { agent: selection.agent } };
      const body = bodyOfSelection(selection);
      return bodyOf(await api.POST('/api/v1/agents/{agent}/undos/plan', { params, body }));
    },
    enabled: selection !== null,
    placeholderData: (before) => before,
  });
}

/** Asks another person for exactly what was planned. */
export function useAskUndo(): Order<
  UndoSet,
  { readonly selection: Selection; readonly goOn: boolean; readonly reason: string }
> {
  return useChange(async ({ selection, goOn, reason }) => {
    const params = { path: { agent: selection.agent } };
    const body = { ...bodyOfSelection(selection), goOn, reason };
    return bodyOf(await api.POST('/api/v1/agents/{agent}/undos', { params, body }));
  });
}

/** Another person's word on exactly these actions. */
export function useUndoVote({ undo: id, digest }: Pick<UndoSet, 'undo' | 'digest'>): Order<
  unknown,
  {
    readonly outcome: 'approve' | 'deny';
    readonly reason: string;
    readonly proving: Proving | null;
  }
> {
  return useChange(async ({ outcome, reason, proving }) => {
    const word = { digest, outcome, reason };
    const proof = await proofFor(proving, { path: `/api/v1/undos/${id}/votes`, body: word });
    const body = { ...word, ...(proof === undefined ? {} : { proof }) };
    return bodyOf(await api.POST('/api/v1/undos/{id}/votes', { params: { path: { id } }, body }));
  });
}

/** Does what was approved, or goes on; `again` tries once more what failed or was refused. */
export function useRunUndo(id: string): Order<unknown, boolean> {
  return useChange(async (again) => {
    const body = { again };
    return bodyOf(await api.POST('/api/v1/undos/{id}/run', { params: { path: { id } }, body }));
  });
}

/** Says what became of an action of which nobody knows. */
export function useSettleStep(
  id: string,
): Order<unknown, { readonly n: number; readonly done: boolean }> {
  return useChange(async (body) => {
    return bodyOf(await api.POST('/api/v1/undos/{id}/settle', { params: { path: { id } }, body }));
  });
}

/** Gives up what was not done. */
export function useWithdrawUndo(id: string): Order<unknown, string> {
  return useChange(async (reason) => {
    const params = { path: { id } };
    return bodyOf(await api.POST('/api/v1/undos/{id}/withdraw', { params, body: { reason } }));
  });
}

function useChange<Given, Made>(give: (given: Given) => Promise<Made>): Order<Made, Given> {
  return useOrder(give, [KEY]);
}

function bodyOfSelection({ session, entries, sinceMs, leave, fill }: Selection) {
  return {
    ...(session === null ? {} : { session }),
    ...(entries.length === 0 ? {} : { entries: [...entries] }),
    ...(sinceMs === null ? {} : { sinceMs }),
    leave: [...leave],
    fill: { ...fill },
  };
}
