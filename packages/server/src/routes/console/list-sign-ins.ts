import { z } from 'zod';

import { answer, route, type Route } from '../route.ts';
import { time } from '../shapes.ts';
import { signInWay } from './console-shapes.ts';

const row = z.strictObject({
  id: z.string(),
  way: signInWay,
  browser: z.string().nullable(),
  address: z.string(),
  openedAt: time,
  lastAt: time,
  expiresAtMs: time,
  isThis: z.boolean(),
});

/** Where somebody is signed in. */
export const listSignIns: Route = route({
  name: 'listSignIns',
  method: 'GET',
  path: '/console/sign-ins',
  rights: ['prove'],
  reach: 'node',
  summary: 'where you are signed in, and since when',
  answer: { status: 200, shape: z.strictObject({ rows: z.array(row) }) },
  codes: [],
  handle: ({ services }, { caller }) => {
    const rows = services.signIns.list(caller).map((shown) => {
      const { id, way, browser, address, openedAt, lastAt, expiresAtMs } = shown;
      const isThis = id === caller.signIn;
      return { id, way, browser, address, openedAt, lastAt, expiresAtMs, isThis };
    });
    return answer({ rows });
  },
});
