import type { ReactElement } from 'react';
import { Link, useLocation } from 'wouter';

import classes from './layout.module.css';
import { PAGES } from './page-list.ts';

/** Where one can go. */
export function Navigation(): ReactElement {
  const [path] = useLocation();
  return (
    <nav className={classes['nav']} aria-label="Pages">
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
