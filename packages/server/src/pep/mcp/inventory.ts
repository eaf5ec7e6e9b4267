import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

import type { Enforcement, Said } from './enforcement.ts';
import { type BuiltIn, isReserved } from './methods.ts';
import { type ParamHeader, paramHeadersOf } from './param-headers.ts';

/** How one tool of the server stands. */
export type Standing = {
  readonly state: 'usable' | 'unusable' | 'quarantined';
  readonly why: string | null;
  readonly say: string | null;
  /** Arguments that are said in headers as well, where the definition is a usable one. */
  readonly headers: readonly ParamHeader[];
  /** What the definition says of `structuredContent`; null where it says nothing. */
  readonly output: JsonObject | null;
};

/** What an inventory is made with. */
export type InventoryOptions = {
  readonly enforcement: Enforcement;
  readonly prefix: string;
  readonly server: string;
  readonly nowMs: () => number;
};

const MOST_TOOLS = 10_000;
// An offer has to fit into one frame; what is larger goes in several.
const OFFER_CHARS = 400_000;

/**
 * What a server lists, and how the daemon says it stands. Nothing is usable before it was offered.
 */
export class Inventory {
  readonly #options: InventoryOptions;
  readonly #standing = new Map<string, Standing>();
  #usable: ReadonlySet<string> = new Set();
  /** When the whole list was last offered; null while it has to be read. */
  #wholeAtMs: number | null = null;
  #reading: Promise<boolean> | null = null;
  /** How often the server said that its list changed, or seemed to. */
  #changes = 0;
  /** Whether the server said that its list changed, and what it is now was not read since. */
  isStale = false;
  /** Whether the server is reached over HTTP, where a call needs the headers its tool asks for. */
  saysHeaders = false;

  constructor(options: InventoryOptions) {
    this.#options = options;
  }

  /** Whether the session could be let use a built-in tool. */
  mayUse(builtIn: BuiltIn): boolean {
    return this.#usable.has(`${this.#options.prefix}${builtIn}`);
  }

  /** Whether the session could be let use a tool, by its name in the pact. */
  isUsable(tool: string): boolean {
    return this.#usable.has(tool);
  }

  /** Returns how a tool of the server stands, by the server's name; undefined when unlisted. */
  standing(name: string): Standing | undefined {
    return this.#standing.get(name);
  }

  /** Whether the whole list was read, and how long ago. */
  ageMs(): number | null {
    return this.#wholeAtMs === null ? null : this.#options.nowMs() - this.#wholeAtMs;
  }

  /**
   * Reads the whole list, or waits for the reading that is under way. Returns false when the list
   * changed while it was read.
   */
  async read(readWhole: () => Promise<void>): Promise<boolean> {
    const before = this.#changes;
    this.#reading ??= readWhole()
      .then(() => before === this.#changes)
      .finally(() => {
        this.#reading = null;
      });
    return this.#reading;
  }

  /** The list may have changed. */
  spoil(): void {
    this.isStale = true;
    this.#wholeAtMs = null;
    this.#changes += 1;
  }

  /** What tells whether the list changed since. */
  get mark(): number {
    return this.#changes;
  }

  /**
   * The whole list was read just now: what is not in it is not listed. Where it changed since
   * `mark`, it has to be read again.
   */
  noteWhole(names: ReadonlySet<string>, mark: number): void {
    this.isStale = false;
    if (mark === this.#changes) this.#wholeAtMs = this.#options.nowMs();
    for (const name of this.#standing.keys()) {
      if (!names.has(name)) this.#standing.delete(name);
    }
  }

  /** Asks how tools stand; returns those that may be shown. Without tools, what may be used. */
  async offer(tools: readonly Json[]): Promise<Said<readonly Json[]>> {
    const { enforcement, prefix, server } = this.#options;
    const named = tools.flatMap((definition) => {
      const name = nameOf(definition);
      return name === null ? [] : [{ name, tool: `${prefix}${name}`, definition }];
    });
    const shown = new Set<Json>();
    for (const part of partsOf(named)) {
      const sent = part.map(({ tool, definition }) => ({ tool, definition }));
      const said = await enforcement.offer(server, sent);
      if (!said.ok) return said;
      this.#usable = new Set(said.value.usable);
      for (const [at, { name, definition }] of part.entries()) {
        const { state, why, say } = said.value.tools[at] ?? UNKNOWN;
        const asked = paramHeadersOf(definition);
        // A tool whose headers nobody can say right cannot be called over HTTP.
        const isUsable = state === 'usable' && (asked.ok || !this.saysHeaders);
        const headers = isUsable && asked.ok ? asked.headers : [];
        const isLeftOut = state === 'usable' && !isUsable;
        const output = outputOf(definition);
        this.#note(name, { state: isLeftOut ? 'unusable' : state, why, say, headers, output });
        if (isUsable) shown.add(definition);
      }
    }
    return { ok: true, value: tools.filter((each) => shown.has(each)) };
  }

  #note(name: string, standing: Standing): void {
    if (!this.#standing.has(name) && this.#standing.size >= MOST_TOOLS) return;
    this.#standing.set(name, standing);
  }
}

const UNKNOWN: Standing = { state: 'unusable', why: null, say: null, headers: [], output: null };

function outputOf(definition: Json): JsonObject | null {
  const schema = isJsonObject(definition) ? definition['outputSchema'] : undefined;
  return isJsonObject(schema ?? null) ? Object(schema) : null;
}

function nameOf(definition: Json): string | null {
  const name = isJsonObject(definition) ? definition['name'] : undefined;
  if (typeof name !== 'string' || name.length === 0 || name.length > 200) return null;
  return isReserved(name) ? null : name;
}

type Named = { readonly name: string; readonly tool: string; readonly definition: Json };

// Names that stand twice must come in one offer to be seen as such, so they are sorted first.
function partsOf(named: readonly Named[]): readonly (readonly Named[])[] {
  const parts: Named[][] = [[]];
  let chars = 0;
  for (const each of named.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const size = JSON.stringify(each.definition).length;
    if (chars + size > OFFER_CHARS && parts.at(-1)?.length !== 0) {
      parts.push([]);
      chars = 0;
    }
    chars += size;
    parts.at(-1)?.push(each);
  }
  return parts;
}

/** Returns the tools in the result of `tools/list`, and where the next page begins. */
export function toolsIn(result: JsonObject): {
  readonly tools: readonly Json[];
  readonly cursor: string | null;
} {
  const { tools, nextCursor } = result;
  return {
    tools: Array.isArray(tools) ? tools : [],
    cursor: typeof nextCursor === 'string' ? nextCursor : null,
  };
}
