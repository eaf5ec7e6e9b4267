/** One member of an object: its name, where that begins, and its value. */
export type Member = {
  readonly key: string;
  readonly start: number;
  /** Whether the name is a path (`a.b = 1`), beside which nothing can be put. */
  readonly isDotted: boolean;
  readonly value: Located;
};

/** A value of a configuration file and where it stands: offsets into the text. */
export type Located = { readonly start: number; readonly end: number } & (
  | { readonly kind: 'scalar'; readonly value: string | number | boolean | null }
  | {
      readonly kind: 'list';
      readonly items: readonly Located[];
      /** Whether it is written with brackets; else one item a line behind a dash. */
      readonly hasBrackets: boolean;
    }
  | {
      readonly kind: 'map';
      readonly members: readonly Member[];
      /** Whether it is written with braces; else one member a line. */
      readonly hasBraces: boolean;
    }
);

/** A list of a configuration file. */
export type LocatedList = Extract<Located, { kind: 'list' }>;

/** An object of a configuration file. */
export type LocatedMap = Extract<Located, { kind: 'map' }>;

/** Why a file could not be read, and where. */
export type ReadFault = { readonly offset: number; readonly message: string };

/** Either a file's values, or why not. */
export type ReadTree =
  { readonly ok: true; readonly root: Located } | { readonly ok: false; readonly fault: ReadFault };

/** Deeper nesting is no configuration. */
export const MOST_LEVELS = 64;

/** Returns a member of an object, or undefined. Of a name that stands twice the last one counts. */
export function memberOf(node: Located | undefined, key: string): Member | undefined {
  if (node?.kind !== 'map') return undefined;
  return node.members.findLast((member) => member.key === key);
}

/** Returns the value of a member, or undefined. */
export function valueOf(node: Located | undefined, key: string): Located | undefined {
  return memberOf(node, key)?.value;
}

/** Returns the text of a value that is one, or null. */
export function textOf(node: Located | undefined): string | null {
  return node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : null;
}

/** Returns every text inside a value, names of members left out. */
export function textsIn(node: Located): readonly string[] {
  if (node.kind === 'scalar') return typeof node.value === 'string' ? [node.value] : [];
  const inner = node.kind === 'list' ? node.items : node.members.map(({ value }) => value);
  return inner.flatMap(textsIn);
}

/** Returns the line of an offset, from 1. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) {
    line += 1;
  }
  return line;
}
