import { type DraftTool, type Json, listedTools } from '@plumbline/core';

import { Stop } from '../stop.ts';

/**
 * Returns the tools of a list, as core reads them.
 *
 * Errors: `Stop` with the file and the member that is not right.
 */
export function readTools(text: string, file: string): readonly DraftTool[] {
  const listed = listedTools(parsed(text, file));
  if (listed.ok) return listed.value;
  const { message, at } = listed.error;
  throw new Stop(message, at === null ? file : `${file}: ${at}`);
}

function parsed(text: string, file: string): Json {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.replaceAll(/\s+/g, ' ') : String(cause);
    throw new Stop(`not JSON (${why})`, file);
  }
}
