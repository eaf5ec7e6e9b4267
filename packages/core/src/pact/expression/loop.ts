import { assert } from '../../assert.ts';
import { Fault, isList, spend, TOO_COSTLY, typeName } from './values.ts';
import type { Code, Frame, Value } from './values.ts';

/** A macro over the elements of a list. */
export type Loop = {
  readonly name: string;
  readonly over: Code;
  readonly slot: number;
  readonly bodies: readonly Code[];
};

/** Returns a macro compiled: `all`, `exists`, `exists_one`, `filter` or `map`. */
export function loop({ name, over, slot, bodies }: Loop): Code {
  const [body, second] = bodies;
  assert(body !== undefined, 'a macro has a body');
  const each = (frame: Frame, run: (item: Value) => Value | null): Value | null =>
    iterate(frame, { items: over(frame), slot }, run);
  switch (name) {
    case 'all':
      return (frame) => quantify(frame, { each, body, settles: false });
    case 'exists':
      return (frame) => quantify(frame, { each, body, settles: true });
    case 'exists_one':
      return (frame) => countOne(frame, each, body);
    case 'filter':
      return (frame) => collect(frame, each, { test: body, transform: null });
    default:
      return (frame) =>
        collect(frame, each, {
          test: second === undefined ? null : body,
          transform: second ?? body,
        });
  }
}

/** Runs over the items until a run gives a value; null when all gave none. */
type Each = (frame: Frame, run: (item: Value) => Value | null) => Value | null;

function iterate(
  frame: Frame,
  { items, slot }: { readonly items: Value; readonly slot: number },
  run: (item: Value) => Value | null,
): Value | null {
  if (items instanceof Fault) return items;
  // CEL runs over the names of a mapping; what its members hold would then pass unseen.
  if (!isList(items)) return new Fault(`no loop over ${typeName(items)}`);
  for (const item of items) {
    if (!spend(frame, 1)) return TOO_COSTLY;
    frame.slots[slot] = item;
    const value = run(item);
    if (value !== null) return value;
  }
  return null;
}

/** A settling element wins over faults of others, as in CEL. */
function quantify(
  frame: Frame,
  { each, body, settles }: { readonly each: Each; readonly body: Code; readonly settles: boolean },
): Value {
  let fault: Fault | null = null;
  const settled = each(frame, () => {
    const value = body(frame);
    if (value === settles) return settles;
    if (value === TOO_COSTLY) return value;
    if (typeof value !== 'boolean') fault ??= asFault(value);
    return null;
  });
  return settled ?? fault ?? !settles;
}

function asFault(value: Value): Fault {
  return value instanceof Fault ? value : new Fault(`expected a bool, found ${typeName(value)}`);
}

function countOne(frame: Frame, each: Each, body: Code): Value {
  let count = 0;
  const stopped = each(frame, () => {
    const value = body(frame);
    if (typeof value !== 'boolean') return asFault(value);
    count += Number(value);
    return null;
  });
  return stopped ?? count === 1;
}

function collect(
  frame: Frame,
  each: Each,
  { test, transform }: { readonly test: Code | null; readonly transform: Code | null },
): Value {
  const values: Value[] = [];
  const stopped = each(frame, (item) => {
    const isIn = test === null ? true : test(frame);
    if (typeof isIn !== 'boolean') return asFault(isIn);
    if (!isIn) return null;
    const value = transform === null ? item : transform(frame);
    if (value instanceof Fault) return value;
    values.push(value);
    return null;
  });
  return stopped ?? values;
}
