import { type RefObject, useMemo, useRef, useState } from 'react';

import { useAgentTools } from '../../../data/agent-tools.ts';
import type { PactFiles } from '../../../data/pacts.ts';
import { useMay } from '../../../data/session.ts';
import { useToast } from '../../../ui/toast.tsx';
import { askWorker } from '../worker/ask-worker.ts';
import type { Study } from '../worker/study-pact.ts';
import { useWorker } from '../worker/use-worker.ts';
import type { Known } from './complete.ts';
import { type Draft, useDraft, useLeaveWarning } from './draft.ts';
import { firstPact, isSame, kindOf } from './file-set.ts';
import type { EditorHandle, Finding, Spot } from './pact-editor.tsx';
import { namesIn } from './place-in.ts';
import { stepFrom } from './step-from.ts';
import { useSettled } from './use-settled.ts';

/** A pact on the desk of whoever writes it. */
export type Desk = {
  readonly shown: Draft;
  readonly file: string;
  readonly mayWrite: boolean;
  readonly isChanged: boolean;
  /** Whether somebody else published since this was begun. */
  readonly isConflict: boolean;
  /** What was last read of it; null: nothing yet. */
  readonly study: Study | null;
  /** The text that was read, while somebody types on. */
  readonly settled: PactFiles;
  /** The digest, where what stands there was read as it is and may be armed. */
  readonly ready: string | null;
  readonly failed: number;
  readonly findings: readonly Finding[];
  /** What is marked in the file that is shown. */
  readonly marks: readonly Finding[];
  readonly known: Known;
  readonly aim: Spot | null;
  /** Another one: the editor starts from the text again. */
  readonly round: string;
  readonly editor: RefObject<EditorHandle | null>;
  readonly noteOf: (name: string) => string;
  readonly open: (file: string) => void;
  readonly type: (text: string) => void;
  readonly write: (pact: PactFiles, file: string) => void;
  readonly keep: (draft: Draft | null) => void;
  readonly discard: () => void;
  readonly format: () => void;
  readonly goTo: (spot: Spot) => void;
  readonly step: (from: Spot, isBack: boolean) => void;
};

const SETTLED_MS = 250;

/** Everything about the pact somebody writes, or looks at. */
export function useDesk(agent: string, digest: string | null, armed: PactFiles | null): Desk {
  const [draft, keep] = useDraft(agent);
  const start = useMemo<Draft>(
    () => ({ ...(armed === null ? firstPact(agent) : filesOf(armed)), base: digest }),
    [agent, armed, digest],
  );
  const shown = draft ?? start;
  const [chosen, setFile] = useState(shown.entry);
  const file = shown.files[chosen] === undefined ? shown.entry : chosen;
  const [turn, setTurn] = useState(0);
  const reading = useReading(shown);
  const isChanged = draft !== null && !isSame(draft, start);
  useLeaveWarning(isChanged);
  const show = (next: Draft | null, name: string): void => {
    keep(next);
    setTurn(turn + 1);
    setFile(name);
  };
  const known = useKnown(agent, shown, file);
  return {
    ...reading,
    ...useMoves({ shown, file, reading, setFile }),
    shown,
    file,
    known,
    mayWrite: useMay('administer'),
    isChanged,
    isConflict: isChanged && shown.base !== digest && reading.ready !== digest,
    round: `${turn} ${shown.base ?? ''}`,
    keep,
    type: (text) => {
      const next = { ...shown, files: { ...shown.files, [file]: text } };
      keep(isSame(next, start) && shown.base === digest ? null : next);
    },
    write: (pact, name) => show({ ...filesOf(pact), base: shown.base }, name),
    discard: () => show(null, start.entry),
  };
}

type Reading = Pick<Desk, 'study' | 'settled' | 'ready' | 'failed' | 'findings' | 'noteOf'> & {
  readonly all: readonly Finding[];
};

