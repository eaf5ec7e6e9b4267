import type { UseQueryResult } from '@tanstack/react-query';

import { ownerOf } from '../../data/around.ts';
import { usePact } from '../../data/pacts.ts';
import { useQueryText } from '../../ui/use-query-text.ts';
import { argumentLeaves, type ArgumentLeaf } from './argument-leaves.ts';
import { textAt } from './open-part.ts';
import { useWorker } from './use-record.ts';
import type { Trail } from './worker/origin-trail.ts';
import type { SessionRecord } from './worker/session-record.ts';

/** The value whose origin is looked for, and where it stands. */
export type Origin = {
  /** The decision whose argument it is; null: none is looked for. */
  readonly of: number | null;
  readonly path: string;
  /** The value, as it is shown. */
  readonly value: string;
  /** The value, as it is looked for; null: it is not here. */
  readonly sought: string | number | null;
  readonly answer: UseQueryResult<Trail | null>;
  readonly onTrace: (of: number, leaf: ArgumentLeaf) => void;
  /** The address of another entry, with the same value still looked for. */
  readonly hrefOf: (index: number) => string;
  readonly onEnd: () => void;
};

/** Which argument is traced, as the address says, and its way back through the session. */
export function useOrigin(record: SessionRecord): Origin {
  const [ofText, setOf] = useQueryText('of');
  const [path, setPath] = useQueryText('path');
  const of = /^[0-9]{1,15}$/.test(ofText) ? Number(ofText) : null;
  const row = of === null ? undefined : record.rows.find(({ index }) => index === of);
  const value = row === undefined ? null : valueAt(row.secret, path);
  const digest = row === undefined ? null : textAt(row.open, 'pact');
  const pact = usePact(ownerOf(record.agent), digest).data ?? null;
  const asked = of === null || pact === null || value === null ? null : { pact, index: of, value };
  return {
    of,
    path,
    value: String(value ?? ''),
    sought: value,
    answer: useWorker(record, 'trail', asked),
    onTrace: (index, leaf) => {
      setOf(String(index));
      setPath(leaf.path);
    },
    onEnd: () => {
      setOf('');
      setPath('');
    },
    hrefOf: (index) => {
      const looked: Record<string, string> = of === null ? {} : { of: ofText, path };
      const query = new URLSearchParams({ entry: String(index), ...looked });
      return `/sessions/${encodeURIComponent(record.session)}?${query}`;
    },
  };
}

function valueAt(secret: unknown, path: string): string | number | null {
  const args: unknown = Reflect.get(Object(Reflect.get(Object(secret), 'action')), 'args');
  const value = argumentLeaves(args).find((leaf) => leaf.path === path)?.value ?? null;
  return typeof value === 'boolean' ? String(value) : value;
}
