import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

/**
 * Returns the value of a field: a member of that very name, else the value at the dotted path,
 * where a name in the path may itself hold dots. `undefined` when there is none.
 */
export function fieldOf(fields: JsonObject, path: string): Json | undefined {
  if (Object.hasOwn(fields, path)) return fields[path];
  for (let dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) {
    const head = path.slice(0, dot);
    if (!Object.hasOwn(fields, head)) continue;
    const inner = fields[head];
    if (isJsonObject(inner)) return fieldOf(inner, path.slice(dot + 1));
  }
  return undefined;
}

/** Returns the text of a field that is a non-empty string, else null. */
export function textField(fields: JsonObject, path: string): string | null {
  const value = fieldOf(fields, path);
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Returns a value as text: text as it is, anything else as JSON. */
export function jsonText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