/** What is found by reading what stands there, once nobody has typed for a moment. */
function useReading(shown: Draft): Reading {
  const latest = useSettled(shown, SETTLED_MS);
  const settled = useMemo(() => filesOf(latest), [latest]);
  const answer = useWorker('study', settled);
  const study = answer.data ?? null;
  const isRead = latest === shown && study !== null && !answer.isPlaceholderData;
  return useMemo(() => {
    const findings = [...(study?.diagnostics ?? []), ...unused(settled, study)];
    const failures = failuresOf(study);
    return {
      study,
      settled,
      ready: isRead ? (study.pact?.digest ?? null) : null,
      failed: failures.length,
      findings,
      all: [...findings, ...failures],
      noteOf: (name) => noteOn(name, findings, failures),
    };
  }, [study, settled, isRead]);
}

type Moves = Pick<Desk, 'aim' | 'editor' | 'marks' | 'open' | 'goTo' | 'step' | 'format'>;

/** Where the cursor goes, and what is done to the file it stands in. */
function useMoves({
  shown,
  file,
  reading: { all },
  setFile,
}: Pick<Desk, 'shown' | 'file'> & {
  readonly reading: Reading;
  readonly setFile: (file: string) => void;
}): Moves {
  const [aim, setAim] = useState<Spot | null>(null);
  const editor = useRef<EditorHandle>(null);
  const say = useToast();
  const goTo = ({ file: to, line, column }: Spot): void => {
    setFile(to);
    setAim({ file: to, line, column });
  };
  const format = async (): Promise<void> => {
    const made = await askWorker('format', { name: file, text: shown.files[file] ?? '' });
    if (made.ok) editor.current?.replace(made.value);
    else say({ tone: 'warn', text: `Not formatted: ${made.error[0]?.message ?? 'no pact'}.` });
  };
  return {
    aim,
    editor,
    marks: useMemo(() => all.filter((one) => one.file === file), [all, file]),
    open: (name) => {
      setAim(null);
      setFile(name);
    },
    goTo,
    step: (from, isBack) => {
      const order = [...new Set([shown.entry, ...Object.keys(shown.files)])];
      const spot = stepFrom(all, from, { order, isBack });
      if (spot === null) say({ tone: 'good', text: 'Nothing is wrong.' });
      else goTo(spot);
    },
    format: () => void format(),
  };
}

function filesOf({ entry, files }: PactFiles): PactFiles {
  return { entry, files };
}

/** What an agent's tools are called: by this pact, and by what its servers said. */
function useKnown(agent: string, shown: PactFiles, file: string): Known {
  const rows = useAgentTools(agent).data;
  const texts = useSettled(shown, SETTLED_MS).files;
  const tools = useMemo(() => {
    const declared = Object.values(texts)
      .flatMap(namesIn)
      .flatMap(([member, name]) => (member === 'tools' && name !== undefined ? [name] : []));
    const seen = (rows ?? []).map(({ name, tool }) => name ?? tool);
    return [...new Set([...declared, ...seen])].toSorted();
  }, [rows, texts]);
  const kind = kindOf(file, shown.files[file] ?? '');
  return useMemo(() => ({ kind, tools }), [kind, tools]);
}

/** A file nothing names is no part of the pact; what does not load has not named all it will. */
function unused({ entry, files }: PactFiles, study: Study | null): readonly Finding[] {
  if (study === null || study.pact === null) return [];
  const names = Object.keys(files).filter((name) => name !== entry && !study.used.includes(name));
  return names.map((file) => ({
    severity: 'warning',
    file,
    line: 1,
    column: 1,
    message: 'nothing names this file, so it is no part of the pact',
  }));
}

/** A case that does not pass, where it stands. */
function failuresOf(study: Study | null): readonly Finding[] {
  return (study?.pact?.cases.results ?? []).flatMap(({ why, place }) =>
    why === null ? [] : [{ severity: 'warning', message: `this case fails: ${why}`, ...place }],
  );
}

function noteOn(name: string, findings: readonly Finding[], failures: readonly Finding[]): string {
  const count = (all: readonly Finding[], severity: string): number =>
    all.filter((one) => one.file === name && one.severity === severity).length;
  const [errors, doubts] = [count(findings, 'error'), count(findings, 'warning')];
  const failed = count(failures, 'warning');
  return [
    counted(errors, 'error'),
    counted(doubts, 'warning'),
    failed === 0 ? '' : `${counted(failed, 'case')} failed`,
  ]
    .filter((each) => each !== '')
    .join(', ');
}

function counted(count: number, what: string): string {
  if (count === 0) return '';
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
