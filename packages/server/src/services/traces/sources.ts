import type { CompiledPact, Entry } from '@plumbline/core';

import type { Models } from '../../store/models.ts';
import type { TraceSource } from './traces.ts';

type Needs = {
  readonly models: Pick<Models, 'decision'>;
  readonly pactOf: (digest: string) => Promise<CompiledPact | undefined>;
};

const MOST_PACTS = 32;

/** Tells whose word entries brought, as the pacts say that decided. */
export class Sources {
  readonly #needs: Needs;
  /** Pacts are compiled once: a version never changes. */
  readonly #pacts = new Map<string, Promise<CompiledPact | undefined>>();

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  async of({ kind, open }: Entry): Promise<TraceSource | null> {
    const { from, decision } = open;
    if (kind === 'message') {
      return from === 'principal'
        ? { from: 'principal', tool: null, trust: 'principal' }
        : { from: 'stranger', tool: null, trust: 'untrusted' };
    }
    if (kind !== 'outcome' || typeof decision !== 'string') return null;
    const decided = await this.#needs.models.decision(decision);
    if (decided?.tool == null) return null;
    const { tool, pact } = decided;
    return { from: 'tool', tool, trust: trustIn(await this.#pact(pact), tool) };
  }

  #pact(digest: string): Promise<CompiledPact | undefined> {
    const known = this.#pacts.get(digest);
    if (known !== undefined) return known;
    if (this.#pacts.size >= MOST_PACTS) this.#pacts.clear();
    const compiled = this.#needs.pactOf(digest);
    this.#pacts.set(digest, compiled);
    return compiled;
  }
}

/** What nobody declared is a stranger's word. */
function trustIn(pact: CompiledPact | undefined, tool: string): TraceSource['trust'] {
  const trust = pact?.tools.get(tool)?.trust;
  if (trust === undefined) return 'untrusted';
  const others = trust.byDefault === 'trusted' ? trust.untrusted : trust.trusted;
  return others.length === 0 ? trust.byDefault : 'mixed';
}
