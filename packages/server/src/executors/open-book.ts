import { makeId, pooledRandom } from '../guard/ids.ts';
import { ExecutionBook, type ExecutionParts } from './execution-book.ts';

/** Returns an empty book whose executions have ids like everything else's. */
export function openBook(parts: Omit<ExecutionParts, 'makeId'>): ExecutionBook {
  const random = pooledRandom();
  return new ExecutionBook({ ...parts, makeId: () => makeId('exe', parts.clock(), random) });
}
