import type { CompiledPact, DrillRule, FactRule, Layer, Tool } from './compiled.ts';
import { digestJson } from '../digest.ts';
import { strictestStaging } from '../staging/rule.ts';
import { canonicalDocument } from './canonical-form.ts';
import { compileFlow, compileRules } from './compile-rules.ts';
import { compileTasks } from './compile-tasks.ts';
import type { FactDocument, PactDocument, TierDocument } from './document.ts';
import { offsetOf } from './timezone.ts';

const ESCALATE = 'this needs verified authority: ask the owner of this agent for access';

/**
 * Returns checked layers compiled. Compiling cannot fail: what could has been checked.
 *
 * documents: the pact itself first, then what it extends.
 */
export function compilePact(documents: readonly PactDocument[]): CompiledPact {
  const [own] = documents;
  const document = canonicalDocument(documents);
  const haltOn = new Set(documents.flatMap((layer) => layer.haltOn));
  const isHard = haltOn.has('unlisted_tool');
  return {
    agent: own?.agent.value ?? '',
    digest: digestJson(document),
    document,
    timezone: own?.timezone ?? 'UTC',
    offsetMs: offsetOf(own?.timezone ?? 'UTC'),
    tools: mergeTools(documents),
    facts: mergeFacts(documents),
    sessionFields: [...new Set(documents.flatMap(({ session }) => [...session.keys()]))],
    gates: mergeGates(documents),
    haltOn: [...haltOn],
    staging: mergeStaging(documents),
    // What one layer refuses no other lets go on.
    whenAway: documents.every(({ whenAway }) => whenAway === 'reads') ? 'reads' : 'refuse',
    drill: strictestDrill(documents),
    layers: documents.map((layer) => ({
      ...compileLayer(layer),
      // To halt on an unlisted tool is to block it hard, in whichever layer it is unlisted.
      unlisted: isHard ? 'hard_block' : layer.unlisted,
    })),
  };
}

/** Of several layers the most frequent drill, and the most people. */
function strictestDrill(documents: readonly PactDocument[]): DrillRule | null {
  const rules = documents.flatMap(({ drill }) => (drill === null ? [] : [drill]));
  if (rules.length === 0) return null;
  return {
    everyMs: Math.min(...rules.map(({ everyMs }) => everyMs)),
    holders: Math.max(...rules.map(({ holders }) => holders)),
  };
}

/** The layer that extends comes last, so its tools (with the schemas they inherit) stand. */
function mergeTools(documents: readonly PactDocument[]): ReadonlyMap<string, Tool> {
  return new Map(
    documents
      .toReversed()
      .flatMap(({ tools }) => [...tools.values()])
      .map(({ tool }) => [tool.name, tool] as const),
  );
}

/** Of several declarations of a fact, the strictest of each part. */
function mergeFacts(documents: readonly PactDocument[]): ReadonlyMap<string, FactRule> {
  const merged = new Map<string, FactRule>();
  const declared = new Set<string>();
  for (const fact of documents.flatMap(({ facts }) => [...facts.values()])) {
    const known = merged.get(fact.name);
    if (fact.isBuiltIn && known !== undefined) continue;
    const isFirst = known === undefined || !declared.has(fact.name);
    merged.set(fact.name, isFirst ? compileFact(fact) : stricter(known, compileFact(fact)));
    if (!fact.isBuiltIn) declared.add(fact.name);
  }
  return merged;
}

function compileFact({ name, maxAgeMs, key, pending, withinMs }: FactDocument): FactRule {
  return { name, maxAgeMs, key: key?.value ?? null, pending, withinMs };
}

function stricter(one: FactRule, other: FactRule): FactRule {
  return {
    name: one.name,
    key: one.key ?? other.key,
    maxAgeMs: Math.min(one.maxAgeMs, other.maxAgeMs),
    pending: one.pending === 'deny' ? 'deny' : other.pending,
    withinMs: Math.min(one.withinMs, other.withinMs),
  };
}

function mergeGates(documents: readonly PactDocument[]): CompiledPact['gates'] {
  const on = documents.filter(({ gates }) => gates.isOn);
  const asked = on.find(({ gates }) => gates.approvers !== null) ?? on[0] ?? documents[0];
  return {
    isOn: on.length > 0,
    widenAfter: Math.min(...(on.length > 0 ? on : documents).map(({ gates }) => gates.widenAfter)),
    approvers: asked?.gates.approvers ?? asked?.approvers ?? [],
  };
}

function mergeStaging(documents: readonly PactDocument[]): CompiledPact['staging'] {
  return strictestStaging(
    documents.flatMap(({ staging }) =>
      staging === null ? [] : [{ ...staging, tools: staging.tools.map(({ value }) => value) }],
    ),
  );
}

function compileLayer(document: PactDocument): Layer {
  const { standard, elevated, moneyAbove, escalate } = document.tiers;
  return {
    file: document.file,
    autonomy: document.autonomy.value,
    unlisted: document.unlisted,
    flows: document.flows.map((flow) => compileFlow(document, flow)),
    ruleOfTwo: document.ruleOfTwo.value,
    tasks: document.tasks === null ? null : compileTasks(document, document.tasks),
    tiers: {
      standard: standard === null ? null : compileTier(standard),
      elevated: elevated === null ? null : compileTier(elevated),
      moneyAbove,
      escalate: escalate ?? ESCALATE,
    },
    bulk: document.bulk,
    persistence: document.persistence,
    dormantAfterMs: document.dormantAfterMs,
    approvers: document.approvers,
    approvalWithinMs: document.approvalWithinMs,
    ...compileRules(document),
  };
}

function compileTier({ claim, contains, maxAgeMs }: TierDocument): Layer['tiers']['standard'] {
  return { claim, contains, maxAgeMs };
}
