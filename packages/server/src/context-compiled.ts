import type { CompiledPact } from '@plumbline/core';

import type { Sequencer } from './ledger/sequencer.ts';
import type { PactRegistry } from './services/pact-registry.ts';
import { compileSources, sourcesIn } from './services/pact-sources.ts';

/** Where armed pacts are found again. */
export type PactSource = {
  readonly sequencer: Pick<Sequencer, 'blob'>;
  readonly registry: PactRegistry;
};

/** What is armed is compiled again from the sources in the ledger, and must mean the same. */
export async function compiledPact(
  { sequencer, registry }: PactSource,
  digest: string,
  named: string | null,
): Promise<CompiledPact | undefined> {
  const sources = named ?? registry.sourcesOf(digest);
  const blob = sources === undefined ? undefined : await sequencer.blob(sources);
  if (blob === undefined) return undefined;
  const compiled = compileSources(sourcesIn(blob));
  return compiled.ok && compiled.value.digest === digest ? compiled.value : undefined;
}
