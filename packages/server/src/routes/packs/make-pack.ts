import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

import type { StartedPack } from '../../services/packs/packs.ts';
import type { Api } from '../api.ts';
import { answerOf, refuse, route, type Route } from '../route.ts';
import { writeReply } from '../write-reply.ts';
import { askedOf, packOrder, refuseAgent } from './pack-shapes.ts';

/** Writes an evidence pack as one file. That sessions were opened for it is recorded. */
export const makePack: Route = route({
  name: 'makePack',
  method: 'POST',
  path: '/api/v1/packs',
  rights: ['read'],
  reach: 'handler',
  summary:
    'an evidence pack as a `.tar.gz`; `opened` takes `read-sealed` too, and is recorded as read',
  body: { shape: packOrder, example: { sessions: ['ses_0199aa'], opened: false } },
  answer: { status: 200, type: 'application/gzip' },
  codes: [
    'unknown-agent',
    'unknown-session',
    'not-found',
    'too-large',
    'overloaded',
    'unavailable',
  ],
  handle: async (api, { caller, rights, body }) => {
    const refused = refuseAgent(api, caller, body);
    if (refused !== null) return refused;
    const opened = body.opened === true;
    if (opened && !rights.includes('read-sealed')) {
      const detail = 'openings take the right `read-sealed`: ask for the pack without them';
      return refuse({ code: 'forbidden', detail });
    }
    const started = await api.services.packs.start({ ...askedOf(body), opened }, caller);
    if (!started.ok) return answerOf(started);
    const write = (response: ServerResponse): void => void follow(api, started.value, response);
    return { kind: 'stream', status: 200, write };
  },
});

const UNTAKEN_MS = 60_000;

/** Writes the file as it comes into being. Whoever takes nothing for a minute is let go. */
async function follow(
  { log }: Pick<Api, 'log'>,
  { name, run }: StartedPack,
  response: ServerResponse,
): Promise<void> {
  const leaving = new AbortController();
  response.once('close', () => leaving.abort());
  try {
    await run(leaving.signal, async (bytes) => {
      if (!response.headersSent) response.writeHead(200, headersOf(name));
      if (response.write(bytes) || leaving.signal.aborted) return;
      const within = AbortSignal.any([leaving.signal, AbortSignal.timeout(UNTAKEN_MS)]);
      await once(response, 'drain', { signal: within }).catch(() => response.destroy());
    });
    response.end();
  } catch (cause) {
    log.failed('makePack', cause);
    fail(response);
  }
}

/** A file that stops short is no archive: whoever reads it is told so. */
function fail(response: ServerResponse): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const detail = 'the pack could not be written; see the log of the daemon, or use `plumb pack`';
  const reply = refuse({ code: 'unavailable', detail });
  writeReply(response, reply, { requestId: undefined, isLast: false });
}

function headersOf(name: string): Readonly<Record<string, string>> {
  return {
    'content-type': 'application/gzip',
    // The name is of letters, digits and dashes alone, whatever a session is called.
    'content-disposition': `attachment; filename="${name}"`,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  };
}
