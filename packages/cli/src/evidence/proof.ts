import { readFileSync } from 'node:fs';
import { parseEntry } from '@plumbline/core';
import {
  equalBytes,
  formatTlogProof,
  parseTlogProof,
  type Policy,
  proveInclusion,
  readCheckpoint,
  standing,
  type TlogProof,
  verifyTlogProof,
} from '@plumbline/ledger';
import { type OfflineRecord, primitives } from '@plumbline/server';

import { EXIT } from '../exit-codes.ts';
import { whyNotRead } from '../files/read-text.ts';
import { writeWhole } from '../files/write-whole.ts';
import type { Shell } from '../shell.ts';
import { Stop } from '../stop.ts';
import { type Named, withRecord } from './open-record.ts';
import type { RecordOptions } from './record-options.ts';
import { find } from './scan.ts';
import { policyOf, trustedIn, type TrustOptions } from './trusted.ts';

type ProofCommand = RecordOptions &
  TrustOptions & { readonly o?: string; readonly check?: string; readonly entry?: string };

type Given = Omit<Named, 'options'> & { readonly options: ProofCommand; readonly shell: Shell };

/** Writes the proof of an entry, or checks a proof. */
export async function proof(named: string | undefined, given: Given): Promise<void> {
  const { check } = given.options;
  if (check !== undefined) {
    await checkProof(check, given);
    return;
  }
  if (named === undefined) throw new Stop('name an entry or a decision, or give --check FILE');
  await withRecord(given, (record) => writeProof(record, named, given));
}

async function writeProof(
  record: OfflineRecord,
  named: string,
  { options, shell }: Given,
): Promise<void> {
  const checkpoint = await record.source.read('checkpoint');
  const read = checkpoint === undefined ? undefined : readCheckpoint(checkpoint);
  if (checkpoint === undefined || read?.ok !== true) {
    throw new Stop('there is no checkpoint to prove it by', record.place);
  }
  const { index, bytes } = await find(record, named);
  const { source } = record;
  const { size } = read.value.checkpoint;
  const proven = await proveInclusion({ sha256: primitives.sha256, source, size }, index);
  if (!proven.ok) throw new Stop(proven.error.message, record.place);
  const signed = Buffer.from(checkpoint).toString('utf8');
  const text = formatTlogProof({ extra: bytes, index, hashes: proven.value, checkpoint: signed });
  if (options.o !== undefined) writeWhole(options.o, text, { isNew: true });
  if (options.json === true)
    shell.screen.json({ index, size, file: options.o ?? null, proof: text });
  else if (options.o === undefined) shell.screen.print(text.trimEnd());
  else shell.screen.print(`${options.o}: entry ${index} of ${size}`);
}

async function checkProof(file: string, { options, shell }: Given): Promise<void> {
  const parsed = parseTlogProof(bytesOf(file));
  if (!parsed.ok) throw new Stop(parsed.error.message, file);
  const entry = options.entry === undefined ? parsed.value.extra : bytesOf(options.entry);
  if (entry === undefined) throw new Stop('holds no entry, give --entry FILE', file);
  const origin = parsed.value.checkpoint.split('\n', 1)[0] ?? '';
  const trusted = trustedIn(origin, options);
  const policy = trusted.policy ?? policyOf(trusted.key);
  if (policy === null) throw new Stop('give --key, --known-logs or --policy: whom to trust?');
  const said = await answerOf(parsed.value, { entry, policy, known: trusted.known });
  if (options.json === true) shell.screen.json(said);
  else shell.screen.print(said.lines.join('\n'));
  shell.exit(said.exit);
}

type Answer = {
  readonly ok: boolean;
  readonly exit: 0 | 1 | 3;
  readonly rung: string | null;
  readonly lines: readonly string[];
};

async function answerOf(
  tlogProof: TlogProof,
  {
    entry,
    policy,
    known,
  }: {
    readonly entry: Uint8Array;
    readonly policy: Policy;
    readonly known: ReturnType<typeof trustedIn>['known'];
  },
): Promise<Answer> {
  const verified = await verifyTlogProof(primitives, policy, { proof: tlogProof, entry });
  if (!verified.ok) {
    const { code, message } = verified.error;
    return { ok: false, exit: EXIT.no, rung: null, lines: [`does not hold (${code}): ${message}`] };
  }
  const { checkpoint, hasQuorum } = verified.value;
  const isAnchored = known?.size === checkpoint.size && equalBytes(known.root, checkpoint.root);
  const at = standing({ isSigned: true, isAnchored, isTimestamped: false, hasQuorum });
  const read = parseEntry(entry);
  const what = read.ok ? `\`${read.value.kind}\`` : 'an entry';
  const place = `${tlogProof.index} of ${checkpoint.origin} (${checkpoint.size} entries)`;
  return {
    ok: true,
    exit: at.exitCode,
    rung: at.rung,
    lines: [`${what} stands at ${place}`, at.rung, ...at.open.map((open) => `  but: ${open}`)],
  };
}

function bytesOf(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new Stop(whyNotRead(cause), file);
  }
}
