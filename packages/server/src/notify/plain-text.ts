import { momentOf, type Notice } from './notice.ts';

/** Returns a notice as lines of plain text, without its title. */
export function linesOf({ at, facts, nextWordAt, link, approval, id }: Notice): readonly string[] {
  return [
    `when: ${momentOf(at)}`,
    ...facts.map(([name, value]) => `${name}: ${value}`),
    ...(nextWordAt === null ? [] : [`next word by: ${momentOf(nextWordAt)}`]),
    ...(approval === null ? [] : [`to see it: plumb approval show ${approval}`]),
    ...(link === null ? [] : [`look: ${link}`]),
    `notice: ${id}`,
  ];
}

/** Returns text of at most so many UTF-16 units, cut where it is longer. */
export function atMost(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).toWellFormed()}…`;
}
