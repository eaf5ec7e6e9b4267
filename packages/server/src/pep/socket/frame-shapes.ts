import type { JsonObject } from '@plumbline/core';
import { z } from 'zod';

import { object, sessionId } from '../../routes/shapes.ts';

/** How long a frame may be, with its line break: 1 MiB. */
export const MAX_FRAME_BYTES = 1_048_576;

/** How long an answer may be: it repeats a request's arguments and adds the decision. */
export const MAX_ANSWER_BYTES = 2_097_152;

/** A frame that names a session and nothing else. */
export const sessionFrame: z.ZodType<{ readonly session: string }> = z.strictObject({
  session: sessionId,
});

/** A dry run in an open session. */
export const evaluateFrame: z.ZodType<{
  readonly session: string;
  readonly tool: string;
  readonly args: JsonObject;
}> = z.strictObject({
  session: sessionId,
  tool: z.string().min(1).max(512),
  args: object,
});
