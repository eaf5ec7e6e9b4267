import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

/** An argument that a client says in a header as well. `path` leads to it through objects. */
export type ParamHeader = {
  readonly name: string;
  readonly path: readonly string[];
};

/** What the definition of a tool says of headers, or what is wrong with it. */
export type ParamHeaders =
  | { readonly ok: true; readonly headers: readonly ParamHeader[] }
  | { readonly ok: false; readonly fault: string };

const MARK = 'x-mcp-header';
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}$/;
const TYPES: ReadonlySet<unknown> = new Set(['string', 'integer', 'boolean']);
const MOST = 64;
// What these hold are values, in which the mark is a name like any other.
const VALUES: ReadonlySet<string> = new Set(['default', 'examples', 'enum', 'const']);

/**
 * Returns which arguments of a tool are said in headers.
 * Source: MCP 2026-07-28, "Custom Headers from Tool Parameters".
 */
export function paramHeadersOf(definition: Json): ParamHeaders {
  const schema = isJsonObject(definition) ? definition['inputSchema'] : undefined;
  const headers: ParamHeader[] = [];
  const fault = collect(schema ?? null, { path: [], isReachable: true, headers });
  if (fault !== null) return { ok: false, fault };
  const names = new Set(headers.map(({ name }) => name));
  if (names.size < headers.length) return { ok: false, fault: 'one header stands twice' };
  if (headers.length > MOST) return { ok: false, fault: `there are more than ${MOST} headers` };
  return { ok: true, headers };
}

type Walk = {
  readonly path: readonly string[];
  /** Whether only objects were passed through, so that there is one value at most. */
  readonly isReachable: boolean;
  readonly headers: ParamHeader[];
};

function collect(schema: Json, walk: Walk): string | null {
  if (Array.isArray(schema)) return firstFault(schema, { ...walk, isReachable: false });
  if (!isJsonObject(schema)) return null;
  const marked = Object.hasOwn(schema, MARK) ? take(schema, walk) : null;
  if (marked !== null) return marked;
  for (const [key, value] of Object.entries(schema)) {
    if (key === MARK || VALUES.has(key)) continue;
    const fault =
      key === 'properties' && isJsonObject(value)
        ? collectProperties(value, walk)
        : collect(value, { ...walk, isReachable: false });
    if (fault !== null) return fault;
  }
  return null;
}

function firstFault(schemas: readonly Json[], walk: Walk): string | null {
  for (const each of schemas) {
    const fault = collect(each, walk);
    if (fault !== null) return fault;
  }
  return null;
}

function collectProperties(properties: JsonObject, walk: Walk): string | null {
  for (const [name, schema] of Object.entries(properties)) {
    const fault = collect(schema, { ...walk, path: [...walk.path, name] });
    if (fault !== null) return fault;
  }
  return null;
}

function take(schema: JsonObject, { path, isReachable, headers }: Walk): string | null {
  const name = schema[MARK];
  if (!isReachable || path.length === 0) return `\`${MARK}\` stands where no one value is`;
  if (typeof name !== 'string' || !TOKEN.test(name)) return `\`${MARK}\` is no name of a header`;
  if (!TYPES.has(schema['type'])) return `\`${MARK}\` stands at no text, integer or boolean`;
  headers.push({ name: `mcp-param-${name.toLowerCase()}`, path });
  return null;
}

/** Returns the headers that go with a call, by their names in lower case. */
export function printParamHeaders(
  headers: readonly ParamHeader[],
  args: JsonObject,
): Readonly<Record<string, string>> {
  const said = headers.flatMap(({ name, path }): [string, string][] => {
    const text = textOf(valueAt(args, path));
    return text === null ? [] : [[name, encodeHeader(text)]];
  });
  return Object.fromEntries(said);
}

/** Returns the first header that does not say what the arguments say, or null. */
export function faultInParamHeaders(
  headers: readonly ParamHeader[],
  args: JsonObject,
  given: (name: string) => string | undefined,
): string | null {
  const wrong = headers.find(({ name, path }) => {
    const header = given(name);
    const value = valueAt(args, path);
    const text = textOf(value);
    // A header that speaks of a value nobody sends would be routed by, and not acted on.
    if (text === null) return header !== undefined;
    const said = header === undefined ? null : decodeHeader(header);
    return said === null || !(said === text || isSameNumber(said, value));
  });
  return wrong?.name ?? null;
}

function isSameNumber(said: string, value: Json | undefined): boolean {
  return typeof value === 'number' && /^-?\d+(?:\.\d+)?$/.test(said) && Number(said) === value;
}

function valueAt(args: JsonObject, path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>((at, name) => {
    return isJsonObject(at ?? null) && Object.hasOwn(Object(at), name)
      ? Object(at)[name]
      : undefined;
  }, args);
}

/** Returns a value as a header says it; null where no header speaks of it. */
function textOf(value: Json | undefined): string | null {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : null;
}

const PLAIN = /^(?:[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?)?$/;
const ENCODED = /^=\?base64\?(.*)\?=$/;

/** Returns text as the value of a header: what is no plain one as its bytes in Base64. */
export function encodeHeader(text: string): string {
  return PLAIN.test(text) && !ENCODED.test(text)
    ? text
    : `=?base64?${Buffer.from(text).toString('base64')}?=`;
}

/** Returns the text that the value of a header stands for; null when it stands for none. */
export function decodeHeader(value: string): string | null {
  const [, base64] = ENCODED.exec(value) ?? [];
  if (base64 === undefined) return /^[\t\x20-\x7e]*$/.test(value) ? value : null;
  const bytes = Buffer.from(base64, 'base64');
  const text = bytes.toString('utf8');
  const isExact = bytes.toString('base64') === base64 && Buffer.from(text).equals(bytes);
  return isExact ? text : null;
}
