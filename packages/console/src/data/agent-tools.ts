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

/** Asks for what servers said of tools, a few at a time, by the names pacts call them. */
export async function askDefinitions(
  agent: string,
  rows: readonly ToolRow[],
): Promise<readonly JsonObject[]> {
  const found: JsonObject[] = [];
  for (let from = 0; from < rows.length; from += AT_ONCE) {
    const asked = rows.slice(from, from + AT_ONCE).map((row) => askDefinition(agent, row));
    found.push(...(await Promise.all(asked)));
  }
  return found;
}

const AT_ONCE = 5;

async function askDefinition(agent: string, row: ToolRow): Promise<JsonObject> {
  const params = { path: { agent, digest: row.definition } };
  const path = '/api/v1/agents/{agent}/tools/{digest}';
  const { offered, accepted } = bodyOf(await api.GET(path, { params }));
  return { ...(accepted ?? offered), name: row.name ?? row.tool };
}
