import type { JsonObject } from '@plumbline/core';
import { useQuery, type UseQueryResult } from '@tanstack/react-query';

import { type Answer, api, bodyOf } from './api.ts';
import { useLiveQuery } from './use-live.ts';
import { type Order, useOrder } from './use-order.ts';

/** One definition of a tool: accepted, waiting for a person, or of before. */
export type ToolRow = Answer<'/api/v1/agents/{agent}/tools'>['rows'][number];

/** One definition with its text, beside the accepted one. */
export type ToolVersion = Answer<'/api/v1/agents/{agent}/tools/{digest}'>;

/** Every definition of an agent's tools that was ever seen. */
export function useAgentTools(agent: string): UseQueryResult<readonly ToolRow[]> {
  return useLiveQuery({
    key: ['tools', agent],
    ask: async (signal) => {
      const params = { path: { agent } };
      return bodyOf(await api.GET('/api/v1/agents/{agent}/tools', { params, signal })).rows;
    },
    isTouchedBy: (row) => row.kind.startsWith('tool_') && row.agent === agent,
  });
}

/** One definition as its server said it. */
export function useToolVersion(
  agent: string,
  { definition, state }: ToolRow,
): UseQueryResult<ToolVersion> {
  return useQuery({
    queryKey: ['tools', agent, definition, state],
    queryFn: async ({ signal }) => {
      const params = { path: { agent, digest: definition } };
      return bodyOf(await api.GET('/api/v1/agents/{agent}/tools/{digest}', { params, signal }));
    },
  });
}

/** Lets the name of a tool stand for a definition from now on. */
export function useAcceptTool(
  agent: string,
): Order<ToolRow, { readonly definition: string; readonly reason: string }> {
  return useOrder(async ({ definition, reason }) => {
    const params = { path: { agent, digest: definition } };
    const body = { reason };
    const path = '/api/v1/agents/{agent}/tools/{digest}/accept';
    return bodyOf(await api.POST(path, { params, body }));
  });
}

/** A tool as its server described it, by the name pacts call it. */
export type SaidTool = {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: JsonObject | null;
  readonly annotations: Readonly<Record<string, boolean>>;
};

/** Asks for what servers said of tools, a few at a time. */
export async function askToolVersions(
  agent: string,
  rows: readonly ToolRow[],
): Promise<readonly SaidTool[]> {
  const found: SaidTool[] = [];
  for (let from = 0; from < rows.length; from += AT_ONCE) {
    const asked = rows.slice(from, from + AT_ONCE).map((row) => askSaid(agent, row));
    found.push(...(await Promise.all(asked)));
  }
  return found;
}

const AT_ONCE = 5;

async function askSaid(agent: string, row: ToolRow): Promise<SaidTool> {
  const params = { path: { agent, digest: row.definition } };
  const path = '/api/v1/agents/{agent}/tools/{digest}';
  const { offered, accepted } = bodyOf(await api.GET(path, { params }));
  const said = accepted ?? offered ?? {};
  const { description, inputSchema, annotations } = said;
  const hints = Object.entries(isObject(annotations) ? annotations : {}).filter(
    (each): each is [string, boolean] => typeof each[1] === 'boolean',
  );
  return {
    name: row.name ?? row.tool,
    description: typeof description === 'string' ? description : '',
    inputSchema: isObject(inputSchema) ? inputSchema : null,
    annotations: Object.fromEntries(hints),
  };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
