import type { UseQueryResult } from '@tanstack/react-query';

import { usePact } from '../../data/pacts.ts';
import { useQueryText } from '../../ui/use-query-text.ts';
import { argumentLeaves, type ArgumentLeaf } from './argument-leaves.ts';
import { textAt } from './open-part.ts';
import { useWorker } from './use-record.ts';
import type { FoundPlace } from './worker/find-places.ts';
import type { SessionRecord } from './worker/session-record.ts';

/** The value whose origin is looked for, and where it stands. */
export type Origin = {
  /** The decision whose argument it is; null: none is looked for. */
  readonly of: number | null;
  readonly path: string;
  readonly answer: UseQueryResult<readonly FoundPlace[] | null>;
  readonly onTrace: (of: number, leaf: ArgumentLeaf) => void;
  readonly onEnd: () => void;
  /** The address of another entry, with the same value still looked for. */
  readonly hrefOf: (index: number) => string;
};

/** Which argument is traced, as the address says, and every place in the session it stands in. */
export function useOrigin(record: SessionRecord): Origin {
  const [ofText, setOf] = useQueryText('of');
  const [path, setPath] = useQueryText('path');
  const of = /^[0-9]{1,15}$/.test(ofText) ? Number(ofText) : null;
  const row = of === null ? undefined : record.rows.find(({ index }) => index === of);
  const value = row === undefined ? null : valueAt(row.secret, path);
  const digest = row === undefined ? null : textAt(row.open, 'pact');
  const pact = usePact(record.agent, digest).data ?? null;
  const asked = of === null || pact === null || value === null ? null : { pact, index: of, value };
  return {
    of,
    path,
    answer: useWorker(record, 'places', asked),
    onTrace: (index, leaf) => {
      setOf(String(index));
      setPath(leaf.path);
    },
    onEnd: () => {
      setOf('');
      setPath('');
    },
    hrefOf: (index) => {
      const query = new URLSearchParams({ entry: String(index), of: ofText, path });
      return `/sessions/${encodeURIComponent(record.session)}?${query}`;
    },
  };
}

function valueAt(secret: unknown, path: string): string | number | null {
  const args: unknown = Reflect.get(Object(Reflect.get(Object(secret), 'action')), 'args');
  const value = argumentLeaves(args).find((leaf) => leaf.path === path)?.value ?? null;
  return typeof value === 'boolean' ? String(value) : value;
}
