import { posix } from 'node:path';
import type { Problem, SourceFile } from '../source-file.ts';
import { importsOf } from './imports.ts';

const SOURCE = 'packages/server/src/';

// Which room of the server may know which; docs/ARCHITECTURE.md draws it. What composes the daemon
// (`daemon/`, `client/`, and the files beside the rooms) may know all of them.
const mayKnow: ReadonlyMap<string, readonly string[]> = new Map([
  ['disk', []],
  ['egress', []],
  ['config', ['egress']],
  ['machine', []],
  ['site', []],
  ['live', ['ledger', 'store']],
  ['ledger', ['disk', 'egress']],
  ['store', ['ledger']],
  ['seal', ['config', 'store']],
  ['identity', ['config', 'egress', 'guard', 'routes', 'store']],
  ['record', ['guard', 'ledger', 'seal', 'services', 'store']],
  ['guard', ['disk', 'egress', 'ledger', 'record', 'seal', 'store']],
  ['executors', ['config', 'egress', 'guard', 'notify', 'services']],
  ['drills', ['client', 'config', 'executors', 'guard', 'notify', 'routes', 'services']],
  ['broker', ['config', 'egress', 'guard', 'store']],
  ['notify', ['config', 'egress', 'guard', 'ledger', 'services', 'store']],
  [
    'services',
    [
      'broker',
      'drills',
      'guard',
      'identity',
      'ledger',
      'notify',
      'record',
      'routes',
      'seal',
      'store',
    ],
  ],
  [
    'routes',
    ['config', 'drills', 'guard', 'identity', 'live', 'notify', 'pep', 'services', 'site', 'store'],
  ],
  ['supervisor', ['client', 'config', 'egress', 'guard', 'pep']],
  ['pep', ['guard', 'routes']],
]);

// Everyone else knows the contracts of the stores, never what stands behind them.
const mayNameEmbedded: readonly string[] = ['store/embedded/', 'daemon/', 'context.ts', 'record/'];

/** Holds the rooms of the server to what each may know. Tests and test makers may know all. */
export function* checkServerRooms(file: SourceFile): Generator<Problem> {
  if (!file.path.startsWith(SOURCE) || file.isTest) return;
  const from = file.path.slice(SOURCE.length);
  for (const { specifier, offset } of importsOf(file)) {
    if (!specifier.startsWith('.')) continue;
    const complaint = complaintOf(from, posix.join(posix.dirname(from), specifier));
    if (complaint !== undefined) yield file.problem(offset, complaint);
  }
}

function complaintOf(from: string, to: string): string | undefined {
  const [room = '', other = ''] = [roomOf(from), roomOf(to)];
  const allowed = mayKnow.get(room);
  if (allowed !== undefined && other !== room && !allowed.includes(other)) {
    return `room \`${room}\` may not know \`${other}\``;
  }
  const isEmbedded = to.startsWith('store/embedded/');
  return isEmbedded && !mayNameEmbedded.some((place) => from.startsWith(place))
    ? 'only `context.ts` names what stands behind a store: take its contract'
    : undefined;
}

function roomOf(path: string): string | undefined {
  return path.includes('/') ? path.split('/')[0] : undefined;
}
