import { z } from 'zod';

import { answer, refuse, route, type Route } from '../route.ts';

/** Says who gives out tokens for an agent's MCP address. Source: RFC 9728. */
export const getResourceMetadata: Route = route({
  name: 'getResourceMetadata',
  method: 'GET',
  path: '/.well-known/oauth-protected-resource/mcp/{agent}',
  rights: [],
  reach: 'handler',
  summary: "who gives out tokens for an agent's MCP address (RFC 9728)",
  answer: {
    status: 200,
    shape: z.strictObject({
      resource: z.string(),
      authorization_servers: z.array(z.string()),
      bearer_methods_supported: z.array(z.string()),
    }),
  },
  codes: ['not-found'],
  handle: ({ settings }, { base, params: { agent } }) => {
    if (settings.issuers.length === 0) {
      return refuse({ code: 'not-found', detail: 'no issuer of tokens is configured: use a key' });
    }
    return answer({
      resource: `${base}/mcp/${agent}`,
      authorization_servers: settings.issuers,
      bearer_methods_supported: ['header'],
    });
  },
});
