import { type ReactElement, useEffect, useRef } from 'react';
import { Link, useLocation } from 'wouter';

import classes from './layout.module.css';
import { PAGES } from './page-list.ts';

const MARGIN_PX = 16;

/** Where one can go. */
export function Navigation(): ReactElement {
  const [path] = useLocation();
  const nav = useRef<HTMLElement>(null);
  // On a narrow screen the links lie in one row, and the one that says where one is may be outside.
  useEffect(() => {
    const here = nav.current?.querySelector<HTMLElement>('[aria-current="page"]');
    nav.current?.scrollTo({ left: (here?.offsetLeft ?? 0) - MARGIN_PX });
  }, [path]);
  return (
    <nav ref={nav} className={classes['nav']} aria-label="Pages">
      <ul className={classes['links']}>
        {PAGES.filter(({ isInNavigation }) => isInNavigation === true).map((entry) => {
          const href = entry.path.replace(/\/:.*$/, '');
          return (
            <li key={href}>
              <Link
                href={href}
                className={classes['link'] ?? ''}
                aria-current={isBelow(path, href) ? 'page' : undefined}
              >
                {entry.title}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

function isBelow(path: string, href: string): boolean {
  if (href === '/') return path === '/' || path.startsWith('/agents/');
  return path === href || path.startsWith(`${href}/`);
}
