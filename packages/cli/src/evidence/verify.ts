import { ANSWERS, type Noted, type RecordReport } from '@plumbline/core';
import { encodeBase64, type Fault, type KnownLog } from '@plumbline/ledger';
import {
  certificatesIn,
  type Dated,
  type EarlierLog,
  type OfflineRecord,
  type Verified,
  verifyRecord,
} from '@plumbline/server';

import { withRecord } from './open-record.ts';
import type { RecordOptions } from './record-options.ts';
import { keyText, remember, type Trusted, trustedFor, type TrustOptions } from './trusted.ts';
import { EXIT } from '../exit-codes.ts';
import { readText } from '../files/read-text.ts';
import { silentProgress, startProgress } from '../output/progress.ts';
import type { Shell } from '../shell.ts';
import { Stop } from '../stop.ts';

/** The options of `plumb verify`. */
export type VerifyCommand = RecordOptions &
  TrustOptions & {
    readonly remember?: boolean;
    readonly treeOnly?: boolean;
    readonly heartbeat?: string;
    readonly tsa?: string;
  };

/** Verifies one record and says what was found. */
export function verify(
  where: string | undefined,
  options: VerifyCommand,
  shell: Shell,
): Promise<void> {
  return withRecord({ where, options, shell }, (record) => verifyOne(record, options, shell));
}

async function verifyOne(
  record: OfflineRecord,
  options: VerifyCommand,
  shell: Shell,
): Promise<void> {
  const trusted = await trustedFor(record, options);
  const heartbeatMs = Number(options.heartbeat ?? 0);
  if (!(heartbeatMs > 0)) throw new Stop('--heartbeat must be a number of milliseconds above 0');
  if (options.remember === true && options.knownLogs === undefined) {
    throw new Stop('--remember needs --known-logs FILE');
  }
  const { screen, nowMs, exit } = shell;
  const authorities = options.tsa === undefined ? null : authoritiesIn(options.tsa);
  const progress =
    options.json === true
      ? silentProgress()
      : startProgress(screen, { label: 'verifying', total: null, nowMs });
  const verified = await verifyRecord(record, {
    key: trusted.key,
    known: trusted.logs,
    policy: trusted.policy,
    authorities,
    isTreeOnly: options.treeOnly === true,
    heartbeatMs,
    onProgress: (done, total) => progress.update(done, `${done} of ${total} entries`),
  });
  progress.end();
  const refused = verified.ok ? whyUnknown(verified.value, trusted, options) : verified.error;
  if (refused !== null) {
    const { code, message } = refused;
    if (options.json === true) screen.json({ ok: false, code, message });
    else screen.print(`${screen.colors.red('does not verify')} (${code}): ${message}`);
    exit(EXIT.no);
  }
  if (!verified.ok || refused !== null) return;
  const { value } = verified;
  const isFine = value.record === null || isSound(value.record);
  if (options.json === true) screen.json(verifiedJson(value, trusted, isFine));
  else screen.print(rendered(value, trusted, shell));
  const { key, checkpoint } = value;
  if (isFine && options.remember === true && options.knownLogs !== undefined && key !== null) {
    remember(options.knownLogs, trusted, { key, checkpoint });
  }
  exit(isFine ? (value.standing.exitCode === 0 ? EXIT.ok : EXIT.internal) : EXIT.no);
}

/**
 * A log under another name than any that is known may be a known one whose checkpoint was changed:
 * who sees it for the first time says so, by its key or by remembering it.
 */
function whyUnknown(
  { checkpoint, extended }: Verified,
  { logs }: Trusted,
  { key, remember: isRemembered }: VerifyCommand,
): Fault | null {
  const isFirst = logs.length === 0 || key !== undefined || isRemembered === true;
  if (isFirst || extended !== null) return null;
  const how = 'give its --key if it is seen for the first time';
  return { code: 'missing', message: `no known log is called \`${checkpoint.origin}\`; ${how}` };
}

function isSound({ answers, states, brokenCount }: RecordReport): boolean {
  return answers.mismatch === 0 && states.differs === 0 && brokenCount === 0;
}

function verifiedJson(value: Verified, trusted: Trusted, isFine: boolean): object {
  const { checkpoint, standing, key, cosignedBy, dated, tileCount, record } = value;
  const { origin, size, root } = checkpoint;
  return {
    ok: isFine,
    origin,
    size,
    root: encodeBase64(root),
    rung: standing.rung,
    open: standing.open,
    key: key === null ? null : keyText(key),
    keyFrom: trusted.keyFrom,
    anchoredAt: value.extended?.size ?? null,
    earlier: value.earlier.map((log) => ({ ...log, root: encodeBase64(log.root) })),
    cosignedBy,
    dated: dated === null ? null : { ...dated, at: new Date(dated.at).toISOString() },
    tiles: tileCount,
    record,
  };
}

