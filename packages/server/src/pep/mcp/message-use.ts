/** What a message to a server is for, where credentials go with it. */
export type MessageUse = {
  /** Whether the action only reads, as the pact declares it. */
  readonly access: 'read' | 'write';
  /** The decision that let it through; null: it belongs to no action. */
  readonly decision: string | null;
};
