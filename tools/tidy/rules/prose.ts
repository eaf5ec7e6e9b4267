import type { Document } from '../house.ts';
import type { Problem, SourceFile } from '../source-file.ts';

// The repository speaks of the product. Who asked for a line, and when, is not its business.
const unwanted: readonly { readonly pattern: RegExp; readonly say: string }[] = [
  { pattern: /\b(?:TODO|FIXME|XXX|HACK)\b/, say: 'unfinished work is not merged' },
  { pattern: /\bissues? #?\d+/i, say: 'a ticket number: say the reason instead' },
  { pattern: /\b(?:tickets?|pull requests?|PR) ?#\d+/i, say: 'a ticket number: say the reason' },
  { pattern: /\(#\d+\)/, say: 'a ticket number: say the reason instead' },
  { pattern: /\bin a real implementation\b/i, say: 'a stub that succeeds is never shipped' },
  { pattern: /\bas (?:requested|instructed)\b/i, say: 'history: say what is true now' },
];

/** Refuses words of the workshop in comments. */
export function* checkComments(file: SourceFile): Generator<Problem> {
  for (const comment of file.comments) {
    for (const { pattern, say } of unwanted) {
      const match = pattern.exec(comment.value);
      if (match === null) continue;
      yield file.problem(comment.start + 2 + match.index, `\`${match[0]}\`: ${say}`);
    }
  }
}

/** Refuses the same words in documents. */
export function* checkDocument(document: Document): Generator<Problem> {
  for (const [index, line] of document.lines.entries()) {
    for (const { pattern, say } of unwanted) {
      const match = pattern.exec(line);
      if (match === null) continue;
      const message = `\`${match[0]}\`: ${say}`;
      yield { path: document.path, line: index + 1, column: match.index + 1, message };
    }
  }
}
