import type { PartsContext, RecordedEvent } from '@plumbline/core';

import type { Subject } from '../store/vault.ts';
import type { Trace } from './trace.ts';
import type { Taken } from './halts/taken.ts';

/** What stands beside an event in its entry. */
export type Beside = Omit<PartsContext, 'pact'> & {
  readonly session?: { readonly id: string; readonly subject: Subject };
  readonly trace?: Trace | undefined;
  /** Is told once the log took it. */
  readonly recorded?: Taken;
};

/** One event, and what stands beside it. */
export type Told = Beside & { readonly event: RecordedEvent };
