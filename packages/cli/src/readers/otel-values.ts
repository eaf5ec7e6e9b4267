import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

function objectsIn(value: Json | undefined): readonly JsonObject[] {
  const items: readonly Json[] = Array.isArray(value) ? value : [];
  return items.filter((item) => isJsonObject(item));
}

/** Returns attributes as a plain object, from OTLP's list of keys and values or an object. */
export function attributesOf(value: Json | undefined): JsonObject {
  if (isJsonObject(value)) return value;
  const entries = objectsIn(value).flatMap((pair): [string, Json][] =>
    typeof pair['key'] === 'string' ? [[pair['key'], plainValue(pair['value'])]] : [],
  );
  return Object.fromEntries(entries);
}

/** Returns an OTLP value as plain JSON; JSON that is none comes back as it is. */
export function plainValue(value: Json | undefined): Json {
  if (!isJsonObject(value)) return value ?? null;
  if (!Object.keys(value).some((name) => name.endsWith('Value'))) return value;
  const { stringValue, intValue, doubleValue, boolValue, arrayValue, kvlistValue } = value;
  if (intValue !== undefined) return Number(intValue);
  if (isJsonObject(arrayValue)) return objectsIn(arrayValue['values']).map(plainValue);
  if (isJsonObject(kvlistValue)) return attributesOf(kvlistValue['values'] ?? []);
  return stringValue ?? doubleValue ?? boolValue ?? value['bytesValue'] ?? null;
}
