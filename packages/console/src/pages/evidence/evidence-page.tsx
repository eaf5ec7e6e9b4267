import { ENTRY_KINDS } from '@plumbline/core';
import { type ReactElement, useMemo } from 'react';

import { useAgentNames } from '../../data/fleet.ts';
import {
  askEvents,
  type EventFilters,
  type EventRow,
  type LogStatus,
  useEvents,
  useLogStatus,
} from '../../data/log.ts';
import { Button } from '../../ui/button.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { StatePill } from '../../ui/marks.tsx';
import { PackButton } from '../../ui/pack/pack-button.tsx';
import { Facts, Page, Section } from '../../ui/page.tsx';
import { EmptyState, ErrorState, LoadState } from '../../ui/states.tsx';
import { Table } from '../../ui/table/table.tsx';
import { Time } from '../../ui/time.tsx';
import { useQueryText } from '../../ui/use-query-text.ts';
import { COLUMNS } from './event-columns.tsx';
import classes from './evidence.module.css';
import { momentIn } from '../../ui/moment-in.ts';

/** What the log holds, and where it stands. */
export function EvidencePage(): ReactElement {
  return (
    <Page
      title="Evidence"
      lead="Everything that happened, in the order of the log. Open an entry to check it here."
    >
      <LogFacts />
      <Entries />
    </Page>
  );
}

function LogFacts(): ReactElement | null {
  const { data: log } = useLogStatus();
  if (log === undefined) return null;
  return (
    <Section title="The log" isCard>
      <Facts rows={factsOf(log)} />
    </Section>
  );
}

function factsOf(log: LogStatus) {
  const { checkpointAt, durableSize, origin, publishedSize, stopped, verifierKey } = log;
  return {
    Origin: <code>{origin}</code>,
    'Log key': <code>{verifierKey}</code>,
    Entries: durableSize.toLocaleString('en'),
    Published: `${publishedSize.toLocaleString('en')} in the newest checkpoint`,
    Checkpoint: checkpointAt === null ? 'none yet' : <Time at={checkpointAt} />,
    Stopped: stopped === null ? null : <StatePill tone="danger">{stopped}</StatePill>,
  };
}

const KINDS = ENTRY_KINDS.toSorted();

function Entries(): ReactElement {
  const [words, setWords] = useQueryText('words');
  const [agent, setAgent] = useQueryText('agent');
  const [session, setSession] = useQueryText('session');
  const [kind, setKind] = useQueryText('kind');
  const [from, setFrom] = useQueryText('from');
  const [until, setUntil] = useQueryText('until');
  const filters = useMemo(
    () => ({ words, agent, session, kind, fromAt: momentIn(from), untilAt: momentIn(until) }),
    [words, agent, session, kind, from, until],
  );
  const agents = (useAgentNames().data ?? []).map((one) => [one, one] as const);
  const isNarrowed = [words, agent, session, kind, from, until].some((each) => each !== '');
  return (
    <Section
      title="Entries"
      actions={<PackButton session={session} agent={agent} listed={isNarrowed ? filters : null} />}
    >
      <form className={classes['filters']} onSubmit={(event) => event.preventDefault()}>
        <SearchField key={words} words={words} onSearch={setWords} />
        <SelectField
          label="Agent"
          value={agent}
          options={[['', 'every agent'], ...agents]}
          onChange={(event) => setAgent(event.target.value)}
        />
        <SelectField
          label="Kind"
          value={kind}
          options={[['', 'every kind'], ...KINDS.map((each) => [each, each] as const)]}
          onChange={(event) => setKind(event.target.value)}
        />
        <TextField
          label="Session"
          value={session}
          placeholder="ses_…"
          onChange={(event) => setSession(event.target.value.trim())}
        />
        <TextField
          label="From"
          type="datetime-local"
          value={from}
          onChange={(event) => setFrom(event.target.value)}
        />
        <TextField
          label="Until"
          type="datetime-local"
          value={until}
          onChange={(event) => setUntil(event.target.value)}
        />
      </form>
      <Matching filters={filters} />
    </Section>
  );
}

/** Words are asked for once they are whole: on Enter, or when the field is left. */
function SearchField({
  words,
  onSearch,
}: {
  readonly words: string;
  readonly onSearch: (words: string) => void;
}): ReactElement {
  const ask = (typed: string): void => {
    if (typed.trim() !== words) onSearch(typed.trim());
  };
  return (
    <TextField
      label="Search"
      type="search"
      defaultValue={words}
      placeholder="tool:refund verdict:deny"
      onBlur={(event) => ask(event.target.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') ask(event.currentTarget.value);
      }}
    />
  );
}

function Matching({ filters }: { readonly filters: EventFilters }): ReactElement {
  const events = useEvents(filters);
  const rows = useMemo(() => events.data?.pages.flatMap((page) => page.rows) ?? [], [events.data]);
  if (events.isError) {
    return (
      <ErrorState error={events.error} what="the entries" onRetry={() => void events.refetch()} />
    );
  }
  if (events.data === undefined) return <LoadState what="the entries" />;
  const unknown = events.data.pages[0]?.unknown ?? [];
  if (unknown.length > 0) return <UnknownWords words={unknown} />;
  if (rows.length === 0) {
    return (
      <EmptyState title="No entry matches" command="plumb log tail">
        Take a filter away, or look at the whole log on the command line.
      </EmptyState>
    );
  }
  const newer = (): void => void events.refetch();
  return (
    <Table
      name="entries"
      one="entry"
      rows={rows}
      columns={COLUMNS}
      rowId={({ index }) => String(index)}
      rowHref={({ index }) => `/evidence/${index}`}
      filters={
        <Button isSmall disabled={events.isFetching} onClick={newer}>
          Newest
        </Button>
      }
      more={{
        hasMore: events.hasNextPage,
        isLoading: events.isFetchingNextPage,
        load: () => void events.fetchNextPage(),
        loadAll: () => allMatching(filters),
      }}
    />
  );
}

function UnknownWords({ words }: { readonly words: readonly string[] }): ReactElement {
  return (
    <EmptyState title={`Nothing is called ${words.map((word) => `“${word}”`).join(', ')}`}>
      Words are an index, an agent, a kind, a verdict, a session, a decision, or how a tool or a
      rule begins. Name which with <code>tool:</code>, <code>rule:</code>, <code>verdict:</code>,
      <code>agent:</code>, <code>kind:</code>.
    </EmptyState>
  );
}

const MOST_EXPORTED = 1_000_000;

/** Every entry that matches, in pages; an export too long for a browser is refused. */
async function allMatching(filters: EventFilters): Promise<readonly EventRow[]> {
  const rows: EventRow[] = [];
  let before: number | null = null;
  do {
    const page: Awaited<ReturnType<typeof askEvents>> = await askEvents(filters, before);
    for (const row of page.rows) rows.push(row);
    before = page.next;
    if (rows.length > MOST_EXPORTED) {
      throw new Error('more than a million entries match: narrow them by agent, kind or time');
    }
  } while (before !== null);
  return rows;
}
