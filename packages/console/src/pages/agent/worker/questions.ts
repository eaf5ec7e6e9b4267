import type { AgentAnswer, AgentDraft, AgentFacts, Change, formatPact } from '@plumbline/core';

import type { PactFiles } from '../../../data/pacts.ts';
import type { WorkerQuestion } from '../../../ui/page-worker.ts';
import type { Study } from './study-pact.ts';

/** What the worker is asked, by name, and what it answers. */
export type Questions = {
  /** What is wrong with a pact and what it means. */
  readonly study: { readonly asked: PactFiles; readonly answer: Study };
  /** What two pacts mean differently; null where one of them does not load. */
  readonly compare: {
    readonly asked: { readonly before: PactFiles | null; readonly after: PactFiles };
    readonly answer: readonly Change[] | null;
  };
  /** A file of a pact in the canonical layout, or why it is none. */
  readonly format: {
    readonly asked: { readonly name: string; readonly text: string };
    readonly answer: ReturnType<typeof formatPact>;
  };
  /** A careful first pact, drafted from what tools say of themselves. */
  readonly draft: { readonly asked: AgentDraft; readonly answer: string };
  /** The five questions of whoever trusts an agent. */
  readonly answers: {
    readonly asked: {
      readonly pact: PactFiles | null;
      readonly facts: Omit<AgentFacts, 'pact'>;
    };
    readonly answer: readonly AgentAnswer[];
  };
};

/** The name of a question. */
export type QuestionName = keyof Questions;

/** A question on its way to the worker. */
export type Question = WorkerQuestion<Questions>;
