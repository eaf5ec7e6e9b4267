import type { Entry, Json, JsonObject } from '@plumbline/core';

import type { ToolRow } from './services.ts';

/** The kinds of entries that say how definitions of tools stand. */
export const TOOL_KINDS = ['tool_pinned', 'tool_quarantined'] as const;

type ToolEntry = Pick<Entry, 'kind' | 'agent' | 'at' | 'open'> & { readonly index: number };

/** How many definitions of one agent are remembered beside those that are pinned. */
export const MOST_QUARANTINED = 1_000;

/** Every definition of a tool that was pinned or quarantined, folded from the ledger. */
export class ToolRegistry {
  readonly #agents = new Map<string, Map<string, ToolRow>>();

  /** Takes the next entry of the ledger; entries of other kinds say nothing here. */
  fold({ agent, kind, at, open, index }: ToolEntry): void {
    if (agent === null || (kind !== 'tool_pinned' && kind !== 'tool_quarantined')) return;
    const rows = this.#agents.get(agent) ?? new Map<string, ToolRow>();
    this.#agents.set(agent, rows);
    const row = rowOf({ at, open, index }, kind === 'tool_pinned' ? 'pinned' : 'quarantined');
    const before = row.state === 'pinned' ? this.pinned(agent, row.tool) : undefined;
    if (before !== undefined) rows.set(before.definition, { ...before, state: 'earlier' });
    rows.delete(row.definition);
    rows.set(row.definition, row);
    forgetOldest(rows);
  }

  /** Every definition of an agent's tools, newest first. */
  list(agent: string): readonly ToolRow[] {
    return [...(this.#agents.get(agent)?.values() ?? [])].reverse();
  }

  row(agent: string, definition: string): ToolRow | undefined {
    return this.#agents.get(agent)?.get(definition);
  }

  /** The definition a tool's name stands for, or undefined while none was accepted. */
  pinned(agent: string, tool: string): ToolRow | undefined {
    for (const row of this.#agents.get(agent)?.values() ?? []) {
      if (row.state === 'pinned' && row.tool === tool) return row;
    }
    return undefined;
  }
}

// What is forgotten is quarantined again when it is offered again.
function forgetOldest(rows: Map<string, ToolRow>): void {
  let others = [...rows.values()].filter(({ state }) => state !== 'pinned').length;
  for (const [definition, { state }] of rows) {
    if (others <= MOST_QUARANTINED) return;
    if (state === 'pinned') continue;
    rows.delete(definition);
    others -= 1;
  }
}

/** Returns the open part of an entry about a definition. Source: spec/entries.md, "Kinds". */
export function openOfTool(row: ToolRow): JsonObject {
  const { tool, server, definition, description, schema, by, reason, why, signs, name } = row;
  const of = { tool, server, definition, description, schema };
  return row.state === 'pinned' ? { ...of, by, reason } : { ...of, why, signs, name };
}

function rowOf(
  { at, open, index }: Pick<ToolEntry, 'at' | 'open' | 'index'>,
  state: ToolRow['state'],
): ToolRow {
  return {
    tool: textOf(open['tool']),
    server: textOf(open['server']),
    definition: textOf(open['definition']),
    description: textOf(open['description']),
    schema: textOf(open['schema']),
    state,
    at,
    index,
    by: typeof open['by'] === 'string' ? open['by'] : null,
    reason: typeof open['reason'] === 'string' ? open['reason'] : null,
    // Only this service writes what it reads here.
    why: (typeof open['why'] === 'string' ? open['why'] : null) as ToolRow['why'],
    signs: textsOf(open['signs']),
    name: typeof open['name'] === 'string' ? open['name'] : null,
  };
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

function textsOf(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
