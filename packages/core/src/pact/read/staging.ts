import { allowedBad } from '../../staging/judge.ts';
import { STAGING_CHECKS, type StagingCheck, type StagingCheckName } from '../../staging/rule.ts';
import type { StagingDocument } from '../document.ts';
import {
  choice,
  duration,
  type Fields,
  type Findings,
  integer,
  mismatch,
  open,
  openEntries,
  optional,
  percentage,
  type Reader,
  required,
} from '../reader.ts';
import type { SourceNode } from '../source.ts';
import { word } from './approval.ts';
import { toolPatterns } from './rules.ts';

const KEYS = ['tools', 'upstream', 'share', 'promote_after', 'sample', 'checks'];
const UPSTREAM = 'staging';
const PROMOTE_AFTER_MS = 86_400_000;
const SAMPLE = 100;
// Beyond both, the probabilities that a check is made with could not be told from zero.
const MOST_SAMPLE = 1_000;
const MOST_BELOW = 0.5;

/** From which fraction of bad ones on each check is meant to fail; null: one is too many. */
const BELOW: Readonly<Record<StagingCheckName, number | null>> = {
  errors: 0.1,
  refusals: 0.2,
  latency: 0.1,
  halts: null,
};

const DEFAULT_CHECKS: readonly StagingCheck[] = (['errors', 'refusals', 'halts'] as const).map(
  (name) => ({ name, below: BELOW[name] }),
);

/** Reads `staging`. */
export const staging: Reader<StagingDocument> = (findings, node) => {
  const fields = open(findings, node, { what: '`staging`', keys: KEYS });
  const share = optional(fields, 'share', { read: percentage, or: null });
  const sample = optional(fields, 'sample', { read: integer(1, MOST_SAMPLE), or: SAMPLE });
  const checks = optional(fields, 'checks', { read: readChecks, or: DEFAULT_CHECKS });
  checkSample(findings, fields, { sample, checks });
  return {
    tools: required(fields, 'tools', { read: toolPatterns, or: [] }),
    upstream: optional(fields, 'upstream', { read: word, or: UPSTREAM }),
    share,
    // Whoever names a share and no upstream has nothing to try the actions out on first.
    begins: share !== null && !fields.members.has('upstream') ? 'canary' : 'staging',
    promoteAfterMs: optional(fields, 'promote_after', { read: duration, or: PROMOTE_AFTER_MS }),
    sample,
    checks,
  };
};

const checkName = choice(STAGING_CHECKS);

const readChecks: Reader<readonly StagingCheck[]> = (findings, node) => {
  if (node.kind === 'list') {
    return node.items.flatMap((item) => {
      const name = checkName(findings, item);
      return name === undefined ? [] : [{ name, below: BELOW[name] }];
    });
  }
  if (node.kind !== 'map') return mismatch(findings, node, 'a list or a mapping of checks');
  return openEntries(findings, node, 'a mapping of checks').flatMap(({ key, place, value }) => {
    const name = checkName(findings, { kind: 'scalar', value: key, place, lines: [] });
    return name === undefined ? [] : [readCheck(findings, name, value)];
  });
};

function readCheck(findings: Findings, name: StagingCheckName, node: SourceNode): StagingCheck {
  const keys = BELOW[name] === null ? [] : ['below'];
  const fields = open(findings, node, { what: `check \`${name}\``, keys });
  const below = optional(fields, 'below', { read: bound, or: BELOW[name] });
  return { name, below };
}

const bound: Reader<number> = (findings, node) => {
  const value = percentage(findings, node);
  if (value === undefined || (value > 0 && value <= MOST_BELOW)) return value;
  const message = 'expected a percentage above 0% and at most 50%';
  return findings.error({ code: 'bad-value', place: node.place, message });
};

// A sample in which even nothing bad would prove nothing could never be passed.
function checkSample(
  findings: Findings,
  { members, place }: Fields,
  { sample, checks }: Pick<StagingDocument, 'sample' | 'checks'>,
): void {
  for (const { name, below } of checks) {
    if (below === null || allowedBad(sample, below) >= 0) continue;
    const least = leastSample(below);
    const what = `\`sample\` of ${sample} is too small for check \`${name}\``;
    const advice = least > MOST_SAMPLE ? 'raise `below`' : `make it at least ${least}`;
    const at = (members.get('sample') ?? members.get('checks'))?.value.place ?? place;
    findings.error({ code: 'bad-value', place: at, message: `${what}: ${advice}` });
  }
}

function leastSample(below: number): number {
  let sample = 1;
  while (sample <= MOST_SAMPLE && allowedBad(sample, below) < 0) sample += 1;
  return sample;
}
