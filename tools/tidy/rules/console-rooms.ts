import { posix } from 'node:path';
import type { Problem, SourceFile } from '../source-file.ts';
import { importsOf } from './imports.ts';

const SOURCE = 'packages/console/src/';

// Which room of the console may know which. A page is a room of its own and knows no other page,
// so that each is a chunk that is loaded alone.
const mayKnow: ReadonlyMap<string, readonly string[]> = new Map([
  ['data', []],
  ['ui', ['data']],
  ['pages', ['data', 'ui']],
  ['app', ['data', 'ui', 'pages']],
]);
const network = /^(fetch|EventSource|XMLHttpRequest|WebSocket)$/;

/** Holds the rooms of the console to what each may know, and the network to `data`. */
export function* checkConsoleRooms(file: SourceFile): Generator<Problem> {
  if (!file.path.startsWith(SOURCE) || file.isTest) return;
  const from = file.path.slice(SOURCE.length);
  for (const { specifier, offset } of importsOf(file)) {
    if (!specifier.startsWith('.')) continue;
    const complaint = complaintOf(from, posix.join(posix.dirname(from), specifier));
    if (complaint !== undefined) yield file.problem(offset, complaint);
  }
  if (roomOf(from) !== 'data') yield* checkNetwork(file);
}

function complaintOf(from: string, to: string): string | undefined {
  const [room, other] = [roomOf(from), roomOf(to)];
  const allowed = mayKnow.get(room);
  const isInside = other !== '' && other !== '..';
  if (allowed !== undefined && isInside && other !== room && !allowed.includes(other)) {
    return `room \`${room}\` of the console may not know \`${other}\``;
  }
  const isOtherPage = room === 'pages' && other === 'pages' && pageOf(from) !== pageOf(to);
  return isOtherPage ? `page \`${pageOf(from)}\` may not know \`${pageOf(to)}\`` : undefined;
}

function* checkNetwork(file: SourceFile): Generator<Problem> {
  for (const { node } of file.nodes) {
    if (node.type !== 'CallExpression' && node.type !== 'NewExpression') continue;
    if (node.callee.type !== 'Identifier' || !network.test(node.callee.name)) continue;
    const message = `\`${node.callee.name}\` outside ${SOURCE}data/: ask by a hook of that room`;
    yield file.problem(node.start, message);
  }
}

function roomOf(path: string): string {
  return path.includes('/') ? (path.split('/')[0] ?? '') : '';
}

function pageOf(path: string): string {
  return path.split('/')[1] ?? '';
}
