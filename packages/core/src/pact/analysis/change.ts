import type { VerdictKind } from '../../decide/verdict.ts';
import type { JsonObject } from '../../json.ts';

/** An action that shows a change: both verdicts were decided by the kernel. */
export type Example = {
  readonly tool: string;
  readonly args: JsonObject;
  readonly session: JsonObject;
  readonly task: string | null;
  readonly principal: string;
  readonly facts: { readonly [name: string]: JsonObject };
  readonly before: VerdictKind;
  readonly after: VerdictKind;
};

/**
 * One difference in meaning between two pacts, as a sentence.
 *
 * `widened`: now also allowed; `narrowed`: no longer; `asks`: now needs approval; `relaxed`: no
 * longer needs it; `setting`: anything else; `undetermined`: the rules about `about` differ, and
 * whether they mean the same is not decided. `before` and `after` are texts of the pacts.
 */
export type Change = {
  readonly kind: 'widened' | 'narrowed' | 'asks' | 'relaxed' | 'setting' | 'undetermined';
  readonly about: string;
  readonly text: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly example: Example | null;
};

/** Returns a change of something that is set rather than decided. */
export function setting(
  about: string,
  text: string,
  values: { readonly before: string | null; readonly after: string | null },
): Change {
  return { kind: 'setting', about, text, ...values, example: null };
}
