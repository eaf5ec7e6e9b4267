import type { Json } from '@plumbline/core';

import type { RefusalCode } from '../../guard/guard.ts';
import type { Api } from '../../routes/api.ts';
import type { Right } from '../../routes/caller.ts';
import type { Problem } from '../../routes/problem.ts';

/** Why a frame was not answered with a value. */
export type FrameFault = { readonly code: Problem['code'] | RefusalCode; readonly message: string };

/** What a frame is answered with. */
export type FrameAnswer =
  { readonly ok: true; readonly value: object } | ({ readonly ok: false } & FrameFault);

/** What an operation needs: its members without `id`, `op` and `agent`. */
export type Asked = {
  readonly agent: string;
  readonly members: { readonly [key: string]: Json };
  readonly rights: readonly Right[];
};

/** One operation of frames: the right it takes, and what it does. */
export type Operation = {
  readonly right: Right | null;
  readonly run: (api: Api, asked: Asked) => Promise<FrameAnswer> | FrameAnswer;
};
