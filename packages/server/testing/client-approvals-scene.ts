import type { ApproverDesk } from '../src/pep/mcp/http/approver.ts';
import type { Caller } from '../src/routes/caller.ts';
import { type ClientApprovals, makeClientApprovals } from '../src/services/client-approvals.ts';
import { makePeople } from '../src/services/people.ts';
import { refused } from '../src/services/served.ts';
import type { Demand } from '../src/services/factors/factors.ts';
import { MAILS } from './ask-scene.ts';
import type { GuardScene } from './guard-scene.ts';

/** Somebody who may approve, by a token of their own. */
export const LENA_BY_TOKEN: Caller = {
  id: 'oidc_lena',
  kind: 'person',
  roles: ['approver'],
  scopes: [],
  agents: null,
  person: { id: 'lena@example.com', email: 'lena@example.com', groups: ['lead'] },
  mechanism: 'oidc',
};

/** Approvals at clients over a guard, of mails that are to be sent several times. */
export function clientApprovalsOver(scene: GuardScene, demand: Demand = 'none'): ClientApprovals {
  const keys = { list: async () => [], find: () => undefined };
  const identity = { namesBehind: (): readonly string[] => [] };
  const clock = (): number => scene.clock.ms;
  const opened = {
    decision: '',
    agent: 'support',
    session: 's',
    action: { tool: 'mail.send', args: MAILS },
    facts: [],
    full: { because: [{ kind: 'step_up', stage: 'step_up', rule: 'many', say: '' }] },
    sealed: 'opened',
  };
  return makeClientApprovals({
    guard: scene.guard,
    people: makePeople({ keys, identity, clock }),
    seats: { giversOf: async () => [] },
    decisions: {
      recorded: async () => refused('not-found', 'unused'),
      opened: async () => refused('not-found', 'unused'),
      // A decision as it is read back has more that nobody looks at here.
      unsealed: async () => ({ ok: true, value: opened as never }),
      earlier: () => Promise.resolve([]),
    },
    proving: { demand },
  });
}

/** A desk that knows Lena by the token `lena`, and nobody else. */
export function clientApprovalsDesk(scene: GuardScene): ApproverDesk {
  const recognise = async (token: string): Promise<Caller | null> =>
    token === 'lena' ? LENA_BY_TOKEN : null;
  return { ...clientApprovalsOver(scene), recognise };
}
