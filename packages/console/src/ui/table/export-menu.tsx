import { type ReactElement, useState } from 'react';

import { messageOf } from '../../data/problem.ts';
import { Button } from '../button.tsx';
import { csvOf } from '../csv.ts';
import { Menu, MenuItem } from '../menu.tsx';
import { saveFile } from '../save-file.ts';
import { useToast } from '../toast.tsx';
import type { Column } from './column.ts';

type ExportMenuProps<Row> = {
  readonly name: string;
  readonly columns: readonly Column<Row>[];
  readonly matching: readonly { readonly original: Row }[];
  readonly loadAll: (() => Promise<readonly Row[]>) | null;
};

/** Saves every row that matches, in the order that is shown, as CSV or JSON. */
export function ExportMenu<Row>(props: ExportMenuProps<Row>): ReactElement {
  const { name, columns, matching, loadAll } = props;
  const [isBusy, setBusy] = useState(false);
  const say = useToast();
  const save = (write: (rows: readonly Row[]) => void): void => {
    setBusy(true);
    const here = matching.map(({ original }) => original);
    (loadAll === null ? Promise.resolve(here) : loadAll())
      .then(write, (error: unknown) => {
        const why = messageOf(error);
        say({ tone: 'danger', text: `Could not export ${name}: ${why}` });
      })
      .finally(() => setBusy(false));
  };
  const valuesOf = (row: Row): readonly (string | number | null)[] =>
    columns.map(({ value }) => value(row));
  const asCsv = (rows: readonly Row[]): void => {
    const ids = columns.map(({ id }) => id);
    saveFile(`${name}.csv`, 'text/csv;charset=utf-8', csvOf(ids, rows.map(valuesOf)));
  };
  const asJson = (rows: readonly Row[]): void =>
    saveFile(`${name}.json`, 'application/json', `${JSON.stringify(rows, null, 2)}\n`);
  return (
    <Menu
      trigger={
        <Button isSmall disabled={isBusy}>
          {isBusy ? 'Exporting…' : 'Export'}
        </Button>
      }
    >
      <MenuItem onSelect={() => save(asCsv)}>CSV, all that match</MenuItem>
      <MenuItem onSelect={() => save(asJson)}>JSON, all that match</MenuItem>
    </Menu>
  );
}
