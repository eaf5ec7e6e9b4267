import type { CompiledPact } from '@plumbline/core';

import type { Models } from '../../store/models.ts';
import type { RoomMark } from '../../seal/room-marks.ts';
import type { Reading } from '../read-entry.ts';
import type { WriteEntry } from '../write-entry.ts';

/** What traces are read and opened with. `pactOf` compiles a pact that was armed. */
export type TracesNeeds = Reading & {
  readonly models: Pick<Models, 'sessions' | 'events' | 'decision' | 'roomOpenings'>;
  readonly write: WriteEntry;
  readonly roomMark: RoomMark;
  readonly caughtUp: () => Promise<void>;
  readonly pactOf: (digest: string) => Promise<CompiledPact | undefined>;
};
