import { canonical, type JsonObject } from '@plumbline/core';
import { hash } from 'node:crypto';

/** One action of a set, as it is approved. `salt` keeps its digest from being guessed. */
export type ExactAction = {
  readonly n: number;
  readonly decision: string;
  readonly tool: string;
  readonly args: JsonObject;
  readonly salt: string;
};

/** Returns the digest of one action of a set. Source: spec/undo.md, section "What is approved". */
export function actionDigest({ n, decision, tool, args, salt }: ExactAction): string {
  return digestOf({ n, decision, tool, args, salt });
}

/** Returns the digest of a set: of exactly these actions in this order, under this pact. */
export function setDigest(set: {
  readonly undo: string;
  readonly agent: string;
  readonly pact: string;
  readonly goOn: boolean;
  readonly actions: readonly string[];
}): string {
  const { undo, agent, pact, goOn, actions } = set;
  return digestOf({ undo, agent, pact, goOn, actions });
}

function digestOf(value: JsonObject): string {
  return `sha256:${hash('sha256', canonical(value), 'hex')}`;
}
