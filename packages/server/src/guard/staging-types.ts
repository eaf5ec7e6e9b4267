import type { StagingPhase, StagingVerdict } from '@plumbline/core';

/** How the staged actions of an agent stand. Source: spec/pact/language.md, section "Staging". */
export type StagingView = {
  readonly agent: string;
  readonly pact: string;
  readonly tools: readonly string[];
  readonly upstream: string;
  readonly share: number | null;
  readonly phase: StagingPhase;
  readonly isHeld: boolean;
  /** Since when, ms UTC, and who moved it there; `plumbline` where its checks did. */
  readonly since: number;
  readonly by: string;
  /** When it is promoted at the earliest; null where nothing follows. */
  readonly dueAt: number | null;
  readonly next: StagingPhase | null;
  readonly checks: readonly StagingVerdict[];
};

/** What a person decides: the next phase, none, the same one held, or all over again. */
export type StagingChange = {
  readonly agent: string;
  readonly move: 'promote' | 'fall-back' | 'hold' | 'restart';
  readonly reason: string;
  readonly by: string;
};

/** Where a change was recorded, and what holds from then on. */
export type ChangedStaging = {
  readonly index: number;
  readonly phase: StagingPhase;
  readonly isHeld: boolean;
};

/** How staged actions stand, null where the armed pact stages none; and what a change comes to. */
export type StagingDesk<Changed> = {
  readonly view: (agent: string) => StagingView | null | undefined;
  readonly change: (of: StagingChange) => Promise<Changed>;
};
