import { readFileSync } from 'node:fs';

import { ConfigError } from './config-error.ts';

/** Returns the text of a file, or undefined when there is none. Errors: `ConfigError`. */
export function readOptional(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const code: unknown = cause instanceof Error ? Reflect.get(cause, 'code') : undefined;
    if (code === 'ENOENT') return undefined;
    throw new ConfigError(`${file}: cannot be read (${String(code)})`, { cause });
  }
}
