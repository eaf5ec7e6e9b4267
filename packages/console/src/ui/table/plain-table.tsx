import { type ReactElement, type ReactNode } from 'react';

import classes from './plain-table.module.css';

type PlainTableProps = {
  /** Each row's key, and its cells by the titles of their columns. */
  readonly rows: readonly (readonly [key: string, cells: Readonly<Record<string, ReactNode>>])[];
  /** What stands here where there is no row. */
  readonly nothing: string;
};

/** A short table within a page: all of its rows, neither sorted nor filtered. */
export function PlainTable({ rows, nothing }: PlainTableProps): ReactElement {
  const [first] = rows;
  if (first === undefined) return <p className={classes['nothing']}>{nothing}</p>;
  const titles = Object.keys(first[1]);
  return (
    <div className={classes['scroll']} tabIndex={0} role="group" aria-label={titles.join(', ')}>
      <table className={classes['table']}>
        <thead>
          <tr>
            {titles.map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([key, cells]) => (
            <tr key={key}>
              {titles.map((title) => (
                <td key={title}>{cells[title]}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
