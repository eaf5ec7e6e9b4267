import type { Digest } from '../digest.ts';
import type { JsonObject } from '../json.ts';

/**
 * One thing an agent proposes.
 *
 * `tool` names a declared tool, or `output.message`, `output.answer` (with `args.text`), or
 * `handoff.<agent>`. `id` is the request id: the same id always means the same body.
 * `digest` is over `canonical({ tool, args })`; whoever receives the action computes it.
 */
export type Action = {
  readonly id: string;
  readonly session: string;
  readonly tool: string;
  readonly args: JsonObject;
  readonly digest: Digest;
};
