import type { Finding, FlowRule, Layer, SourceRule, Task } from '@plumbline/core';

import { labelsOf } from './labels.ts';
import { scalarsAt } from './paths.ts';
import { hasUntrustedIdentifier, sourcesOf } from './provenance.ts';
import { denial, failing, layerRequirement, matchConditions, stepUp, type Turn } from './turn.ts';

/** Stage 9. */
export function sources(turn: Turn, layer: Layer): readonly Finding[] {
  const purpose = layer.tasks?.get(turn.session?.opened.task ?? '');
  if (purpose === undefined) return [];
  return purpose.sources
    .filter((rule) => rule.tool === turn.action.tool)
    .filter((rule) => !holds(turn, rule))
    .map((rule) => sourceFinding(purpose, rule));
}

function holds(turn: Turn, rule: SourceRule): boolean {
  return scalarsAt(turn.action.args, rule.path)
    .filter((value) => value !== '')
    .every((value) =>
      sourcesOf(turn, value).some((name) => rule.sources.some((source) => covers(source, name))),
    );
}

/** A source that is a field covers the fields below it. */
function covers(source: string, name: string): boolean {
  return name === source || (source.includes(':') && name.startsWith(`${source}.`));
}

function sourceFinding(purpose: Task, rule: SourceRule): Finding {
  const id = `source:${rule.tool}.${rule.path}`;
  if (rule.otherwise === 'deny') return denial('sources', id, { violation: true });
  const { approvers, withinMs } = purpose;
  return stepUp('sources', { rule: id, approvers, quorum: 1, withinMs });
}

/** Stage 10. */
export function flows(turn: Turn, layer: Layer): readonly Finding[] {
  return layer.flows.flatMap((flow) => {
    if (!reaches(turn, flow) || !starts(turn, flow)) return [];
    const match = matchConditions(turn, { when: null, unless: flow.unless });
    const observed = flow.mode === 'observe';
    const at = { stage: 'flows', rule: flow.id, observed } as const;
    if (match.kind === 'fails') return [failing(turn, at, match.on)];
    if (match.kind === 'passes') return [];
    return [{ ...flowFinding(flow), ...(observed ? { observed } : {}) }];
  });
}

function flowFinding(flow: FlowRule): Finding {
  const { id, say, approvers, quorum, withinMs } = flow;
  if (flow.then === 'deny') return denial('flows', id, { say, violation: true });
  return stepUp('flows', { rule: id, approvers, quorum, withinMs });
}

function reaches({ subject }: Turn, flow: FlowRule): boolean {
  return (
    flow.to.includes(subject.effect) || (subject.isOpenWorld && flow.to.includes('open_world'))
  );
}

function starts(turn: Turn, { from }: FlowRule): boolean {
  const { pact, history, action, subject } = turn;
  switch (from.kind) {
    case 'untrusted':
      return hasUntrustedIdentifier(turn, action.args);
    case 'tainted':
      return labelsOf(pact, history, action.session).has('untrusted');
    case 'label':
      return (
        labelsOf(pact, history, action.session).has(from.label) ||
        subject.tool.sensitive.includes(from.label)
      );
    default:
      return from satisfies never;
  }
}

/** Stage 11. */
export function ruleOfTwo(turn: Turn, layer: Layer): readonly Finding[] {
  const { tool, effect, isOpenWorld } = turn.subject;
  const labels = labelsOf(turn.pact, turn.history, turn.action.session);
  const isSensitive = [...labels].some((label) => label !== 'untrusted' && label !== 'external');
  const adds = [
    tool.trust.byDefault === 'untrusted' || tool.trust.untrusted.length > 0,
    tool.sensitive.length > 0,
    effect !== 'read' || isOpenWorld,
  ];
  const carries = [labels.has('untrusted'), isSensitive, labels.has('external')];
  const isAll = adds.every((added, index) => added || carries[index]);
  if (layer.ruleOfTwo === 'off' || !isAll || !adds.includes(true)) return [];
  if (layer.ruleOfTwo === 'deny') return [denial('rule_of_two', 'rule_of_two')];
  return [stepUp('rule_of_two', layerRequirement(layer, 'rule_of_two'))];
}
