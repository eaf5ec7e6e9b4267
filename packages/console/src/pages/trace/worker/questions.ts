import type { RuleAbout } from '@plumbline/core';

import type { PactSources } from '../../../data/pacts.ts';
import type { WorkerQuestion } from '../../../ui/page-worker.ts';
import type { Compared } from './compare-decision.ts';
import type { Explained } from './explain-decision.ts';
import type { Trail } from './origin-trail.ts';
import type { ReplayedDecision } from './replay.ts';
import type { SessionRecord } from './session-record.ts';

/** What the worker is asked, by name, and what it answers. */
export type Questions = {
  /** Every rule about a tool, in the order tried. */
  readonly rules: {
    readonly asked: { readonly pact: PactSources; readonly tool: string };
    readonly answer: readonly RuleAbout[];
  };
  readonly explain: {
    readonly asked: { readonly pact: PactSources; readonly index: number };
    readonly answer: Explained | null;
  };
  readonly trail: {
    readonly asked: {
      readonly pact: PactSources;
      readonly index: number;
      readonly value: string | number;
    };
    readonly answer: Trail;
  };
  readonly compare: {
    readonly asked: {
      readonly own: PactSources | null;
      readonly other: PactSources | null;
      readonly index: number;
    };
    readonly answer: Compared;
  };
  readonly replay: {
    readonly asked: { readonly own: readonly PactSources[]; readonly other: PactSources | null };
    readonly answer: readonly ReplayedDecision[];
  };
};

/** The name of a question. */
export type QuestionName = keyof Questions;

/** A question on its way to the worker. */
export type Question = WorkerQuestion<Questions>;

/** What the worker takes: a session to know from now on, or a question about it. */
export type ToWorker = { readonly record: SessionRecord } | Question;
