import type { ReactElement } from 'react';

import type { SessionRow } from '../../data/traces.ts';
import { Button } from '../../ui/button.tsx';
import { csvOf } from '../../ui/csv.ts';
import { Menu, MenuItem } from '../../ui/menu.tsx';
import { saveFile } from '../../ui/save-file.ts';
import { entryWords } from './entry-words.ts';
import { textAt } from './open-part.ts';
import type { TimelineItem } from './timeline-items.ts';

type Exported = {
  readonly session: SessionRow;
  readonly items: readonly TimelineItem[];
  readonly toolOf: (decision: string) => string | null;
};

/** Saves the timeline as it is known to its reader: what they did not open stays sealed. */
export function TraceExport({
  isReady,
  ...exported
}: Exported & { readonly isReady: boolean }): ReactElement {
  return (
    <Menu
      trigger={
        <Button isSmall disabled={!isReady} title={isReady ? undefined : 'It is still loading'}>
          Export
        </Button>
      }
    >
      <MenuItem onSelect={() => saveCsv(exported)}>CSV, in words</MenuItem>
      <MenuItem onSelect={() => saveJson(exported)}>JSON, as recorded</MenuItem>
    </Menu>
  );
}

const NAMES = [
  'entry',
  'at',
  'kind',
  'what',
  'more',
  'tool',
  'verdict',
  'decision',
  'trust',
  'sealed',
] as const;

function saveCsv({ session, items, toolOf }: Exported): void {
  const rows = items.map(({ row }) => {
    const { index, at, kind, open, sealed, source } = row;
    const { title, more } = entryWords(row, toolOf);
    const decision = textAt(open, 'decision');
    const tool = decision === null ? textAt(open, 'tool') : toolOf(decision);
    const time = new Date(at).toISOString();
    const trust = source?.trust ?? null;
    return [index, time, kind, title, more, tool, textAt(open, 'verdict'), decision, trust, sealed];
  });
  saveFile(`${session.session}.csv`, 'text/csv;charset=utf-8', csvOf(NAMES, rows));
}

function saveJson({ session, items }: Exported): void {
  const rows = items.map(({ row, isAround }) => ({ ...row, isAround }));
  const text = `${JSON.stringify({ session, rows }, null, 2)}\n`;
  saveFile(`${session.session}.json`, 'application/json', text);
}
