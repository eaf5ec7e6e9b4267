import { Command } from 'cmdk';
import { type ReactElement, useEffect } from 'react';
import { useLocation } from 'wouter';

import { useAgentNames } from '../data/fleet.ts';
import { useMay } from '../data/session.ts';
import { Dialog } from '../ui/dialog.tsx';
import { PAGES } from './page-list.ts';
import classes from './palette.module.css';

type PaletteProps = {
  readonly isOpen: boolean;
  readonly onOpen: () => void;
  readonly onClose: () => void;
  readonly onHalt: () => void;
  readonly onKeys: () => void;
};

const MOST_AGENTS = 500;

/** Goes anywhere and halts anything from the keyboard: Ctrl K. */
export function Palette({ isOpen, onOpen, onClose, ...acts }: PaletteProps): ReactElement {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      onOpen();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [onOpen]);
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title="Go to">
      <Choices onClose={onClose} {...acts} />
    </Dialog>
  );
}

function Choices({
  onClose,
  onHalt,
  onKeys,
}: Omit<PaletteProps, 'isOpen' | 'onOpen'>): ReactElement {
  const [, navigate] = useLocation();
  const names = useAgentNames();
  const mayHalt = useMay('halt');
  const go = (href: string) => (): void => {
    navigate(href);
    onClose();
  };
  return (
    <Command label="Go to">
      <Command.Input className={classes['input']} placeholder="A page or an agent" autoFocus />
      <Command.List className={classes['list']} label="Places">
        <Command.Empty className={classes['item']}>Nothing has that name.</Command.Empty>
        {mayHalt && (
          <Command.Item className={classes['item']} value="halt stop" onSelect={onHalt}>
            Halt… <span className={classes['soft']}>action</span>
          </Command.Item>
        )}
        {PAGES.filter(({ isInNavigation }) => isInNavigation === true).map(({ path, title }) => (
          <Command.Item
            key={path}
            className={classes['item']}
            value={title}
            onSelect={go(path.replace(/\/:.*$/, ''))}
          >
            {title} <span className={classes['soft']}>page</span>
          </Command.Item>
        ))}
        {(names.data ?? []).slice(0, MOST_AGENTS).map((agent) => (
          <Command.Item
            key={agent}
            className={classes['item']}
            value={agent}
            onSelect={go(`/agents/${agent}`)}
          >
            {agent} <span className={classes['soft']}>agent</span>
          </Command.Item>
        ))}
        <Command.Item className={classes['item']} value="keys shortcuts" onSelect={onKeys}>
          Keys <span className={classes['soft']}>what each does</span>
        </Command.Item>
      </Command.List>
    </Command>
  );
}
