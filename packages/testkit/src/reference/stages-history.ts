import {
  canonical,
  type Event,
  type Finding,
  type Json,
  type Layer,
  type Requirement,
} from '@plumbline/core';

import { amountAt } from './counters.ts';
import { decimalOf } from './decimal.ts';
import { countingRecords, gateOf, refusalsOf, sampleTotals } from './memory.ts';
import { isLetThrough } from './history.ts';
import { scalarsAt, valueAt } from './paths.ts';
import { normal } from './provenance.ts';
import { chargeOf } from './stages-rules.ts';
import { denial, layerRequirement, stepUp, type Turn } from './turn.ts';

/** Stage 13. */
export function gates(turn: Turn): readonly Finding[] {
  const { pact, subject } = turn;
  const { category } = subject.tool;
  const rule = `gate:${category}`;
  const gate = gateOf(turn, category);
  if (!pact.gates.isOn || gate === 'open') return [];
  if (gate === 'kept') return [denial('gates', rule)];
  const withinMs = pact.layers[0]?.approvalWithinMs ?? 0;
  return [stepUp('gates', { rule, approvers: pact.gates.approvers, quorum: 1, withinMs })];
}

/** Stage 14. */
export function duplicates(turn: Turn, layer: Layer): readonly Finding[] {
  return layer.rulesFor(turn.action.tool).duplicates.flatMap((rule) => {
    const key = markKey(turn, rule);
    if (turn.now >= markedUntil(turn.history, key)) return [];
    if (rule.then === 'deny') return [denial('duplicates', rule.id)];
    const { id, approvers, approvalWithinMs } = rule;
    const requirement: Requirement = { rule: id, approvers, quorum: 1, withinMs: approvalWithinMs };
    return [stepUp('duplicates', requirement)];
  });
}

/** A mark is taken back when the one action that set it was never sent. */
function markedUntil(history: readonly Event[], key: string): number {
  let until = -Infinity;
  let owner: string | null = null;
  for (const event of history) {
    const mark = isLetThrough(event) && event.decision.marks.find((one) => one.key === key);
    if (isLetThrough(event) && mark) {
      owner = event.at < until ? null : event.id;
      until = mark.untilMs;
    }
    if (event.kind !== 'outcome' || event.decision !== owner) continue;
    if (event.status === 'not_sent') until = -Infinity;
    if (event.status !== 'unknown') owner = null;
  }
  return until;
}

/** Returns the key under which a duplicate rule remembers an action. */
export function markKey(
  { action }: Turn,
  rule: { readonly id: string; readonly key: readonly string[] },
): string {
  const values = rule.key.map((path) => valueAt(action.args, path) ?? null);
  return canonical([rule.id, ...values]);
}

/** Stage 15. */
export function bulk(turn: Turn, layer: Layer): readonly Finding[] {
  const { tool } = turn.subject;
  if (layer.bulk === null || tool.records === null) return [];
  const { percentile, floor, coldStart } = layer.bulk;
  const own =
    tool.records === 'result.count' ? 0 : sizeOf(amountAt(turn.action.args, tool.records));
  const total = countingRecords(turn.session?.life ?? [], tool.name) + own;
  const past = sampleTotals(turn.history, tool.name).toSorted((left, right) => left - right);
  const rank = Math.max(1, Math.ceil((percentile / 100) * past.length));
  const usual = past.length >= floor ? (past[rank - 1] ?? 0) : 0;
  if (total <= Math.max(usual, coldStart)) return [];
  return [stepUp('bulk', layerRequirement(layer, `bulk:${tool.name}`))];
}

/** What cannot be counted is more than any threshold. */
function sizeOf(value: Json | undefined): number {
  if (value === undefined || value === null) return 0;
  if (Array.isArray(value)) return value.length;
  const count = typeof value === 'string' && decimalOf(value) === null ? NaN : Number(value);
  return typeof value !== 'boolean' && count >= 0 ? count : Infinity;
}

/** Stage 16. A session that is only warned has no finding. */
export function persistence(turn: Turn, layer: Layer): readonly Finding[] {
  const { category } = turn.subject.tool;
  const rule = `persistence:${category}`;
  const refusals = refusalsOf(turn, category);
  if (refusals >= layer.persistence.halt) {
    return [denial('persistence', rule, { halts: 'session' })];
  }
  if (refusals < layer.persistence.pause) return [];
  return [stepUp('persistence', layerRequirement(layer, rule))];
}

/** Returns whether the layer's persistence has come to a warning and no further. */
export function isWarned(turn: Turn, layer: Layer): boolean {
  const refusals = refusalsOf(turn, turn.subject.tool.category);
  return refusals >= layer.persistence.warn && refusals < layer.persistence.pause;
}

/** Stage 17. */
export function locks({ subject, action, history, now }: Turn): readonly Finding[] {
  const { entity } = subject.tool;
  if (subject.effect === 'read' || entity === null) return [];
  const ids = scalarsAt(action.args, entity.id).map((id) => normal(String(id)));
  const about = history.filter(
    (event) =>
      (event.kind === 'lock' || event.kind === 'unlock') &&
      event.entity === entity.kind &&
      (ids.length === 0 || ids.includes(normal(event.id))),
  );
  const isLocked = about.some((event, index) => {
    if (event.kind !== 'lock') return false;
    const later = about.slice(index + 1);
    const isSame = (next: Event): boolean =>
      'field' in next && isAlike(next.field, event.field) && isAlike(next.id, event.id);
    if (later.some(isSame)) return false;
    if (event.untilMs !== null && now >= event.untilMs) return false;
    const { field } = event;
    return field === null || namesIn(action.args, []).some((name) => isAlike(name, field));
  });
  return isLocked ? [denial('locks', `lock:${entity.kind}`)] : [];
}

function isAlike(one: string | null, other: string | null): boolean {
  if (one === null || other === null) return one === other;
  return normal(one) === normal(other);
}

/** Every path to a member, and every end of one, because a field may lie inside a patch. */
function namesIn(value: Json, above: readonly string[]): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((each: Json) => namesIn(each, above));
  return Object.entries(value).flatMap(([name, member]) => {
    const path = [...above, name];
    const ends = path.map((_, index) => path.slice(index).join('.'));
    return [...ends, ...namesIn(member, path)];
  });
}

/** Stage 18. */
export function dormant(turn: Turn, layer: Layer): readonly Finding[] {
  const charge = chargeOf(turn, layer);
  if (layer.dormantAfterMs === null || charge === null || charge.isCovered) return [];
  const { history, pact, now } = turn;
  const index = pact.layers.indexOf(layer);
  const used = history.findLast(
    (event) => isLetThrough(event) && event.decision.charges[index] === charge.id,
  );
  const armed = history.find((event) => event.kind === 'armed' && event.pact === pact.digest);
  const since = used?.at ?? armed?.at ?? 0;
  if (now - since <= layer.dormantAfterMs) return [];
  return [stepUp('dormant', layerRequirement(layer, `dormant:${charge.id}`))];
}
