import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { verifies } from '@plumbline/testkit';

import { loadPact } from '../../pact/load.ts';
import { RecordCheck, type RecordReport } from './record-check.ts';

/** Records written when claims had no ids, halts no incidents and sessions no delegation. */
type FirstRecords = {
  readonly tools: string;
  readonly records: readonly {
    readonly name: string;
    readonly pact: string;
    readonly entries: readonly {
      readonly entry: string;
      readonly leaf: string;
      readonly secret: string | null;
    }[];
  }[];
};

const folder = join(import.meta.dirname, '..', '..', '..', '..', '..', 'spec', 'vectors');
const path = join(folder, 'entries', 'first-records.json');
// The test below holds what is read to numbers.
const { tools, records } = JSON.parse(readFileSync(path, 'utf8')) as FirstRecords;

function check({ name, pact: text, entries }: FirstRecords['records'][number]): RecordReport {
  const loaded = loadPact('pact.yaml', (file) => (file === 'pact.yaml' ? text : tools));
  assert.ok(loaded.ok, name);
  const { pact } = loaded.value;
  const secrets = new Map(entries.map(({ entry, secret }) => [entry, secret]));
  let current = '';
  const open = (): { readonly kind: 'opened'; readonly text: string } => {
    return { kind: 'opened', text: secrets.get(current) ?? '' };
  };
  const pactOf = (digest: string): typeof pact | undefined => {
    return digest === pact.digest ? pact : undefined;
  };
  const checking = new RecordCheck({ open, pactOf }, { heartbeatMs: 1e12, isPartial: false });
  for (const [index, { entry, leaf }] of entries.entries()) {
    current = entry;
    assert.equal(checking.take(Buffer.from(entry), index, leaf), undefined, name);
  }
  return checking.report();
}

test('records: those written before grants and delegation read and recompute as they did', () => {
  verifies('evidence.recompute');
  const reports = records.map(check);
  const sum = (of: (report: RecordReport) => number): number =>
    reports.reduce((total, report) => total + of(report), 0);
  assert.equal(
    sum(({ entries }) => entries),
    164,
  );
  assert.equal(
    sum(({ decisions }) => decisions),
    54,
  );
  assert.equal(
    sum(({ answers }) => answers.recomputed),
    54,
  );
  assert.equal(
    sum(({ states }) => states.same),
    54,
  );
  assert.equal(
    sum(({ brokenCount }) => brokenCount),
    0,
  );
});
