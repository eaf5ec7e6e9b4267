/** What an agent may be shown: the pact's tools, and those of them a session could be let use. */
export type UsableTools = {
  readonly pact: string;
  readonly declared: readonly string[];
  readonly usable: readonly string[];
};
