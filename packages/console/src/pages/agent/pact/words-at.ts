import { ITEM, type PlaceIn } from './place-in.ts';

/** A word that may stand somewhere, with what it means in a line. */
export type Word = {
  readonly word: string;
  readonly says: string;
  readonly kind: 'member' | 'value';
};

type Shape = Readonly<Record<string, unknown>>;

/** The names of tools, where one is asked for. */
export type KnownNames = { readonly tools: readonly string[] };

/**
 * Returns the words that may stand at a place of a pact, by its schema: members that are not there
 * yet, the words of a choice, and the names of tools.
 */
export function wordsAt(schema: unknown, place: PlaceIn, known: KnownNames): readonly Word[] {
  const root = shapeOf(schema);
  if (root === null) return [];
  const shapes = place.path.reduce<readonly Shape[]>(
    (found, step) => found.flatMap((shape) => below(root, shape, step)),
    variants(root, root),
  );
  const members = place.isName ? [...shapes.flatMap(membersOf), ...toolMembers(place, known)] : [];
  const isNamed = shapes.some((shape) => isToolPattern(root, shape));
  const values = place.mayBeValue
    ? [...shapes.flatMap(valuesOf), ...(isNamed ? toolWords(known, 'value') : [])]
    : [];
  const taken = new Set(place.beside);
  const seen = new Set<string>();
  return [...members, ...values].filter(({ word }) => {
    if (taken.has(word) || seen.has(word)) return false;
    seen.add(word);
    return true;
  });
}

/** The shapes one step below a shape, in every way it may be written. */
function below(root: Shape, shape: Shape, step: string): readonly Shape[] {
  if (step === ITEM) return inner(root, shape['items']);
  const named = shapeOf(shapeOf(shape['properties'])?.[step]);
  if (named !== null) return variants(root, named);
  return inner(root, shape['additionalProperties']);
}

function inner(root: Shape, value: unknown): readonly Shape[] {
  const shape = shapeOf(value);
  return shape === null ? [] : variants(root, shape);
}

/** A shape in every way it may be written; what is one or many may be the one as well. */
function variants(root: Shape, shape: Shape): readonly Shape[] {
  const named = shape['$ref'];
  const of =
    typeof named === 'string'
      ? shapeOf(shapeOf(root['$defs'])?.[named.slice('#/$defs/'.length)])
      : null;
  const { description } = shape;
  if (of !== null)
    return variants(root, { ...of, ...(description === undefined ? {} : { description }) });
  const ways = ['anyOf', 'oneOf'].flatMap((each) => listOf(shape[each]));
  const written = ways.flatMap((way) => inner(root, saidAs(way, description)));
  return [shape, ...written];
}

/** A way of writing something means what that means, where it does not say more. */
function saidAs(way: unknown, description: unknown): unknown {
  const shape = shapeOf(way);
  return shape === null ? null : { description, ...shape };
}

function membersOf(shape: Shape): readonly Word[] {
  const members = Object.entries(shapeOf(shape['properties']) ?? {});
  return members.map(([word, of]) => ({
    word,
    says: descriptionOf(shapeOf(of)),
    kind: 'member' as const,
  }));
}

function valuesOf(shape: Shape): readonly Word[] {
  const says = descriptionOf(shape);
  const constant = shape['const'];
  const choice = [...listOf(shape['enum']), ...(constant === undefined ? [] : [constant])];
  const truth = shape['type'] === 'boolean' ? [true, false] : [];
  return [...choice, ...truth].map((value) => ({ word: String(value), says, kind: 'value' }));
}

function isToolPattern(root: Shape, shape: Shape): boolean {
  const pattern = shapeOf(shapeOf(root['$defs'])?.['toolPattern'])?.['pattern'];
  return pattern !== undefined && shape['pattern'] === pattern;
}

/** A pact declares the tools it knows of, below `tools` and in the tasks. */
function toolMembers({ path }: PlaceIn, known: KnownNames): readonly Word[] {
  return path.length === 1 && path[0] === 'tools' ? toolWords(known, 'member') : [];
}

function toolWords({ tools }: KnownNames, kind: Word['kind']): readonly Word[] {
  return tools.map((word) => ({ word, says: 'a tool of this agent', kind }));
}

function descriptionOf(shape: Shape | null): string {
  const said = shape?.['description'];
  return typeof said === 'string' ? said : '';
}

function shapeOf(value: unknown): Shape | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : null;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
