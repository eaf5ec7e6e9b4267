import type { Notices } from '../notify/notices.ts';
import type { Audits } from './audits/audits.ts';
import type { Cases } from './labelled-case.ts';
import type { Broker } from '../broker/broker.ts';
import type { Identity } from '../identity/identity.ts';
import type { ApprovalServices } from './open-approvals.ts';
import type { Drills } from '../drills/drills.ts';
import type { Bypasses } from './bypasses.ts';
import type { BreakGlass } from './break-glass.ts';
import type { Factors } from './factors/factors.ts';
import type { Traces } from './traces/traces.ts';
import type { Packs } from './packs/packs.ts';
import type { Retention } from './retention.ts';
import type { Trials } from './trials/trials.ts';
import type { Grants } from './grants.ts';
import type { SignIns } from './sign-ins/sign-ins.ts';
import type { Undos } from './undo/undos.ts';
import type {
  Credentials,
  Decisions,
  Health,
  Keys,
  Log,
  Pacts,
  Subjects,
  Tools,
} from './services.ts';

/** Everything the routes call besides the guard, the models and the log's static files. */
export type Services = ApprovalServices & {
  readonly pacts: Pacts;
  readonly tools: Tools;
  readonly bypasses: Bypasses;
  readonly keys: Keys;
  readonly factors: Factors;
  readonly grants: Grants;
  readonly breakGlass: BreakGlass;
  readonly signIns: SignIns;
  readonly credentials: Credentials;
  readonly broker: Pick<Broker, 'forward'>;
  readonly subjects: Subjects;
  readonly decisions: Decisions;
  readonly cases: Cases;
  readonly undos: Undos;
  readonly traces: Traces;
  readonly trials: Trials;
  readonly packs: Packs;
  readonly retention: Retention;
  readonly audits: Audits;
  readonly log: Log;
  readonly health: Health;
  readonly notices: Notices;
  readonly drills: Drills;
  readonly identity: Identity;
};
