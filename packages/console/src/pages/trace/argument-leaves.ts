/** One value of a call's arguments: where it stands, and what it is. */
export type ArgumentLeaf = {
  /** `to[0]`, `customer.phone`. */
  readonly path: string;
  readonly value: string | number | boolean | null;
};

const MOST_LEAVES = 500;

/** Returns the values of a call's arguments in their order, at most 500. */
export function argumentLeaves(args: unknown): readonly ArgumentLeaf[] {
  const found: ArgumentLeaf[] = [];
  collect(args, '', found);
  return found;
}

function collect(value: unknown, path: string, found: ArgumentLeaf[]): void {
  if (found.length >= MOST_LEAVES) return;
  if (Array.isArray(value)) {
    for (const [index, element] of value.entries()) collect(element, `${path}[${index}]`, found);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, member] of Object.entries(value)) {
      collect(member, path === '' ? name : `${path}.${name}`, found);
    }
  } else if (isLeaf(value)) found.push({ path, value });
}

function isLeaf(value: unknown): value is ArgumentLeaf['value'] {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}
