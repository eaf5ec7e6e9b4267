/** A call that somebody says was made. `tools` are the names it can have in a pact. */
export type MadeCall = {
  readonly at: number;
  readonly tools: readonly string[];
  /** Whether it ended with an error, so that it may have been refused. */
  readonly isError: boolean;
};

/** A decision as lists show it. */
export type ListedDecision = {
  readonly at: number;
  readonly tool: string | null;
  readonly verdict: string;
};

/** A transcript's clock may be ahead, and a call is decided before its message is written. */
const EARLIEST_MS = 30_000;
/** A call may have waited for a person. */
const LATEST_MS = 900_000;

/**
 * Returns the calls that no decision stands behind, in their order. Each decision stands behind one
 * call of its tool, made at most half a minute after it or a quarter of an hour before it; one that
 * refuses stands behind none that went well.
 *
 * Each call gets the first decision that is left for it, which leaves the most for the others.
 */
export function unmatchedCalls<Call extends MadeCall>(
  calls: readonly Call[],
  decisions: readonly ListedDecision[],
): readonly Call[] {
  const byTool = new Map<string, ListedDecision[]>();
  for (const decision of decisions.toSorted((one, other) => one.at - other.at)) {
    if (decision.tool === null) continue;
    const known = byTool.get(decision.tool);
    if (known === undefined) byTool.set(decision.tool, [decision]);
    else known.push(decision);
  }
  const used = new Set<ListedDecision>();
  return calls
    .toSorted((one, other) => one.at - other.at)
    .filter((call) => {
      const behind = call.tools
        .flatMap((tool) => byTool.get(tool) ?? [])
        .find((decision) => !used.has(decision) && standsBehind(decision, call));
      if (behind !== undefined) used.add(behind);
      return behind === undefined;
    });
}

function standsBehind({ at, verdict }: ListedDecision, call: MadeCall): boolean {
  const isInTime = at >= call.at - EARLIEST_MS && at <= call.at + LATEST_MS;
  return isInTime && (call.isError || verdict === 'allow' || verdict === 'modify');
}
