import type { Dispatch, ReactElement, SetStateAction } from 'react';

import { Button } from '../button.tsx';
import { Menu, MenuCheck } from '../menu.tsx';
import type { Column } from './column.ts';

/** Which columns are shown. The first, which names the row, always is. */
export function ColumnMenu<Row>({
  columns,
  hidden,
  onChoose,
}: {
  readonly columns: readonly Column<Row>[];
  readonly hidden: ReadonlySet<string>;
  readonly onChoose: Dispatch<SetStateAction<ReadonlyMap<string, boolean>>>;
}): ReactElement {
  return (
    <Menu trigger={<Button isSmall>Columns</Button>}>
      {columns.slice(1).map(({ id, title }) => (
        <MenuCheck
          key={id}
          isOn={!hidden.has(id)}
          onChange={(isOn) => onChoose((before) => new Map(before).set(id, isOn))}
        >
          {title}
        </MenuCheck>
      ))}
    </Menu>
  );
}
