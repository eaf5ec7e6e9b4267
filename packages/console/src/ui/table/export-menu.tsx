import { type ReactElement, useState } from 'react';

import { messageOf } from '../../data/problem.ts';
import { Button } from '../button.tsx';
import { type CellValue, csvMoment, csvOf } from '../csv.ts';
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
  const asCsv = (rows: readonly Row[]): void =>
    saveFile(fileName(name, 'csv'), 'text/csv;charset=utf-8', tableText(columns, rows));
  const asJson = (rows: readonly Row[]): void =>
    saveFile(fileName(name, 'json'), 'application/json', `${JSON.stringify(rows, null, 2)}\n`);
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

function fileName(name: string, ending: string): string {
  const day = new Date().toISOString().slice(0, 10);
  return `plumbline-${name.replaceAll(/[^a-z0-9]+/g, '-')}-${day}.${ending}`;
}

function tableText<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  // A column of buttons says nothing.
  const saying = columns.filter(({ isAction }) => isAction !== true);
  const titles = saying.map(({ id, isTime }) => (isTime === true ? `${id}_utc` : id));
  const cell = ({ value, isTime }: Column<Row>, row: Row): CellValue => {
    const said = value(row);
    return isTime === true && typeof said === 'number' ? csvMoment(said) : said;
  };
  return csvOf(
    titles,
    rows.map((row) => saying.map((column) => cell(column, row))),
  );
}
