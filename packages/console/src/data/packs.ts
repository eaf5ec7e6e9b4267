import { useQuery, type UseQueryResult } from '@tanstack/react-query';

import type { paths } from '../../generated/api-types.ts';
import { api, askFile, bodyOf, type NamedFile } from './api.ts';
import { askEvents, type EventFilters } from './log.ts';

type PlanRoute = paths['/api/v1/packs/plan']['post'];

/** Which sessions a pack holds. */
export type PackAsked = Omit<
  PlanRoute['requestBody']['content']['application/json'],
  'opened' | 'sessions'
> & { readonly sessions?: readonly string[] };

/** What a pack would hold, and about how large it would be. */
export type PackPlan = PlanRoute['responses'][200]['content']['application/json'];

/** What a pack would hold; nothing is asked while nothing is chosen. */
export function usePackPlan(asked: PackAsked | null): UseQueryResult<PackPlan> {
  return useQuery({
    queryKey: ['pack-plan', asked],
    enabled: asked !== null,
    retry: false,
    queryFn: async ({ signal }) => {
      const body = bodyOfPack(asked ?? {});
      return bodyOf(await api.POST('/api/v1/packs/plan', { body, signal }));
    },
  });
}

/** Has a pack written, and returns its file; `told` hears how many bytes came. */
export function askPack(
  { opened, ...asked }: PackAsked & { readonly opened: boolean },
  told: (bytes: number) => void,
  signal: AbortSignal,
): Promise<NamedFile> {
  const body = JSON.stringify({ ...asked, opened });
  return askFile('/api/v1/packs', { method: 'POST', body, signal }, told);
}

const MOST_SESSIONS = 1_000;
const MOST_PAGES = 200;

/** The sessions of which an entry matches; nothing is asked without filters. */
export function useSessionsMatching(
  filters: EventFilters | null,
): UseQueryResult<readonly string[]> {
  return useQuery({
    queryKey: ['pack-sessions', filters],
    enabled: filters !== null,
    retry: false,
    queryFn: ({ signal }) => (filters === null ? [] : sessionsMatching(filters, signal)),
  });
}

async function sessionsMatching(
  filters: EventFilters,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const found = new Set<string>();
  let before: number | null = null;
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const page: Awaited<ReturnType<typeof askEvents>> = await askEvents(filters, before, signal);
    for (const { session } of page.rows) if (session !== null) found.add(session);
    before = page.next;
    if (before === null && found.size <= MOST_SESSIONS) return [...found];
    if (before === null || found.size > MOST_SESSIONS) break;
  }
  throw new Error('too many entries match to pack their sessions: narrow them by agent or time');
}

function bodyOfPack({ sessions, ...rest }: PackAsked) {
  return sessions === undefined ? rest : { ...rest, sessions: [...sessions] };
}
