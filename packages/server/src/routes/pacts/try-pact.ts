import type { ServerResponse } from 'node:http';
import { z } from 'zod';

import type { StartedTrial } from '../../services/trials/trials.ts';
import { answerOf, route, type Route } from '../route.ts';
import { time } from '../shapes.ts';
import { files } from './pact-shapes.ts';

const body = z.strictObject({
  entry: z.string().min(1).max(512),
  files,
  fromAt: time.nullable().optional(),
  untilAt: time.nullable().optional(),
});

/** Plays what was recorded of an agent under a candidate, and tells how far it is meanwhile. */
export const tryPact: Route = route({
  name: 'tryPact',
  method: 'POST',
  path: '/api/v1/agents/{agent}/pacts/try',
  rights: ['administer'],
  reach: 'agent',
  summary: 'what a candidate pact would have decided of what was recorded; ends with the request',
  body: {
    shape: body,
    example: {
      entry: 'refunds.pact.yaml',
      files: { 'refunds.pact.yaml': 'pact: plumbline/v1\n…' },
    },
  },
  answer: { status: 200, type: 'application/x-ndjson' },
  codes: ['bad-pact', 'unknown-agent', 'overloaded', 'unavailable'],
  handle: async ({ services }, { caller, params: { agent }, body: asked }) => {
    const { entry, files: given, fromAt = null, untilAt = null } = asked;
    const of = { agent, entry, files: given, fromAt, untilAt };
    const started = await services.trials.start(of, caller);
    if (!started.ok) return answerOf(started);
    const { run } = started.value;
    return { kind: 'stream', status: 200, write: (response) => void follow(run, response) };
  },
});

const HEADERS = {
  'content-type': 'application/x-ndjson',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  // Proxies that gather answers would hold the progress back.
  'x-accel-buffering': 'no',
};

/** Writes a line for each part that was tried, and the last with what came of it all. */
async function follow(run: StartedTrial['run'], response: ServerResponse): Promise<void> {
  const leaving = new AbortController();
  response.once('close', () => leaving.abort());
  response.writeHead(200, HEADERS);
  const say = (line: object): void => {
    if (!leaving.signal.aborted) response.write(`${JSON.stringify(line)}\n`);
  };
  try {
    const trial = await run(leaving.signal, (entries) => say({ entries }));
    if (trial !== null) say({ trial });
  } catch (cause) {
    say({ failed: cause instanceof Error ? cause.message : 'the trial broke' });
  }
  response.end();
}
