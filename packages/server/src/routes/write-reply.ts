import type { ServerResponse } from 'node:http';

import type { StreamReply } from './mcp/mcp-door.ts';
import { problemBody, problemHeaders, PROBLEMS } from './problem.ts';
import type { Reply } from './route.ts';

/** Returns the status a reply has. */
export function statusOf(reply: Reply): number {
  switch (reply.kind) {
    case 'json':
      return reply.status;
    case 'page':
      return reply.status;
    case 'stream':
      return reply.status;
    case 'bytes':
      return 200;
    case 'problem':
      return PROBLEMS[reply.problem.code][0];
  }
}

/** What is sent beside the reply itself. */
export type Around = {
  /** `X-Request-ID` as it came, or undefined. */
  readonly requestId: string | undefined;
  /** Whether the connection ends here, because the rest of the request is not read. */
  readonly isLast: boolean;
  /** What `WWW-Authenticate` says beyond the scheme, or undefined. */
  readonly challenge?: string | undefined;
};

/** Writes a reply. Nothing is ever cached, framed or taken for another type unless it says so. */
export function writeReply(response: ServerResponse, reply: Reply, around: Around): void {
  if (reply.kind === 'stream') {
    reply.write(response);
    return;
  }
  const { type, body, cache, extra } = printed(reply);
  const headers: Record<string, string | number> = {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': cache,
    'x-content-type-options': 'nosniff',
    ...extra,
  };
  if (around.requestId !== undefined) headers['x-request-id'] = around.requestId;
  if (around.isLast) headers['connection'] = 'close';
  if (around.challenge !== undefined && 'www-authenticate' in headers) {
    const fault = /error="\w+"/.exec(String(headers['www-authenticate']))?.[0];
    headers['www-authenticate'] = [around.challenge, ...(fault === undefined ? [] : [fault])].join(
      ', ',
    );
  }
  response.writeHead(statusOf(reply), headers).end(body);
}

type Printed = {
  readonly type: string;
  readonly body: string | Uint8Array;
  readonly cache: string;
  readonly extra: Readonly<Record<string, string>>;
};

function printed(reply: Exclude<Reply, StreamReply>): Printed {
  switch (reply.kind) {
    case 'json':
      return {
        type: 'application/json',
        body: JSON.stringify(reply.value),
        cache: 'no-store',
        extra: reply.headers ?? {},
      };
    case 'bytes':
      return { type: reply.type, body: reply.bytes, cache: reply.cache, extra: {} };
    case 'page':
      return {
        type: 'text/html; charset=utf-8',
        body: reply.html,
        cache: 'no-store',
        extra: {
          'content-security-policy': reply.policy,
          // A form that is sent without its origin is refused, so that no more than that is hidden.
          'referrer-policy': 'same-origin',
          'x-frame-options': 'DENY',
        },
      };
    case 'problem':
      return {
        type: 'application/problem+json',
        body: JSON.stringify(problemBody(reply.problem)),
        cache: 'no-store',
        extra: problemHeaders(reply.problem),
      };
  }
}
