import type { Config } from './config/config.ts';
import type { Egress } from './egress/egress.ts';
import type { OpenedGuard } from './guard/open-guard.ts';
import type { Sequencer } from './ledger/sequencer.ts';
import { openTelling, type Telling } from './notify/open-notifier.ts';
import { makeReadSecret } from './notify/read-secret.ts';
import type { Services } from './services/daemon-services.ts';
import type { OwnSecrets } from './services/own-secrets.ts';
import type { WriteEntry } from './services/write-entry.ts';
import type { Outbox } from './store/outbox.ts';

/** What people are told from. */
export type TellingParts = {
  readonly sequencer: Sequencer;
  readonly guard: OpenedGuard;
  readonly people: Pick<Services, 'breakGlass'>;
  readonly voteFrom: Services['approvals']['voteFrom'];
  readonly write: WriteEntry;
  readonly egress: Egress;
  readonly openOutbox: () => Outbox;
  /** Secrets of the vault that are the daemon's own. */
  readonly own: OwnSecrets;
};

/** What the machine lends. */
export type TellingMachine = {
  readonly credentials: string | null;
  readonly clock: () => number;
  readonly failed: (cause: unknown) => void;
};

/** Returns what tells people what happens, by the configuration. */
export function tellingOf(
  config: Config,
  { sequencer, guard, people, voteFrom, write, egress, openOutbox, own }: TellingParts,
  { clock, failed, credentials }: TellingMachine,
): Telling {
  return openTelling({
    rules: config.notify,
    origin: config.origin,
    sequencer,
    asks: guard.guard.asks,
    breakGlass: people.breakGlass,
    voteFrom,
    write,
    clock,
    random: Math.random,
    failed,
    egress,
    readSecret: makeReadSecret(credentials, own),
    openOutbox,
  });
}
