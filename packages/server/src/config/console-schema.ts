import { join, resolve } from 'node:path';
import { z } from 'zod';

/** The console, and people who are signed in to it. */
export type ConsoleConfig = {
  /** The folder that holds the built console, absolute. */
  readonly folder: string;
  /** A sign-in ends when nothing is asked with it for as long. */
  readonly idleMs: number;
  /** A sign-in ends then, however much it is used. */
  readonly maxMs: number;
  /**
   * What signing in by a key or a link proves besides: a factor of whoever has one, always a
   * factor, or always a passkey.
   */
  readonly factor: 'enrolled' | 'totp' | 'webauthn';
};

/** The same as the file says it. */
export type SettledConsole = Omit<ConsoleConfig, 'folder'> & {
  readonly folder?: string | undefined;
};

const HOUR_MS = 3_600_000;
const count = (least: number, most: number): z.ZodNumber => z.number().int().min(least).max(most);

/** The shape of `console` in the configuration file. */
export const consoleShape: z.ZodType<SettledConsole, object | undefined> = z
  .strictObject({
    folder: z.string().min(1).optional(),
    idleMs: count(60_000, 168 * HOUR_MS).default(HOUR_MS),
    maxMs: count(60_000, 720 * HOUR_MS).default(12 * HOUR_MS),
    factor: z.enum(['enrolled', 'totp', 'webauthn']).default('enrolled'),
  })
  .prefault({});

// The console's package stands beside the server's, in a clone as where both are installed.
const BESIDE = join(import.meta.dirname, '../../../console/dist');

/** Returns where the console is and how long sign-ins last. */
export function settleConsole({ folder, ...rest }: SettledConsole): ConsoleConfig {
  return { ...rest, folder: folder === undefined ? BESIDE : resolve(folder) };
}
