import { parseAnySpelling } from '@plumbline/core';
import { decodeUtf8 } from '@plumbline/ledger';
import { type ReactElement, type ReactNode, useMemo } from 'react';
import { Link, useParams } from 'wouter';

import { askProof } from '../../data/log.ts';
import { messageOf } from '../../data/problem.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { CodeView, Visible } from '../../ui/code-view.tsx';
import { Digest } from '../../ui/digest.tsx';
import { PackButton } from '../../ui/pack/pack-button.tsx';
import { Facts, Page, Section } from '../../ui/page.tsx';
import { saveFile } from '../../ui/save-file.ts';
import { Answered, EmptyState } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { useToast } from '../../ui/toast.tsx';
import { ChecksList } from './checks-list.tsx';
import classes from './evidence.module.css';
import { useEntryBytes } from './use-check.ts';

/** One entry of the log: what it says openly, and whether the log really holds it. */
export function EntryPage(): ReactElement {
  const { index: text = '' } = useParams();
  const index = /^[0-9]{1,15}$/.test(text) ? Number(text) : null;
  if (index === null) {
    return (
      <Page title="No such entry">
        <EmptyState title="An entry is named by its index">
          <Link href="/evidence">All entries</Link> lists them.
        </EmptyState>
      </Page>
    );
  }
  return <Entry key={index} index={index} />;
}

function Entry({ index }: { readonly index: number }): ReactElement {
  const answer = useEntryBytes(index);
  return (
    <Page
      title={`Entry ${index}`}
      lead="What the log holds at this place, checked here instead of believed."
      actions={answer.isError ? undefined : <Around index={index} bytes={answer.data ?? null} />}
    >
      <Answered answer={answer} what="the entry">
        {(bytes) => (
          <>
            <ChecksList index={index} entry={bytes} />
            <Said bytes={bytes} />
          </>
        )}
      </Answered>
    </Page>
  );
}

function Around({
  index,
  bytes,
}: {
  readonly index: number;
  readonly bytes: Uint8Array | null;
}): ReactElement {
  const say = useToast();
  const session = useMemo(() => (bytes === null ? null : sessionIn(bytes)), [bytes]);
  const save = (): void => {
    askProof(index).then(
      (proof) => saveFile(`entry-${index}.tlog-proof`, 'text/plain', decodeUtf8(proof) ?? ''),
      (error: unknown) =>
        say({ tone: 'danger', text: `Could not save the proof: ${messageOf(error)}` }),
    );
  };
  return (
    <div className={classes['around']}>
      {index > 0 && (
        <Link className={buttonClass({})} href={`/evidence/${index - 1}`}>
          Entry before
        </Link>
      )}
      <Link className={buttonClass({})} href={`/evidence/${index + 1}`}>
        Entry after
      </Link>
      <Button onClick={save}>Save the proof</Button>
      {session !== null && <PackButton session={session} />}
    </div>
  );
}

/** A pack holds whole sessions: of any other entry there is its proof. */
function sessionIn(bytes: Uint8Array): string | null {
  const read = parseAnySpelling(bytes);
  return read.ok ? read.value.session : null;
}

function Said({ bytes }: { readonly bytes: Uint8Array }): ReactElement {
  const text = useMemo(() => decodeUtf8(bytes) ?? 'not UTF-8 text', [bytes]);
  return (
    <>
      <Section title="What it says openly" isCard>
        <Facts rows={factsOf(bytes)} />
      </Section>
      <Section title="The entry as it was written">
        <CodeView label="the entry as it was written" text={indented(text)} />
      </Section>
    </>
  );
}

function factsOf(bytes: Uint8Array): Readonly<Record<string, ReactNode>> {
  const read = parseAnySpelling(bytes);
  if (!read.ok) return { 'Not an entry': <Visible text={read.error} /> };
  const { agent, at, kind, n, prev, sealed, session } = read.value;
  return {
    Kind: <code>{kind}</code>,
    Recorded: <Time at={at} />,
    Agent: agent === null ? null : <Link href={`/agents/${agent}`}>{agent}</Link>,
    Session: session === null ? null : <Link href={`/sessions/${session}`}>{session}</Link>,
    'Place in its chain': n,
    'Entry before in its chain': prev === null ? 'none, it begins the chain' : <Digest of={prev} />,
    Sealed: sealed === null ? 'nothing' : 'holds a part that only its openings can read',
  };
}

/** The text with line breaks, where it is JSON; the bytes above are what was hashed. */
function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