function rendered(value: Verified, { keyFrom }: Trusted, { screen }: Shell): string {
  const { checkpoint, standing, key, cosignedBy, dated, extended, earlier, record } = value;
  const { bold, green, yellow } = screen.colors;
  const colour = standing.exitCode === 0 ? green : yellow;
  const by =
    key === null ? 'signed by no key you trust; --key names one' : `signed by ${keyText(key)}`;
  return [
    `${bold(checkpoint.origin)}: ${checkpoint.size} entries, root ${encodeBase64(checkpoint.root)}`,
    `${by}${keyFrom === null ? '' : ` (key from: ${keyFrom})`}`,
    ...earlier.map(earlierLine),
    ...(extended === null ? [] : [`extends what was seen of ${seenText(extended)}`]),
    ...(cosignedBy.length === 0 ? [] : [`cosigned by ${cosignedBy.join(', ')}`]),
    ...(dated === null ? [] : [datedLine(dated)]),
    colour(standing.rung),
    ...standing.open.map((open) => `  but: ${open}`),
    ...(record === null ? ['entries were not looked into'] : renderRecord(record)),
  ].join('\n');
}

function datedLine({ size, at, by }: Dated): string {
  return `its first ${size} entries stood there at ${new Date(at).toISOString()}, says ${by}`;
}

function authoritiesIn(file: string): ReturnType<typeof certificatesIn> {
  const certificates = certificatesOf(file);
  if (certificates.length > 0) return certificates;
  throw new Stop(
    'holds no certificate; --tsa takes the PEM file of the authority or its root',
    file,
  );
}

function certificatesOf(file: string): ReturnType<typeof certificatesIn> {
  const text = readText(file);
  try {
    return certificatesIn(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Stop(`holds a certificate that cannot be read: ${why}`, file);
  }
}

function seenText({ key, size }: KnownLog): string {
  return `${key.name} at ${size} entries`;
}

function earlierLine({ origin, size, isDropped }: EarlierLog): string {
  const kept = isDropped
    ? 'its entries were dropped: size, order and root still hold, what it said is not known'
    : 'verified, and goes on in the next';
  return `  before it ${origin}: ${size} entries, ${kept}`;
}

function renderRecord(report: RecordReport): readonly string[] {
  const { answers, states, gaps } = report;
  const told = ANSWERS.filter((kind) => answers[kind] > 0).map(
    (kind) => `${answers[kind]} ${kind}`,
  );
  const before = report.continuedFrom;
  return [
    ...(before === null ? [] : [`goes on from ${before}, of whose entries nothing was shown`]),
    `${report.decisions} decisions: ${told.length === 0 ? 'none was made yet' : told.join(', ')}`,
    `folded states: ${states.same} read the same, ${states.differs} otherwise, ` +
      `${states.unknown} unknown`,
    ...drawsLine(report),
    ...listed('mismatch', report.mismatches, answers.mismatch),
    ...listed('state', report.otherStates, states.differs),
    ...listed('broken', report.broken, report.brokenCount),
    ...listed('unfinished', report.unfinished, report.unfinishedCount),
    ...gaps.slice(0, MOST_LISTED).map(({ kind, index, fromAt, untilAt }) => {
      const [from, until] = [fromAt, untilAt].map((at) => new Date(at).toISOString());
      return `  gap (${kind}) before entry ${index}: ${from} to ${until}`;
    }),
    ...(report.gapCount > MOST_LISTED ? [`  ${report.gapCount} gaps in all`] : []),
  ];
}

// One that does not follow is listed as broken.
function drawsLine({ draws }: RecordReport): readonly string[] {
  if (draws.length === 0) return [];
  const good = draws.filter(({ why }) => why === null).length;
  return [`draws of audits: ${good} of ${draws.length} follow from what was committed to`];
}

const MOST_LISTED = 20;

function listed(what: string, notes: readonly Noted[], count: number): readonly string[] {
  const lines = notes.slice(0, MOST_LISTED).map(({ index, decision, why, log }) => {
    const of = log === undefined ? '' : ` of ${log}`;
    const by = decision === '' ? '' : `, decision ${decision}`;
    return `  ${what}: entry ${index}${of}${by}: ${why}`;
  });
  return count > MOST_LISTED ? [...lines, `  ${what}: ${count} in all`] : lines;
}
