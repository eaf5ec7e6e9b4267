import { type ReactElement, type ReactNode } from 'react';

import classes from './plain-table.module.css';

type PlainTableProps = {
  /** Each row's key, and its cells by the titles of their columns. */
  readonly rows: readonly (readonly [key: string, cells: Readonly<Record<string, ReactNode>>])[];
  /** What stands here where there is no row. */
  readonly nothing: string;
};

/**
 * A short table within a page: all of its rows, neither sorted nor filtered. Where it is narrow
 * each row stands by itself, its first cell on top and the others beside their titles.
 */
export function PlainTable({ rows, nothing }: PlainTableProps): ReactElement {
  const [first] = rows;
  if (first === undefined) return <p className={classes['nothing']}>{nothing}</p>;
  const titles = Object.keys(first[1]);
  // Roles are said: a style that lays cells out otherwise takes from some browsers what they are.
  return (
    <div className={classes['frame']}>
      <div className={classes['scroll']} tabIndex={0} role="group" aria-label={titles.join(', ')}>
        <table className={classes['table']} role="table">
          <thead role="rowgroup">
            <tr role="row">
              {titles.map((title) => (
                <th key={title} scope="col" role="columnheader">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody role="rowgroup">
            {rows.map(([key, cells]) => (
              <tr key={key} role="row">
                {titles.map((title) => (
                  <td key={title} role="cell" data-title={title}>
                    {cells[title]}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
