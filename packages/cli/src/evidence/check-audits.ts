import type { CheckedDraw } from '@plumbline/core';
import { type OfflineRecord, type Verified, verifyRecord } from '@plumbline/server';

import { EXIT } from '../exit-codes.ts';
import { renderRows } from '../output/table.ts';
import type { Shell } from '../shell.ts';
import { Stop } from '../stop.ts';
import { withRecord } from './open-record.ts';
import type { RecordOptions } from './record-options.ts';
import { trustedFor, type TrustOptions } from './trusted.ts';

/** The options of `plumb audit check`. */
export type CheckOptions = RecordOptions & TrustOptions;

const HEARTBEAT_MS = 60_000;

/** Makes every draw of a record again from its entries, and says which one does not follow. */
export function checkAudits(
  where: string | undefined,
  options: CheckOptions,
  shell: Shell,
): Promise<void> {
  return withRecord({ where, options, shell }, (record) => checkOne(record, options, shell));
}

async function checkOne(
  record: OfflineRecord,
  options: CheckOptions,
  { screen, exit }: Shell,
): Promise<void> {
  if (record.packFolder !== null) {
    throw new Stop('an evidence pack holds a part of a log: draws are checked in the whole of it');
  }
  const trusted = await trustedFor(record, options);
  const verified = await verifyRecord(record, {
    key: trusted.key,
    known: trusted.logs,
    policy: trusted.policy,
    authorities: null,
    isTreeOnly: false,
    heartbeatMs: HEARTBEAT_MS,
    onProgress: () => undefined,
  });
  if (!verified.ok) {
    const { code, message } = verified.error;
    if (options.json === true) screen.json({ ok: false, code, message });
    else screen.print(`does not verify (${code}): ${message}`);
    return exit(EXIT.no);
  }
  const { draws, broken } = foundIn(verified.value);
  const isFine = broken.length === 0;
  if (options.json === true) screen.json({ ok: isFine, draws, broken });
  else screen.print([rendered(draws), ...broken].join('\n'));
  exit(isFine ? EXIT.ok : EXIT.no);
}

function foundIn({ record }: Verified): {
  readonly draws: readonly CheckedDraw[];
  readonly broken: readonly string[];
} {
  const broken = record?.broken ?? [];
  const lines = broken.map(({ index, why }) => `broken: entry ${index}: ${why}`);
  return { draws: record?.draws ?? [], broken: lines };
}

function rendered(draws: readonly CheckedDraw[]): string {
  const rows = draws.map(({ agent, audit, index, sessions, drawn, why }) => [
    audit,
    agent,
    `${index}`,
    `${sessions}`,
    `${drawn}`,
    why ?? 'drawn as committed',
  ]);
  const heads = ['audit', 'agent', 'entry', 'sessions', 'drawn', 'verdict'];
  return renderRows(heads, rows, 'nothing was drawn in this record');
}
