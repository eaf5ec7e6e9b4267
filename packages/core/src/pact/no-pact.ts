import type { CompiledPact } from './compiled.ts';

/**
 * Stands in where no pact is armed and none is looked at: for what people decide about an agent,
 * and the arming itself.
 */
export const NO_PACT: CompiledPact = {
  agent: '',
  digest: `sha256:${'0'.repeat(64)}`,
  document: {},
  timezone: 'UTC',
  offsetMs: () => 0,
  tools: new Map(),
  facts: new Map(),
  sessionFields: [],
  gates: { isOn: false, widenAfter: 1, approvers: [] },
  haltOn: [],
  staging: null,
  whenAway: 'refuse',
  drill: null,
  layers: [],
};
