/** A session that was handed down: by which session and decision, and where it is. */
export type Heir = {
  readonly from: string;
  readonly decision: string;
  readonly agent: string;
  readonly session: string;
};

/** The sessions that an agent's sessions handed down, by session and by the decision it took. */
export type Heirs = Map<string, Map<string, Heir>>;

/** Returns what a decision of a session handed down, or undefined. */
export function heirOf(heirs: Heirs, from: string, decision: string): Heir | undefined {
  return heirs.get(from)?.get(decision);
}

/** Takes up a session that was handed down. */
export function holdHeir(heirs: Heirs, heir: Heir): void {
  const known = heirs.get(heir.from) ?? new Map<string, Heir>();
  heirs.set(heir.from, known.set(heir.decision, heir));
}
