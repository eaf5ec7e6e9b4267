import type { Config } from './config/config.ts';
import { type Live, openLive } from './live/live.ts';
import type { WatchedLog } from './live/live-rows.ts';
import { openSite, type Site } from './site/built-site.ts';

/** What browsers are served beside the API: the console's files, and what is written. */
export type ConsoleParts = { readonly site: Site; readonly live: Live };

/** What the machine lends. */
export type ConsoleSurroundings = {
  readonly clock: () => number;
  readonly monotonicMs: () => number;
  readonly failed: (cause: unknown) => void;
};

/** Opens what browsers are served; nothing is read before somebody asks. */
export function consoleOf(
  config: Pick<Config, 'console'>,
  { sequencer }: { readonly sequencer: WatchedLog },
  surroundings: ConsoleSurroundings,
): ConsoleParts {
  return {
    site: openSite(config.console.folder, surroundings),
    live: openLive({ ...surroundings, log: sequencer }),
  };
}
