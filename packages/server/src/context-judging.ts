import type { Config } from './config/config.ts';
import { type AuditParts, auditsOf } from './context-audits.ts';
import type { Past } from './daemon/past.ts';
import type { Guard } from './guard/guard.ts';
import type { OpenedGuard } from './guard/open-guard.ts';
import { makeCases } from './services/cases.ts';
import { makeDecisions } from './services/decisions.ts';
import type { Services } from './services/daemon-services.ts';
import { openApprovalServices } from './services/open-approvals.ts';
import { namesBehind } from './services/person-of-key.ts';
import { makeUndos, type UndosNeeds } from './services/undo/undos.ts';

type ApprovingNeeds = Parameters<typeof openApprovalServices>[0];

/** What people judge with what was, or is to be, done. */
export type JudgingNeeds = Omit<
  ApprovingNeeds,
  'registry' | 'tools' | 'seats' | 'guard' | 'decisions' | 'states' | 'undos'
> &
  Omit<AuditParts, 'hasAgent' | 'past'> &
  Omit<
    UndosNeeds,
    'book' | 'guard' | 'undo' | 'upstreams' | 'told' | 'label' | 'voterOf' | 'namesBehind'
  > & {
    readonly guard: Guard;
    readonly past: Pick<Past, 'registry' | 'tools' | 'seats' | 'undos' | 'firstAudit'>;
    readonly opened: Pick<OpenedGuard, 'undo' | 'states'>;
    readonly factors: Services['factors'];
    readonly keys: Services['keys'];
    readonly identity: Services['identity'];
  };

type Judging = Pick<
  Services,
  'approvals' | 'clientApprovals' | 'seats' | 'cases' | 'audits' | 'decisions' | 'undos'
>;

/** Opens what people approve, correct and take back with. */
export async function openJudging(
  config: Config,
  needs: Omit<JudgingNeeds, 'pseudonymOf'>,
): Promise<Judging> {
  const { upstreams } = config;
  const { past, opened, keys, identity, factors, guard } = needs;
  const decisions = makeDecisions(needs);
  const { states } = opened;
  const approving = await openApprovalServices({ ...needs, ...past, decisions, states });
  const cases = makeCases(needs);
  const undos = makeUndos({
    ...needs,
    upstreams,
    book: past.undos,
    undo: opened.undo,
    pseudonymOf: factors.pseudonymOf,
    voterOf: approving.approvals.voterOf,
    namesBehind: (id) => namesBehind(id, { keys, identity }),
    label: ({ decision, note, by }) =>
      cases.correct({ decision, note, label: 'undone' }, { id: by }),
  });
  const hasAgent = (agent: string): boolean => guard.status(agent) !== undefined;
  const audits = auditsOf(config, { ...needs, hasAgent });
  return { ...approving, cases, audits, decisions, undos };
}
