import { refusedByPerson } from './approvals.ts';
import type { StageOf } from './context.ts';
import { allow } from './stages/allow.ts';
import { authority } from './stages/authority.ts';
import { autonomy } from './stages/autonomy.ts';
import { bulk } from './stages/bulk.ts';
import { checkpoints } from './stages/checkpoints.ts';
import { defer } from './stages/defer.ts';
import { delegation } from './stages/delegation.ts';
import { dormant } from './stages/dormant.ts';
import { duplicates } from './stages/duplicates.ts';
import { excluded } from './stages/excluded.ts';
import { flows } from './stages/flows.ts';
import { gates } from './stages/gates.ts';
import { halted } from './stages/halted.ts';
import { limits } from './stages/limits.ts';
import { locks } from './stages/locks.ts';
import { modify } from './stages/modify.ts';
import { persistence } from './stages/persistence.ts';
import { protectedTools } from './stages/protected.ts';
import { ruleOfTwo } from './stages/rule-of-two.ts';
import { session } from './stages/session.ts';
import { sources } from './stages/sources.ts';
import { stepUp } from './stages/step-up.ts';
import { task } from './stages/task.ts';
import { unlisted } from './stages/unlisted.ts';

/** One stage: run once for the pact, or once for each of its layers. */
export type StageEntry = { readonly isPerLayer: boolean; readonly run: StageOf };

const once = (run: StageOf): StageEntry => ({ isPerLayer: false, run });
const each = (run: StageOf): StageEntry => ({ isPerLayer: true, run });

/** The stages in the order in which their findings are explained. Source: spec/decide.md. */
export const STAGE_TABLE: readonly StageEntry[] = [
  once(halted),
  once(session),
  each(unlisted),
  each(excluded),
  once(protectedTools),
  once(delegation),
  each(authority),
  each(autonomy),
  each(task),
  each(sources),
  each(flows),
  each(ruleOfTwo),
  each(limits),
  once(gates),
  each(duplicates),
  each(bulk),
  each(persistence),
  once(locks),
  each(dormant),
  each(checkpoints),
  once(refusedByPerson),
  each(stepUp),
  each(defer),
  each(modify),
  each(allow),
];
