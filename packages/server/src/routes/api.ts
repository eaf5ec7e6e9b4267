import type { Config } from '../config/config.ts';
import type { RequestLimits } from './gate/rate-limits.ts';
import type { Guard } from '../guard/guard.ts';
import type { Live } from '../live/live.ts';
import type { Site } from '../site/built-site.ts';
import type { Services } from '../services/daemon-services.ts';
import type { Models } from '../store/models.ts';
import type { Metrics } from './health/metrics.ts';
import type { HookDoor } from './hooks/hook-door.ts';
import type { McpDoor } from './mcp/mcp-door.ts';
import type { RequestLog } from './request-log.ts';

/**
 * Everything the routes work with.
 *
 * `staticFile` returns a file of the served log by its path below `/log/`, or undefined. It is
 * asked for spelt-out paths alone: letters, digits, `.`, `-` and `_` between single slashes.
 * `clock` is ms UTC.
 */
export type Api = {
  readonly guard: Guard;
  readonly services: Services;
  readonly models: Models;
  readonly staticFile: (path: string) => Promise<ServedFile | undefined>;
  readonly settings: ApiSettings;
  readonly clock: () => number;
  readonly metrics: Metrics;
  readonly log: RequestLog;
  readonly mcp: McpDoor;
  readonly hooks: HookDoor;
  readonly site: Site;
  readonly live: Live;
};

/** A file of the log as it is served. */
export type ServedFile = {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly cacheSeconds: number;
  readonly isImmutable: boolean;
};

/** The part of the configuration the routes need. */
export type ApiSettings = Pick<Config, 'listen' | 'localRights' | 'supervision'> & {
  readonly limits: RequestLimits & Pick<Config['limits'], 'bodyBytes'>;
  readonly isLogOpen: boolean;
  /** Who gives out the tokens with which agents act. */
  readonly issuers: readonly string[];
};
