import type { MemberExpression, Node } from 'oxc-parser';
import type { Problem, SourceFile, Visited } from '../source-file.ts';

const pureRooms = ['packages/core/src/', 'packages/ledger/src/'];

// What a pure function cannot reach: the clock, the dice, the machine, and the reader's language.
const bannedGlobals: ReadonlySet<string> = new Set(
  (
    'process performance crypto console globalThis Buffer fetch require navigator Intl ' +
    'setTimeout setInterval setImmediate queueMicrotask'
  ).split(' '),
);
const bannedMembers: ReadonlySet<string> = new Set(
  (
    'localeCompare toLocaleString toLocaleDateString toLocaleTimeString toLocaleLowerCase ' +
    'toLocaleUpperCase getTimezoneOffset getHours getMinutes getDay getMonth getFullYear'
  ).split(' '),
);
const bannedCalls: ReadonlySet<string> = new Set(['Date.now', 'Math.random']);

// A time zone a pact names is looked up in the runtime's own table, which only this file does.
const zoneTable = 'packages/core/src/pact/timezone.ts';

/** Keeps core pure: same values in, same values out, on every machine and in every browser. */
export function* checkPurity(file: SourceFile): Generator<Problem> {
  if (file.isTest || !pureRooms.some((room) => file.path.startsWith(room))) return;
  for (const visited of file.nodes) {
    const impurity = impurityOf(visited);
    if (impurity === undefined || (impurity === 'Intl' && file.path === zoneTable)) continue;
    const message = `\`${impurity}\` in a pure package: take the value as a parameter`;
    yield file.problem(visited.node.start, message);
  }
}

function impurityOf(visited: Visited): string | undefined {
  const { node } = visited;
  switch (node.type) {
    case 'Identifier':
      return bannedGlobals.has(node.name) && isReference(visited) ? node.name : undefined;
    case 'MemberExpression':
      return impureMember(node);
    case 'NewExpression':
      return isNamed(node.callee, 'Date') && node.arguments.length === 0 ? 'new Date()' : undefined;
    case 'CallExpression':
      return isNamed(node.callee, 'Date') ? 'Date()' : undefined;
    case 'ImportExpression':
      return 'import()';
    default:
      return undefined;
  }
}

function impureMember(node: MemberExpression): string | undefined {
  if (node.computed || node.property.type !== 'Identifier') return undefined;
  const member = node.property.name;
  if (bannedMembers.has(member)) return member;
  const path = node.object.type === 'Identifier' ? `${node.object.name}.${member}` : member;
  return bannedCalls.has(path) ? path : undefined;
}

function isNamed(node: Node, name: string): boolean {
  return node.type === 'Identifier' && node.name === name;
}

/** Not the key of an object or the member after a dot. */
function isReference({ node, parent }: Visited): boolean {
  const owner = parent?.node;
  if (owner?.type === 'MemberExpression') return owner.object === node || owner.computed;
  if (owner === undefined || !('key' in owner)) return true;
  return owner.key !== node || ('computed' in owner && owner.computed);
}
