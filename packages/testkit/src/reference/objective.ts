import {
  type CompiledPact,
  type Digest,
  digestJson,
  type Event,
  isJsonObject,
  type Json,
} from '@plumbline/core';

/** Returns the digest of what a pact pursues. Source: spec/decide.md, section "Halts". */
export function objective(pact: Pick<CompiledPact, 'document'>): Digest {
  const layers: readonly Json[] = asList(pact.document['layers']);
  const said: Json[] = [];
  for (const layer of layers) {
    const members = isJsonObject(layer) ? saidBy(layer) : {};
    if (Object.keys(members).length > 0 && !holds(said, members)) said.push(members);
  }
  return digestJson({ objective: said });
}

function saidBy(layer: { readonly [name: string]: Json }): { readonly [name: string]: Json } {
  const { goal, metrics } = layer;
  const said = {
    ...(isJsonObject(metrics) ? metrics : {}),
    ...(typeof goal === 'string' ? { goal: goal.split(/\s+/).filter(Boolean).join(' ') } : {}),
  };
  const kept = Object.entries(said).map(([name, value]): readonly [string, Json] => {
    if (name === 'score') return [name, joined(value)];
    if (name !== 'must') return [name, value];
    const each = asList(value).map(joined);
    return [name, each.filter((one, index) => each.indexOf(one) === index).sort()];
  });
  const empty: readonly string[] = ['null', '""', '[]', '{}'];
  return Object.fromEntries(kept.filter(([, value]) => !empty.includes(JSON.stringify(value))));
}

function joined(expression: Json): Json {
  return typeof expression === 'string' ? expression.split(/\s+/).join('') : expression;
}

function asList(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

function holds(said: readonly Json[], members: Json): boolean {
  return said.some((other) => digestJson(other) === digestJson(members));
}

/** Returns the objective of what is armed after some events; null when it is another pact's. */
export function armedObjective(pact: CompiledPact, events: readonly Event[]): Digest | null {
  const armed = events.findLast(({ kind }) => kind === 'armed');
  if (armed?.kind !== 'armed') return objective({ document: {} });
  return armed.pact === pact.digest ? objective(pact) : null;
}
