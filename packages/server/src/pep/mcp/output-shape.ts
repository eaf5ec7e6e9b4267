import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

// A server chooses both the schema and the value, so looking at them is bounded.
const MOST_LOOKS = 100_000;
const DEEPEST = 64;

/**
 * Returns where a value is not what a schema says, or null.
 *
 * Types, constants, enumerations, required and closed properties, items and combinations are
 * looked at. What else a schema says, patterns and references above all, is not: it could make the
 * look as long as its author likes.
 */
export function breachOf(schema: JsonObject, value: Json): string | null {
  return new Look().at(schema, value, { place: 'structuredContent', depth: 0 });
}

type Place = { readonly place: string; readonly depth: number };

class Look {
  #left = MOST_LOOKS;

  at(schema: Json, value: Json, { place, depth }: Place): string | null {
    this.#left -= 1;
    if (schema === false) return `\`${place}\` may not be there`;
    if (!isJsonObject(schema) || this.#left < 0 || depth > DEEPEST) return null;
    const { type, const: constant, enum: named } = schema;
    if (!this.#hasType(type, value)) {
      return `\`${place}\` is not of type ${typesIn(type).join(' or ').slice(0, 64)}`;
    }
    if (constant !== undefined && !this.#isSame(constant, value)) {
      return `\`${place}\` is not the constant of the schema`;
    }
    if (Array.isArray(named) && !named.some((each) => this.#isSame(each, value))) {
      return `\`${place}\` is none of the values of the schema`;
    }
    return (
      this.#combined(schema, value, { place, depth }) ??
      (isJsonObject(value) ? this.#members(schema, value, { place, depth }) : null) ??
      (Array.isArray(value) ? this.#items(schema, value, { place, depth }) : null)
    );
  }

  /** Whether two values are the same, or nothing more is looked at. */
  #isSame(one: Json, other: Json): boolean {
    this.#left -= 1;
    if (this.#left < 0) return true;
    if (!isNested(one) || !isNested(other)) return one === other;
    const names = Object.keys(one);
    this.#left -= names.length;
    const isLike = Array.isArray(one) === Array.isArray(other);
    if (!isLike || names.length !== Object.keys(other).length) return false;
    return names.every((name) => {
      return Object.hasOwn(other, name) && this.#isSame(one[name] ?? null, other[name] ?? null);
    });
  }

  #hasType(type: Json | undefined, value: Json): boolean {
    const types = typesIn(type);
    this.#left -= types.length;
    return this.#left < 0 || hasType(types, value);
  }

  #combined({ allOf, anyOf, oneOf }: JsonObject, value: Json, at: Place): string | null {
    const { place, depth } = at;
    const inside = { place, depth: depth + 1 };
    for (const each of Array.isArray(allOf) ? allOf : []) {
      const breach = this.at(each, value, inside);
      if (breach !== null) return breach;
    }
    for (const choice of [anyOf, oneOf]) {
      if (!Array.isArray(choice) || choice.length === 0) continue;
      if (choice.some((each) => this.at(each, value, inside) === null)) continue;
      return `\`${place}\` is none of what the schema lets choose`;
    }
    return null;
  }

  #members(schema: JsonObject, value: JsonObject, { place, depth }: Place): string | null {
    const { required, properties, patternProperties, additionalProperties } = schema;
    for (const name of Array.isArray(required) ? required : []) {
      this.#left -= 1;
      if (this.#left < 0) return null;
      if (typeof name === 'string' && !Object.hasOwn(value, name)) {
        return `\`${place}.${name.slice(0, 64)}\` is missing`;
      }
    }
    const declared: JsonObject = isJsonObject(properties ?? null) ? Object(properties) : {};
    for (const [name, member] of Object.entries(value)) {
      const at = { place: `${place}.${name.slice(0, 64)}`, depth: depth + 1 };
      const known = Object.hasOwn(declared, name) ? declared[name] : undefined;
      // Which other members a pattern covers is not looked at.
      const other = patternProperties === undefined ? additionalProperties : undefined;
      const breach = this.at(known ?? other ?? true, member, at);
      if (breach !== null) return breach;
    }
    return null;
  }

  #items({ items, prefixItems }: JsonObject, value: readonly Json[], at: Place): string | null {
    const { place, depth } = at;
    if (items === undefined || prefixItems !== undefined) return null;
    for (const [index, item] of value.entries()) {
      const breach = this.at(items, item, { place: `${place}[${index}]`, depth: depth + 1 });
      if (breach !== null) return breach;
    }
    return null;
  }
}

/** A list or an object: of either, names lead to the members. */
function isNested(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null;
}

function typesIn(type: Json | undefined): readonly string[] {
  const all = Array.isArray(type) ? type : [type];
  return all.filter((each) => typeof each === 'string');
}

function hasType(types: readonly string[], value: Json): boolean {
  if (types.length === 0) return true;
  return types.some((each) => {
    switch (each) {
      case 'null':
        return value === null;
      case 'array':
        return Array.isArray(value);
      case 'object':
        return isJsonObject(value);
      case 'integer':
        return Number.isInteger(value);
      default:
        return typeof value === each;
    }
  });
}
