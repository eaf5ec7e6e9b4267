/** What was found of an engine or a cluster; in words that hold no secret. */
export type Examined = {
  readonly says: string;
  /** Why a halt would end less than it should. */
  readonly faults: readonly string[];
  readonly warns: readonly string[];
};
