/** How an agent stands. Times are ms UTC. */
export type AgentStatus = {
  readonly agent: string;
  readonly pact: string | null;
  readonly shadow: string | null;
  readonly epoch: number;
  readonly halts: readonly {
    readonly scope: string;
    readonly target: string;
    readonly reason: string;
  }[];
  readonly openSessions: number;
  readonly inFlight: number;
  readonly waiting: number;
  /** Reviews of its objective that nobody has closed. */
  readonly reviews: number;
  /** Alerts raised so far. */
  readonly alerts: number;
  /** How far the armed pact lets it act by itself: the least of its layers; null without one. */
  readonly autonomy: 1 | 2 | 3 | null;
  /** The names of the enforcement points that hold a lease on it. */
  readonly leases: readonly string[];
};
