import { canonical } from '@plumbline/core';

import type { Request } from './message.ts';

/**
 * Returns what makes a request of the modern era the same when it comes again with a reply: its
 * method and parameters, without what is about the sending.
 */
export function callIn({ method, params }: Pick<Request, 'method' | 'params'>): string {
  const { _meta: _, inputResponses: __, requestState: ___, ...of } = params;
  return canonical({ method, params: of });
}
