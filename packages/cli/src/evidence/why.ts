import {
  apply,
  type CompiledPact,
  type Entry,
  EventReader,
  explain,
  type Explanation,
  initialState,
  isSecretOf,
  type JsonObject,
  leafPaths,
  type RecordedEvent,
  type State,
  trace,
  valuesAt,
} from '@plumbline/core';
import { Opener, type OfflineRecord } from '@plumbline/server';

import { renderExplanation, verdictWord } from '../report/explanation.ts';
import type { Shell } from '../shell.ts';
import { Stop } from '../stop.ts';
import { type Named, withRecord } from './open-record.ts';
import { find, type Read, scan } from './scan.ts';

type Decided = Extract<RecordedEvent, { readonly kind: 'decided' }>;

/** Where one argument of an action came from. */
type Source = {
  readonly path: string;
  readonly value: string;
  readonly sources: readonly string[];
};

type Why = {
  readonly read: Read;
  readonly event: Decided;
  readonly explanation: Explanation;
  readonly sources: readonly Source[];
};

/** Explains one recorded decision. */
export function explainDecision(
  named: string,
  given: Named & { readonly shell: Shell },
): Promise<void> {
  const { shell, options } = given;
  return withRecord(given, async (record) => {
    const read = await find(record, named);
    if (read.entry.kind !== 'decided') {
      const hint = '`plumb log tail --kind decided` lists decisions';
      throw new Stop(`entry ${read.index} is a \`${read.entry.kind}\`, not a decision; ${hint}`);
    }
    const why = await whyOf(record, read);
    if (options.json === true) shell.screen.json(whyJson(read, why));
    else shell.screen.print(why === null ? renderOpen(read, shell) : renderWhy(why, shell));
  });
}

/** Returns null when the decision cannot be opened: then only what is open can be told. */
async function whyOf(record: OfflineRecord, target: Read): Promise<Why | null> {
  const opener = new Opener(record);
  const fold = new Fold(opener, target.entry.agent ?? '');
  for await (const read of scan(record, { until: target.index + 1 })) {
    if (read.entry.agent !== target.entry.agent) continue;
    await opener.prepareEntry(read.entry, read.index);
    const events = fold.read(read.entry);
    if (read.index === target.index) return whyAt(fold, target, events[0]);
    fold.apply(events);
  }
  return null;
}

/** The state of one agent as its entries are read. */
class Fold {
  readonly #opener: Opener;
  readonly #agent: string;
  readonly #reader: EventReader = new EventReader();
  pact: CompiledPact | undefined;
  state: State | undefined;
  wasOpened = false;

  constructor(opener: Opener, agent: string) {
    this.#opener = opener;
    this.#agent = agent;
  }

  read(entry: Entry): readonly RecordedEvent[] {
    const digest = entry.open['pact'];
    const isNamed = entry.kind === 'armed' || this.pact === undefined;
    if (isNamed && typeof digest === 'string') this.pact = this.#opener.pactOf(digest, null);
    const secret = secretOf(this.#opener, entry);
    this.wasOpened = secret !== null;
    return this.#reader.take(entry, secret);
  }

  apply(events: readonly RecordedEvent[]): void {
    const { pact } = this;
    if (pact === undefined) return;
    this.state ??= initialState(this.#agent);
    for (const event of events) this.state = apply(pact, this.state, event);
  }
}

function secretOf(opener: Opener, entry: Entry): JsonObject | null {
  const opened = opener.open(entry);
  if (opened.kind !== 'opened') return null;
  // The commitment of the text held: it is the JSON a recorder sealed.
  const value = JSON.parse(opened.text) as JsonObject;
  return isSecretOf(entry, value) ? value : null;
}

function whyAt(fold: Fold, read: Read, event: RecordedEvent | undefined): Why | null {
  const { pact, state, wasOpened } = fold;
  if (!wasOpened || event?.kind !== 'decided' || pact === undefined || state === undefined) {
    return null;
  }
  const { action, facts, decision } = event;
  const explanation = explain(pact, state, { action, facts, now: decision.at });
  const memory = state.sessions.get(action.session)?.memory;
  const sources = leafPaths(action.args).flatMap((path) =>
    valuesAt(action.args, path).map((value) => ({
      path,
      value: String(value),
      sources: memory === undefined ? ['agent'] : trace(memory, value),
    })),
  );
  return { read, event, explanation, sources };
}

function whyJson({ index, entry }: Read, why: Why | null): object {
  const { at, agent, session, open } = entry;
  const head = { index, at, agent, session, ...open };
  if (why === null) return { ...head, isOpened: false };
  const { event, explanation, sources } = why;
  const { tool, args } = event.action;
  const { summary, tried, flips } = explanation;
  const because = event.decision.because;
  return {
    ...head,
    isOpened: true,
    action: { tool, args },
    summary,
    because,
    tried,
    flips,
    sources,
  };
}

function headOf({ index, entry }: Read): string {
  const { at, agent, session } = entry;
  return `entry ${index}, ${new Date(at).toISOString()}, agent ${agent}, session ${session}`;
}

function renderOpen(read: Read, { screen }: Shell): string {
  const { open } = read.entry;
  const { findings = [], tool, verdict } = open;
  const word = typeof verdict === 'string' ? verdict : '';
  const asked = typeof tool === 'string' ? `\`${tool}\`` : 'a tool the pact does not declare';
  return [
    headOf(read),
    `${word} ${asked}`,
    ...listOf(findings).map((finding) => `  ${JSON.stringify(finding)}`),
    screen.colors.dim(
      'What was asked is sealed: give --root-key or --openings, if it is not erased.',
    ),
  ].join('\n');
}

function listOf(value: Entry['open'][string]): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

const MOST_CHARS = 80;

function renderWhy({ read, event, explanation, sources }: Why, { screen }: Shell): string {
  const { dim } = screen.colors;
  const { tool, args } = event.action;
  const { kind } = event.decision.verdict;
  const isOther = explanation.decision.verdict.kind !== kind;
  const from = sources.map(({ path, value, sources: names }) => {
    const short = value.length > MOST_CHARS ? `${value.slice(0, MOST_CHARS)}…` : value;
    return `  ${path} ${JSON.stringify(short)} from ${names.join(', ')}`;
  });
  return [
    headOf(read),
    `${verdictWord(kind, screen)} ${tool}(${JSON.stringify(args)})`,
    ...(isOther
      ? ['the state folded from the log leads to another verdict than was recorded']
      : []),
    ...(from.length === 0 ? [] : [dim('arguments'), ...from]),
    renderExplanation(explanation, screen),
  ].join('\n');
}
