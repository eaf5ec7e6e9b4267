import type { ReactElement } from 'react';

import { type ConsoleSession, useSignOut } from '../data/session.ts';
import { Button } from '../ui/button.tsx';
import { Visible } from '../ui/code-view.tsx';
import { Menu, MenuCheck, MenuChoice, MenuItem, MenuLabel, MenuLine } from '../ui/menu.tsx';
import { usePreferences } from '../ui/preferences.ts';
import { visibleText } from '../ui/visible-text.ts';
import classes from './layout.module.css';

const THEMES = [
  ['system', 'as the system'],
  ['light', 'light'],
  ['dark', 'dark'],
] as const;
const ZONES = [
  ['local', 'in your zone'],
  ['utc', 'in UTC'],
] as const;

/** Who is signed in, how they like the console, and the way out. */
export function PersonMenu({ session }: { readonly session: ConsoleSession }): ReactElement {
  const [{ theme, zone, hasLetterKeys }, choose] = usePreferences();
  const signOut = useSignOut();
  return (
    <Menu
      trigger={
        <Button aria-label={`Signed in as ${visibleText(session.name)}`}>
          <span className={classes['who']}>
            <Visible text={session.name} />
          </span>
        </Button>
      }
    >
      <MenuLabel>
        <Visible text={session.name} />
        {session.person !== session.name && (
          <>
            <br />
            <Visible text={session.person ?? ''} />
          </>
        )}
        <br />
        {session.roles.join(', ')}
      </MenuLabel>
      <MenuLine />
      <MenuChoice
        label="Theme"
        value={theme}
        options={THEMES}
        onChange={(chosen) => choose({ theme: chosen })}
      />
      <MenuLine />
      <MenuChoice
        label="Times"
        value={zone}
        options={ZONES}
        onChange={(chosen) => choose({ zone: chosen })}
      />
      <MenuLine />
      <MenuCheck isOn={hasLetterKeys} onChange={(isOn) => choose({ hasLetterKeys: isOn })}>
        Letter keys
      </MenuCheck>
      <MenuLine />
      <MenuItem onSelect={() => signOut.mutate('here')}>Sign out</MenuItem>
      <MenuItem onSelect={() => signOut.mutate('everywhere')}>Sign out everywhere</MenuItem>
    </Menu>
  );
}
