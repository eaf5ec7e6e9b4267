import { noAgent } from '../../guard/refusal.ts';
import type { Api } from '../../routes/api.ts';
import { readDecide, readOutcome, readRedeem } from '../../routes/actions/action-shapes.ts';
import { LOCAL } from '../../routes/gate/authenticate.ts';
import { fault, type Parsed, parseShape } from '../../routes/parse-shape.ts';
import type { Problem } from '../../routes/problem.ts';
import { claimsBody } from '../../routes/sessions/add-claims.ts';
import { messageBody, rightToSay } from '../../routes/sessions/add-message.ts';
import { observedBody } from '../../routes/supervision/observed-shapes.ts';
import { supervisionIn } from '../../routes/supervision/supervision-in.ts';
import { offerBody, refusedBody } from '../../routes/tools/tool-shapes.ts';
import { openBody, openRequestOf, provingOf } from '../../routes/sessions/attest.ts';
import { evaluateFrame, sessionFrame } from './frame-shapes.ts';
import { LEASE_OPERATIONS } from './lease-operations.ts';
import type { Asked, FrameAnswer, FrameFault, Operation } from './operation.ts';

/** Every operation of frames. Source: spec/api/README.md, section "Frames on the socket". */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  open: {
    right: 'open-session',
    run: (api, { agent, members }) =>
      after(parseShape(openBody, members), async (body) => {
        const asked = await openRequestOf(api, LOCAL, { agent, body });
        if ('problem' in asked) return faultOf(asked.problem);
        return shown(await api.guard.openSession(asked.value));
      }),
  },
  close: {
    right: 'open-session',
    run: (api, { agent, members }) =>
      after(parseShape(sessionFrame, members), async ({ session }) =>
        shown(await api.guard.closeSession({ agent, session })),
      ),
  },
  message: { right: null, run: say },
  claim: { right: 'speak-for-principal', run: claim },
  decide: {
    right: 'act',
    run: (api, { agent, members }) =>
      after(readDecide(members), async ({ trace, lease, ...action }) => {
        const startedAt = performance.now();
        const under = lease === undefined ? {} : { under: { lease, by: LOCAL.id } };
        const request = { agent, ...action, ...under };
        const decided = await api.guard.decide(
          trace === undefined ? request : { ...request, trace },
        );
        if (decided.ok) {
          api.metrics.decided(decided.value.verdict, (performance.now() - startedAt) / 1000);
        }
        return shown(decided);
      }),
  },
  evaluate: {
    right: 'act',
    run: (api, { agent, members }) =>
      after(parseShape(evaluateFrame, members), async (action) =>
        shown(await api.guard.evaluate({ agent, ...action })),
      ),
  },
  redeem: {
    right: 'act',
    run: (api, { agent, members }) =>
      after(readRedeem(members), ({ token }) => {
        const redeemed = api.guard.redeem({ agent, token });
        if (!redeemed.ok && redeemed.error.code.startsWith('permit-')) {
          api.services.health.noteRefused('bad-permit');
        }
        return shown(redeemed);
      }),
  },
  outcome: {
    right: 'act',
    run: (api, { agent, members }) =>
      after(readOutcome(members), async (body) => {
        const { session, decision, status, result = null, records = null, forwarded } = body;
        const told = forwarded === undefined ? {} : { forwarded };
        const report = { agent, session, decision, status, result, records, ...told };
        return shown(await api.guard.outcome(report));
      }),
  },
  offer: {
    right: 'act',
    run: (api, { agent, members }) =>
      after(parseShape(offerBody, members), async (offer) =>
        shown(await api.services.tools.offer({ agent, ...offer })),
      ),
  },
  refused: {
    right: 'act',
    run: (api, { agent, members }) =>
      after(parseShape(refusedBody, members), async (call) =>
        shown(await api.guard.refusedCall({ agent, ...call })),
      ),
  },
  observed: {
    right: 'act',
    run: (api, { agent, members }) =>
      after(parseShape(observedBody, members), async (seen) =>
        shown(await api.guard.observed({ agent, ...seen })),
      ),
  },
  supervision: {
    right: 'act',
    run: (api, { agent, members }) =>
      after(parseShape(sessionFrame, members), ({ session }) =>
        shown(supervisionIn(api, { agent, session })),
      ),
  },
  ...LEASE_OPERATIONS,
  status: {
    right: 'act',
    run: ({ guard }, { agent }) => {
      const status = guard.status(agent);
      if (status !== undefined) return { ok: true, value: status };
      return { ok: false, code: 'unknown-agent', message: noAgent(agent) };
    },
  },
};

async function say(api: Api, { agent, members, rights }: Asked): Promise<FrameAnswer> {
  const { session, ...rest } = members;
  const place = parseShape(sessionFrame, { session });
  if (!place.ok) return faultOf(place.problem);
  return after(parseShape(messageBody, rest), async (message) => {
    if (!rights.includes(rightToSay(message.from)) && !rights.includes('speak-for-principal')) {
      return { ok: false, code: 'forbidden', message: 'speaking for the principal is not allowed' };
    }
    return shown(await api.guard.message({ agent, ...place.value, ...message }));
  });
}

async function claim(api: Api, { agent, members }: Asked): Promise<FrameAnswer> {
  const { session, ...rest } = members;
  const place = parseShape(sessionFrame, { session });
  if (!place.ok) return faultOf(place.problem);
  return after(parseShape(claimsBody, rest), async (body) => {
    const proving = await provingOf(api, LOCAL, body);
    if ('problem' in proving) return faultOf(proving.problem);
    return shown(await api.guard.prove({ agent, ...place.value, ...proving.value }));
  });
}

async function after<T>(
  parsed: Parsed<T>,
  run: (value: T) => Promise<FrameAnswer> | FrameAnswer,
): Promise<FrameAnswer> {
  return parsed.ok ? run(parsed.value) : faultOf(parsed.problem);
}

/** Returns a problem as frames tell it. */
export function faultOf({ code, detail }: Problem): FrameAnswer {
  return { ok: false, code, message: detail };
}

/** Returns what is told of a frame whose members are not what they must be. */
export function badFrame(at: string, what: string): FrameAnswer {
  return faultOf(fault(at, what).problem);
}

type Answered =
  | { readonly ok: true; readonly value: object }
  | { readonly ok: false; readonly error: FrameFault };

function shown(outcome: Answered): FrameAnswer {
  if (outcome.ok) return outcome;
  const { code, message } = outcome.error;
  return { ok: false, code, message };
}
