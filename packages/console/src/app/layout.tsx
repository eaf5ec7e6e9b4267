import { type ReactElement, Suspense, useState } from 'react';
import { Link, Redirect, Route, Switch, useLocation } from 'wouter';

import { useAgentNames } from '../data/fleet.ts';
import { type ConsoleSession, useMay } from '../data/session.ts';
import { Button } from '../ui/button.tsx';
import { HaltDialog } from '../ui/halt/halt-dialog.tsx';
import { LoadState } from '../ui/states.tsx';
import icon from './icon.svg';
import { AwayBanner } from './away-banner.tsx';
import { EndNotice } from './end-notice.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { Keys } from './keys.tsx';
import classes from './layout.module.css';
import { LiveMark } from './live-mark.tsx';
import { Navigation } from './navigation.tsx';
import { NotFound } from './not-found.tsx';
import { PAGES } from './page-list.ts';
import { Palette } from './palette.tsx';
import { PersonMenu } from './person-menu.tsx';
import { usePresence } from './use-presence.ts';
import { useSessionEnd } from './use-session-end.ts';

const FLEET = { agent: null, scope: 'fleet', target: null } as const;

/** What stands around every page: where to go, what to stop, who looks, and how fresh it is. */
export function Layout({ session }: { readonly session: ConsoleSession }): ReactElement {
  useSessionEnd(session);
  usePresence(session);
  const [open, setOpen] = useState<'palette' | 'halt' | 'keys' | null>(null);
  const close = (): void => setOpen(null);
  return (
    <div className={classes['layout']}>
      <a className={classes['skip']} href="#main">
        Skip to the page
      </a>
      <TopBar session={session} onOpen={setOpen} />
      <Navigation />
      <Main />
      <Palette
        isOpen={open === 'palette'}
        onOpen={() => setOpen('palette')}
        onClose={close}
        onHalt={() => setOpen('halt')}
        onKeys={() => setOpen('keys')}
      />
      <Keys isOpen={open === 'keys'} onOpen={() => setOpen('keys')} onClose={close} />
      {open === 'halt' && <HaltAnywhere onClose={close} />}
      <EndNotice session={session} />
    </div>
  );
}

function TopBar({
  session,
  onOpen,
}: {
  readonly session: ConsoleSession;
  readonly onOpen: (open: 'palette' | 'halt') => void;
}): ReactElement {
  return (
    <header className={classes['bar']}>
      <Link href="/" className={classes['brand'] ?? ''} aria-label="Plumbline">
        <img src={icon} alt="" />
        <span>Plumbline</span>
      </Link>
      <Button className={classes['jump']} onClick={() => onOpen('palette')}>
        <span>Go to…</span> <kbd>Ctrl K</kbd>
      </Button>
      <div className={classes['push']} />
      <LiveMark />
      {useMay('halt') && (
        <Button look="danger" onClick={() => onOpen('halt')}>
          Halt…
        </Button>
      )}
      <PersonMenu session={session} />
    </header>
  );
}

function Main(): ReactElement {
  const [path] = useLocation();
  return (
    <main id="main" className={classes['main']} tabIndex={-1}>
      <AwayBanner />
      <ErrorBoundary key={path}>
        <Suspense fallback={<LoadState what="the page" />}>
          <Switch>
            {PAGES.map(({ path: at, page }) => (
              <Route key={at} path={at} component={page} />
            ))}
            <Route path="/sign-in">
              <Redirect to="/" replace />
            </Route>
            <Route component={NotFound} />
          </Switch>
        </Suspense>
      </ErrorBoundary>
    </main>
  );
}

function HaltAnywhere({ onClose }: { readonly onClose: () => void }): ReactElement {
  const agents = useAgentNames().data ?? [];
  return <HaltDialog isOpen onClose={onClose} first={FLEET} agents={agents} />;
}
