import { type CompiledPact, PactTrial, type TriedDecision } from '@plumbline/core';
import { Opener, type OfflineRecord, secretIn, Tally, type Trial } from '@plumbline/server';

import { EXIT } from '../exit-codes.ts';
import { armPact } from '../files/arm-pact.ts';
import { silentProgress, startProgress } from '../output/progress.ts';
import { renderTable } from '../output/table.ts';
import type { Shell } from '../shell.ts';
import { momentOf } from './moment.ts';
import { type Named, withRecord } from './open-record.ts';
import type { RecordOptions } from './record-options.ts';
import { scan } from './scan.ts';

type TryCommand = RecordOptions & {
  readonly agent?: string;
  readonly from?: string;
  readonly to?: string;
};

type Given = Omit<Named, 'options'> & { readonly options: TryCommand; readonly shell: Shell };

/** Plays a record under a candidate pact and counts what changes. */
export function tryCandidate(file: string, given: Given): Promise<void> {
  const { options, shell } = given;
  const pact = armPact(file);
  return withRecord(given, async (record) => {
    const trial = await play(record, pact, given);
    if (options.json === true) shell.screen.json({ candidate: pact.digest, ...trial });
    else shell.screen.print(rendered(file, trial));
    if (trial.decisions + trial.notOpened === 0) shell.screen.note(whyNothing(pact, given));
    const isSame = trial.pairs.every(({ recorded, candidate }) => recorded === candidate);
    shell.exit(isSame ? EXIT.ok : EXIT.no);
  });
}

function whyNothing(pact: CompiledPact, { options, shell }: Given): string {
  const { agent = pact.agent, from, to } = options;
  const when = from === undefined && to === undefined ? '' : ' in that time';
  const list = `\`${shell.program} log tail --kind decided\` lists decisions`;
  return `no decision of agent \`${agent}\` is recorded${when}; ${list}, --agent names another\n`;
}

async function play(
  record: OfflineRecord,
  pact: CompiledPact,
  { options, shell }: Given,
): Promise<Trial> {
  const { agent = pact.agent, from, to } = options;
  const fromAt = from === undefined ? -Infinity : momentOf(from, '--from');
  const untilAt = to === undefined ? Infinity : momentOf(to, '--to', 'end');
  const { screen, nowMs } = shell;
  const progress =
    options.json === true
      ? silentProgress()
      : startProgress(screen, { label: 'trying', total: null, nowMs });
  const opener = new Opener(record);
  const trial = new PactTrial(pact);
  const tally = new Tally();
  for await (const { index, entry } of scan(record)) {
    if (entry.agent !== agent || entry.at > untilAt) continue;
    await opener.prepareEntry(entry, index);
    progress.update(index, `${index} entries`);
    const secret = secretIn(opener.open(entry));
    const tried = trial.take(entry, secret);
    if (entry.kind === 'approval') tally.answer(secret);
    if (entry.at < fromAt) continue;
    if (entry.kind === 'conflict') tally.conflicts += 1;
    if (tried !== null) tally.take({ ...tried, index });
    else if (entry.kind === 'decided') tally.notOpened += 1;
  }
  progress.end();
  return tally.trial();
}

function rendered(file: string, { decisions, notOpened, conflicts, pairs }: Trial): string {
  const rows = pairs.map(({ recorded, candidate, count, approved, denied, examples }) => [
    word(recorded),
    word(candidate),
    String(count),
    approved + denied === 0 ? '' : `${approved} approved, ${denied} denied`,
    recorded === candidate ? '' : examples.map(exampleText).join('; '),
  ]);
  const columns = [
    { head: 'recorded' },
    { head: 'candidate' },
    { head: 'decisions', align: 'right' },
    { head: 'people said' },
    { head: 'for example' },
  ] as const;
  const changed = pairs.filter(({ recorded, candidate }) => recorded !== candidate);
  const changes = changed.reduce((sum, { count }) => sum + count, 0);
  return [
    `${file}: ${changes} of ${decisions} recorded decisions would go otherwise`,
    ...(notOpened === 0 ? [] : [`${notOpened} decisions cannot be opened and were not tried`]),
    ...(conflicts === 0 ? [] : [`${conflicts} request ids came again with another body`]),
    ...(rows.length === 0 ? [] : ['', renderTable(columns, rows)]),
  ].join('\n');
}

function exampleText({ decision, session, tool, rules }: TriedDecision): string {
  return `${decision} in ${session} (${tool}: ${rules.join(', ')})`;
}

function word(kind: string): string {
  return kind.replace('_', ' ');
}
