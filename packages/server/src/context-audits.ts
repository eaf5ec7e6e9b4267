import type { Config } from './config/config.ts';
import type { Past } from './daemon/past.ts';
import type { Sequencer } from './ledger/sequencer.ts';
import { followAudits } from './services/audits/follow-audits.ts';
import { type AuditsNeeds, makeAudits } from './services/audits/make-audits.ts';
import type { Services } from './services/daemon-services.ts';

/** What audits are made from. */
export type AuditParts = Omit<
  AuditsNeeds,
  'followed' | 'rules' | 'knowing' | 'pseudonymOf' | 'sequencer'
> &
  AuditsNeeds['knowing'] & {
    readonly sequencer: Sequencer;
    readonly failed: (cause: unknown) => void;
    readonly past: Pick<Past, 'firstAudit'>;
    readonly factors: Pick<Services['factors'], 'pseudonymOf'>;
  };

/** Returns the service of audits, which follows the log from the first entry about them. */
export function auditsOf(
  { audits: rules }: Config,
  { past, keys, identity, factors, failed, ...parts }: AuditParts,
): Services['audits'] {
  const { sequencer } = parts;
  // Where nothing was ever audited, what stands in the log already says nothing.
  const from = past.firstAudit ?? sequencer.status().durableSize;
  const followed = followAudits({ sequencer, from, failed });
  const { pseudonymOf } = factors;
  return makeAudits({ ...parts, followed, rules, knowing: { keys, identity }, pseudonymOf });
}
