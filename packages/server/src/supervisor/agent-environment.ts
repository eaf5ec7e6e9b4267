import { HOME } from './sandbox/setup-script.ts';

const KEPT = ['PATH', 'LANG', 'LANGUAGE', 'TERM', 'COLORTERM', 'TZ', 'NO_COLOR', 'USER', 'LOGNAME'];
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

/** Either the variables of an agent, or which one is not set. */
export type NamedEnvironment =
  | { readonly ok: true; readonly value: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly missing: string };

/**
 * Returns what an agent finds in its environment: where programs are, its language and terminal,
 * and what is named; nothing else of what is around it. A name that is not set is the answer.
 */
export function agentEnvironment(
  around: Readonly<Record<string, string | undefined>>,
  named: readonly string[],
): NamedEnvironment {
  const found: Record<string, string> = { HOME };
  for (const [name, value] of Object.entries(around)) {
    const isKept = KEPT.includes(name) || name.startsWith('LC_');
    if (isKept && value !== undefined) found[name] = value;
  }
  for (const name of named) {
    const value = around[name];
    if (!NAME.test(name) || value === undefined) return { ok: false, missing: name };
    found[name] = value;
  }
  return { ok: true, value: found };
}
