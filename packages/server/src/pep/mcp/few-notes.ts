/** How many notes are passed on in how much time. */
export type NoteBounds = { readonly most: number; readonly withinMs: number };

/** What servers say outside the protocol, of one of them. */
export const NOTES_OF_ONE: NoteBounds = { most: 20, withinMs: 60_000 };

/** The same of all together. */
export const NOTES_OF_ALL: NoteBounds = { most: 200, withinMs: 60_000 };

/**
 * Returns what passes notes on, at most so many in a time; how many were left out is said when the
 * time is over. A server that floods does not fill the log of whoever runs it.
 */
export function fewNotes(
  note: (text: string) => void,
  { most, withinMs }: NoteBounds,
): (text: string) => void {
  let said = 0;
  let isCounting = false;
  const end = (): void => {
    const left = said - most;
    said = 0;
    isCounting = false;
    if (left > 0) note(`${left} more notes of the last ${withinMs / 1_000} s were left out`);
  };
  return (text) => {
    if (!isCounting) setTimeout(end, withinMs).unref();
    isCounting = true;
    said += 1;
    if (said <= most) note(text);
  };
}
