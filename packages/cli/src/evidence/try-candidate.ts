import { type CompiledPact, PactTrial, type TriedDecision, VERDICTS } from '@plumbline/core';
import { Opener, type OfflineRecord, secretIn } from '@plumbline/server';

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

/** One pair of verdicts with what people said where the record holds it. */
type Pair = {
  readonly recorded: string;
  readonly candidate: string;
  count: number;
  approved: number;
  denied: number;
  readonly examples: TriedDecision[];
};

type Trial = {
  readonly decisions: number;
  readonly notOpened: number;
  readonly conflicts: number;
  readonly pairs: readonly Pair[];
};

const MOST_EXAMPLES = 3;

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
    if (tried !== null) tally.take(tried);
    else if (entry.kind === 'decided') tally.notOpened += 1;
  }
  progress.end();
  return tally.trial();
}

/** Counts verdict pairs, and joins what people answered at the end: answers come later. */
class Tally {
  readonly #pairs: Map<string, Pair> = new Map();
  readonly #asked: Map<string, Pair> = new Map();
  readonly #answers: Map<string, string> = new Map();
  #decisions = 0;
  notOpened = 0;
  conflicts = 0;

  take(tried: TriedDecision): void {
    this.#decisions += 1;
    const { recorded, candidate, session, action, decision } = tried;
    const key = `${recorded} ${candidate}`;
    const pair: Pair = this.#pairs.get(key) ?? {
      recorded,
      candidate,
      count: 0,
      approved: 0,
      denied: 0,
      examples: [],
    };
    this.#pairs.set(key, pair);
    pair.count += 1;
    if (pair.examples.length < MOST_EXAMPLES) pair.examples.push(tried);
    if (recorded === 'step_up') this.#asked.set(`${session} ${action} ${decision}`, pair);
  }

  answer(approval: ReturnType<typeof secretIn>): void {
    if (approval === null) return;
    const { session, action, outcome } = approval;
    if (typeof session !== 'string' || typeof action !== 'string') return;
    if (typeof outcome === 'string') this.#answers.set(`${session} ${action}`, outcome);
  }

  trial(): Trial {
    for (const [key, pair] of this.#asked) {
      const outcome = this.#answers.get(key.slice(0, key.lastIndexOf(' ')));
      if (outcome === 'approved') pair.approved += 1;
      if (outcome === 'denied') pair.denied += 1;
    }
    const { notOpened, conflicts } = this;
    const pairs = [...this.#pairs.values()].sort((one, other) => {
      return rank(other) - rank(one) || other.count - one.count;
    });
    return { decisions: this.#decisions, notOpened, conflicts, pairs };
  }
}

/** What changes most comes first. */
function rank({ recorded, candidate }: Pair): number {
  const [from, to] = [recorded, candidate].map((kind) => VERDICTS.findIndex((one) => one === kind));
  return Math.abs((to ?? 0) - (from ?? 0));
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
