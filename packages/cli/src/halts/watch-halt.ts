import type { JsonObject } from '@plumbline/core';

import { type Daemon, shown, step } from '../daemon/connection.ts';
import { EXIT } from '../exit-codes.ts';
import { LiveLines } from '../output/live-lines.ts';
import type { Shell } from '../shell.ts';
import { hasFailed, haltLines, isSettled, progressOf } from './halt-lines.ts';

/** What is watched, and how that is shown. */
export type Watching = {
  readonly daemon: Pick<Daemon, 'get'>;
  readonly halt: string;
  readonly shell: Shell;
  readonly json: boolean;
};

const HOLD_MS = 30_000;

/**
 * Shows each enforcement point and each executor of a halt as it goes, until all have ended: on a
 * terminal redrawn, elsewhere a line whenever one changed, with `json` the whole view as one line
 * of JSON whenever it changed. The exit code says whether something could not be ended.
 */
export async function watchHalt(watching: Watching): Promise<void> {
  const { daemon, halt, shell, json } = watching;
  const path = `/api/v1/halts/${step(halt)}`;
  const show = json ? jsonLines(shell) : shell.screen.isTerminal ? redrawn(shell) : plain(shell);
  try {
    let view = await daemon.get(path);
    show.view(view);
    while (!isSettled(view)) {
      const known = view['revision'];
      view = await daemon.get(`${path}?waitMs=${HOLD_MS}&after=${shown(known)}`);
      if (view['revision'] !== known) show.view(view);
    }
    show.end();
    if (!json) shell.screen.print(progressOf(view));
    if (hasFailed(view)) shell.exit(EXIT.no);
  } finally {
    show.end();
  }
}

type Shown = { readonly view: (view: JsonObject) => void; readonly end: () => void };

const nothing = (): void => undefined;

function jsonLines({ screen }: Shell): Shown {
  return { view: (view) => screen.print(JSON.stringify(view)), end: nothing };
}

function plain({ screen }: Shell): Shown {
  const said = new Map<string, string>();
  return {
    view: (view) => {
      for (const { key, text } of haltLines(view)) {
        if (said.get(key) === text) continue;
        said.set(key, text);
        screen.print(text);
      }
    },
    end: nothing,
  };
}

const REDRAW_MS = 250;
const MOST_LINES = 20;

/** What goes on says how long it has, by the clock of whoever watches. */
function redrawn({ screen, nowMs }: Shell): Shown {
  const began = new Map<string, number>();
  const lines = new LiveLines(screen);
  let last: JsonObject | null = null;
  const draw = (): void => {
    if (last === null) return;
    const all = haltLines(last).map(({ key, text, isOpen }) => {
      const since = began.get(key) ?? nowMs();
      began.set(key, since);
      const words = isOpen ? `${text}, ${((nowMs() - since) / 1_000).toFixed(1)} s` : text;
      return { words, isOpen };
    });
    // What goes on comes first: what stands above the terminal cannot be drawn again.
    const ordered = [...all.filter(({ isOpen }) => isOpen), ...all.filter(({ isOpen }) => !isOpen)];
    const drawn = all.length > MOST_LINES ? ordered.slice(0, MOST_LINES) : all;
    const more = all.length - drawn.length;
    const rest = more === 0 ? [] : [`and ${more} more`];
    lines.draw([...drawn.map(({ words }) => words), ...rest]);
  };
  const timer = setInterval(draw, REDRAW_MS);
  return {
    view: (view) => {
      last = view;
      draw();
    },
    end: () => {
      clearInterval(timer);
      if (last !== null) lines.leave();
      last = null;
    },
  };
}
