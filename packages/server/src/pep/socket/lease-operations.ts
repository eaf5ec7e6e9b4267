import { z } from 'zod';

import type { Outcome } from '../../guard/guard.ts';
import { LOCAL } from '../../routes/gate/authenticate.ts';
import { parseShape } from '../../routes/parse-shape.ts';
import {
  acknowledgeBody,
  giveUpBody,
  renewBody,
  takeBody,
} from '../../routes/leases/lease-shapes.ts';
import type { FrameAnswer, Operation } from './operation.ts';

const by = LOCAL.id;
const leaseId = z.string().regex(/^[A-Za-z0-9_-]{1,128}$/);

const watchFrame = z.strictObject({
  after: z.int().min(0),
  waitMs: z.int().min(0).max(30_000),
});

/** What enforcement points on the socket ask of leases. */
export const LEASE_OPERATIONS: Readonly<Record<string, Operation>> = {
  lease: {
    right: 'act',
    run: ({ guard }, { agent, members }) => {
      const parsed = parseShape(takeBody, members);
      if (!parsed.ok) return told(parsed);
      return shown(guard.leases.take({ agent, by, ...parsed.value }));
    },
  },
  renew: ofLease(renewBody, ({ guard }, of) => guard.leases.renew(of)),
  acknowledge: ofLease(acknowledgeBody, ({ guard }, of) => guard.leases.acknowledge(of)),
  stops: ofLease(watchFrame, ({ guard }, of) => guard.leases.stops(of)),
  'give-up': ofLease(giveUpBody, ({ guard }, of) => guard.leases.giveUp(of)),
};

type OfLease = { readonly agent: string; readonly lease: string; readonly by: string };

function ofLease<T extends object>(
  shape: z.ZodType<T>,
  ask: (
    api: Parameters<Operation['run']>[0],
    of: OfLease & T,
  ) => Outcome<object> | Promise<Outcome<object>>,
): Operation {
  return {
    right: 'act',
    run: async (api, { agent, members: { lease, ...rest } }) => {
      const named = parseShape(leaseId, lease);
      if (!named.ok) return told(named);
      const parsed = parseShape(shape, rest);
      if (!parsed.ok) return told(parsed);
      return shown(await ask(api, { agent, lease: named.value, by, ...parsed.value }));
    },
  };
}

function told({
  problem: { code, detail },
}: Extract<ReturnType<typeof parseShape>, { readonly ok: false }>): FrameAnswer {
  return { ok: false, code, message: detail };
}

function shown(outcome: Outcome<object>): FrameAnswer {
  return outcome.ok ? outcome : { ok: false, ...outcome.error };
}
