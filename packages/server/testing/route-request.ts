import type { Route } from '../src/routes/route.ts';
import type { Asked } from './open-fake.ts';

const QUERIES: Readonly<Record<string, string>> = {
  getConsistency: '?from=1',
  takeHookEvent: '?principal=ada',
  watchStops: '?after=0&waitMs=0',
};

/** Returns a request of a route that is right in every way but who sends it. */
export function requestOf(route: Route, agent: string): Asked {
  const path = route.path
    .replace('{agent}', agent)
    .replace('{digest}', `sha256:${'ab'.repeat(32)}`)
    .replace('{session}', 's1')
    .replace('{decision}', 'd1')
    .replace('{index}', '0')
    .replace('{category}', 'mail')
    .replace('{id}', '0123456789abcdef')
    .replace('{halt}', 'h1')
    .replace('{lease}', 'l1')
    .replace('{token}', 'a.b')
    .replace('{client}', 'claude-code')
    .replace('{event}', 'PreToolUse')
    .replace('{file}', 'checkpoint');
  const query = QUERIES[route.name] ?? '';
  const request = { method: route.method, path: `${path}${query}` };
  if (route.bodySpec === null) return request;
  const { example, media } = route.bodySpec;
  if (media !== 'form') return { ...request, body: example };
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  const raw = Buffer.from(new URLSearchParams(Object.entries(example)).toString());
  return { ...request, raw, headers: type };
}
