import {
  encodeUtf8,
  formatKnownLogs,
  type KnownLog,
  parseKnownLogs,
  type Result,
} from '@plumbline/ledger';

import { primitives } from '../../data/primitives.ts';

const PLACE = 'plumbline.known-logs';

/**
 * What this browser saw of logs before, in the form in which `plumb verify --known-logs` reads
 * and writes it. The daemon cannot change it.
 *
 * Errors: `malformed` where what is kept cannot be read.
 */
export function readKnownLogs(): Result<readonly KnownLog[]> {
  return parseKnownLogs(primitives.sha256, encodeUtf8(localStorage.getItem(PLACE) ?? ''));
}

/** Keeps what was seen of logs, in place of what was kept before. */
export function writeKnownLogs(logs: readonly KnownLog[]): void {
  localStorage.setItem(PLACE, formatKnownLogs(logs));
}
