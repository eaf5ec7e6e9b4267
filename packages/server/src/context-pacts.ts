import type { Config } from './config/config.ts';
import type { Past } from './daemon/past.ts';
import type { Guard } from './guard/guard.ts';
import type { Identity } from './identity/identity.ts';
import type { Sequencer } from './ledger/sequencer.ts';
import { makePacts } from './services/pacts.ts';
import { namesBehind } from './services/person-of-key.ts';
import type { Keys, Pacts } from './services/services.ts';
import type { WriteEntry } from './services/write-entry.ts';

/** What publishing stands on. */
export type PactParts = {
  readonly guard: Guard;
  readonly past: Pick<Past, 'registry'>;
  readonly write: WriteEntry;
  readonly sequencer: Sequencer;
  readonly keys: Keys;
  readonly identity: Identity;
};

/** Returns the service of publishing, by the rule of the configuration. */
export function pactsOf(
  { publishing, breakGlass }: Config,
  { guard, past, write, sequencer, keys, identity }: PactParts,
): Pacts {
  return makePacts({
    guard,
    registry: past.registry,
    write,
    blob: (digest) => sequencer.blob(digest),
    rule: publishing,
    isAloneUnderBreakGlass: breakGlass.publishing,
    namesBehind: (id) => namesBehind(id, { keys, identity }),
  });
}
