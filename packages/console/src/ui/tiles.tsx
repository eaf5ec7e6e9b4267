import type { ReactElement } from 'react';

import classes from './tiles.module.css';

/** One tile: what it stands for in the address, how many there are, and of what. */
export type Tile = { readonly id: string; readonly count: number; readonly word: string };

/** How many there are of each kind; a press shows those alone, another all of them again. */
export function Tiles({
  label,
  tiles,
  chosen,
  onChoose,
}: {
  readonly label: string;
  readonly tiles: readonly Tile[];
  readonly chosen: string;
  readonly onChoose: (id: string) => void;
}): ReactElement {
  return (
    <div className={classes['tiles']} role="group" aria-label={label}>
      {tiles.map(({ id, count, word }) => (
        <button
          key={id}
          type="button"
          className={classes['tile']}
          aria-pressed={chosen === id}
          data-none={count === 0 ? '' : undefined}
          onClick={() => onChoose(chosen === id ? '' : id)}
        >
          <span className={classes['number']}>{count.toLocaleString('en')}</span> {word}
        </button>
      ))}
    </div>
  );
}
