import { isJsonObject, type JsonObject, parsedJson } from '@plumbline/core';

import { readText } from '../files/read-text.ts';
import { Stop } from '../stop.ts';

/** How a judgement is given on the command line. */
export type JudgementOptions = {
  readonly resolved?: string;
  readonly claim?: readonly string[];
  readonly label?: readonly string[];
  readonly note?: string;
  readonly file?: string;
};

const FINDINGS = ['right', 'wrong', 'unsure'];

/** Returns a judgement as the daemon takes it. Errors: `Stop` with the option and what it takes. */
export function judgementOf({ resolved, claim, label, note, file }: JudgementOptions): JsonObject {
  if (file !== undefined) {
    if (resolved !== undefined || claim !== undefined || label !== undefined) {
      throw new Stop('holds the whole judgement: give nothing besides', '--file');
    }
    return judgementIn(file);
  }
  if (resolved === undefined) throw new Stop('is missing: yes, no or unsure', '--resolved');
  const labels = new Map((label ?? []).map(labelIn));
  const claims = (claim ?? []).map((text) => claimIn(text, labels));
  const [left] = labels.keys();
  if (left !== undefined) throw new Stop(`no \`--claim\` is called \`${left}\``, '--label');
  return { resolved, claims, ...(note === undefined ? {} : { note }) };
}

function judgementIn(file: string): JsonObject {
  const read = parsedJson(readText(file));
  if (read !== undefined && isJsonObject(read)) return read;
  throw new Stop('must hold one JSON object: {"resolved", "claims": [{"claim", "finding"}]}', file);
}

function claimIn(text: string, labels: Map<string, string>): JsonObject {
  const [, claim = '', finding = '', note] = /^([^=]+)=([a-z]+)(?::(.+))?$/s.exec(text) ?? [];
  if (!FINDINGS.includes(finding)) {
    const form = '`c1=right`, `c1=unsure` or `c1=wrong:<why>`';
    throw new Stop(`\`${text}\` must be ${form}`, '--claim');
  }
  const label = labels.get(claim);
  labels.delete(claim);
  return {
    claim,
    finding,
    ...(label === undefined ? {} : { label }),
    ...(note === undefined ? {} : { note }),
  };
}

function labelIn(text: string): readonly [string, string] {
  const [, claim, label] = /^([^=]+)=([a-z-]+)$/.exec(text) ?? [];
  if (claim === undefined || label === undefined) {
    throw new Stop(`\`${text}\` must be \`c1=should-deny\` or another label`, '--label');
  }
  return [claim, label];
}
