import { compiledPact, type PactSource } from './context-compiled.ts';
import type { Services } from './services/daemon-services.ts';
import { makeRetention, type RetentionNeeds } from './services/retention.ts';
import { makePacks, type PacksNeeds } from './services/packs/make-packs.ts';
import { makeSubjects, type SubjectsNeeds } from './services/subjects.ts';
import { makeTraces } from './services/traces/make-traces.ts';
import type { TracesNeeds } from './services/traces/traces-needs.ts';
import { makeTrials, type TrialsNeeds } from './services/trials/make-trials.ts';

type Needs = SubjectsNeeds &
  TrialsNeeds &
  PacksNeeds &
  RetentionNeeds &
  Omit<TracesNeeds, 'pactOf'>;

/** Returns the services that read what was recorded, and open it for whoever may. */
export function recordsOf(
  needs: Needs,
  pacts: PactSource,
): Pick<Services, 'subjects' | 'traces' | 'trials' | 'packs' | 'retention'> {
  return {
    subjects: makeSubjects(needs),
    trials: makeTrials(needs),
    packs: makePacks(needs),
    retention: makeRetention(needs),
    traces: makeTraces({ ...needs, pactOf: (digest) => compiledPact(pacts, digest, null) }),
  };
}
