import type { Filling, UndoSelection } from '../../services/undo/undo-types.ts';
import type { ShownUndo } from '../../services/undo/undos.ts';
import type { Api } from '../api.ts';
import type { Caller } from '../caller.ts';
import { isFor } from '../rights.ts';
import { refuse, type Reply } from '../route.ts';

type Body = {
  readonly entries?: readonly string[] | undefined;
  readonly session?: string | undefined;
  readonly sinceMs?: number | undefined;
  readonly leave?: readonly string[] | undefined;
  readonly fill?: Filling | undefined;
};

/** Returns what a body selects, and what it fills in. */
export function requested(
  agent: string,
  { entries, session, sinceMs, leave, fill }: Body,
): { readonly selection: UndoSelection; readonly filling: Filling } {
  const selection = {
    agent,
    entries: entries ?? null,
    session: session ?? null,
    sinceMs: sinceMs ?? null,
    leave: leave ?? [],
  };
  return { selection, filling: fill ?? {} };
}

/** Returns a set of an agent the caller is for, or the refusal of one that is not there. */
export function findUndo(
  { services }: Pick<Api, 'services'>,
  caller: Caller,
  id: string,
): { readonly set: ShownUndo; readonly refused: null } | { readonly refused: Reply } {
  const set = services.undos.find(id);
  if (set !== undefined && isFor(caller, set.agent)) return { set, refused: null };
  return { refused: refuse({ code: 'not-found', detail: `there is no undo \`${id}\`` }) };
}
