import type { MetricDocument, MetricsDocument } from '../document.ts';
import {
  decimalNumber,
  list,
  open,
  openEntries,
  optional,
  placed,
  required,
  text,
} from '../reader.ts';
import type { Findings, Reader } from '../reader.ts';
import type { Entry, SourceNode } from '../source.ts';
import { word } from './approval.ts';
import { expression } from './expression.ts';

/** Metrics as they are without a word about them. */
export const NO_METRICS: MetricsDocument = { metrics: [], score: null, must: [], truth: null };

/** Reads `metrics`: `terms`, `score`, `must`, `truth`. */
export const metrics: Reader<MetricsDocument> = (findings, node) => {
  const keys = ['terms', 'score', 'must', 'truth'];
  const fields = open(findings, node, { what: '`metrics`', keys });
  return {
    metrics: optional(fields, 'terms', { read: terms, or: [] }),
    score: optional(fields, 'score', { read: expression, or: null }),
    must: optional(fields, 'must', { read: list(expression), or: [] }),
    truth: optional(fields, 'truth', { read: placed(word), or: null }),
  };
};

const terms: Reader<readonly MetricDocument[]> = (findings: Findings, node: SourceNode) =>
  openEntries(findings, node, 'a mapping of metrics').map((entry) => term(findings, entry));

function term(findings: Findings, { key: name, place, value }: Entry): MetricDocument {
  if (!/^[A-Za-z_]\w*$/.test(name)) {
    const message = `\`${name}\` is no name of a metric: use letters, digits and \`_\``;
    findings.error({ code: 'bad-name', place, message });
  }
  const keys = ['source', 'normalise', 'labelled_by'];
  const fields = open(findings, value, { what: `metric \`${name}\``, keys });
  return {
    name,
    place,
    source: required(fields, 'source', { read: text, or: '' }),
    normalise: optional(fields, 'normalise', { read: range, or: null }),
    labelledBy: optional(fields, 'labelled_by', { read: text, or: null }),
  };
}

const range: Reader<{ readonly from: number; readonly to: number }> = (findings, node) => {
  const [from, to, ...rest] = list(decimalNumber)(findings, node) ?? [];
  if (from !== undefined && to !== undefined && rest.length === 0 && from !== to) {
    return { from, to };
  }
  const message = 'expected the values that stand for 0 and 1, as in `[1, 5]`';
  return findings.error({ code: 'bad-value', place: node.place, message });
};
