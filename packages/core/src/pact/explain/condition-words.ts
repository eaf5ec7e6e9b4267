import type { ASTNode } from '@marcbachmann/cel-js';

import { readNode } from '../analysis/fragment.ts';
import type {
  Affix,
  Atom,
  Formula,
  Relation,
  Scalar,
  Segments,
  Term,
} from '../analysis/formula.ts';

/**
 * Returns a condition in plain words, as it reads after "when": `args.amount <= 50` is
 * "`amount` is at most 50". What has no plain words is quoted.
 */
export function conditionWords(node: ASTNode): string {
  return words(readNode(node), false);
}

/** `isInner`: stands inside another condition, so that alternatives need brackets. */
function words(formula: Formula, isInner: boolean): string {
  switch (formula.op) {
    case 'and':
      return `${words(formula.left, true)} and ${words(formula.right, true)}`;
    case 'or': {
      const either = `${words(formula.left, true)} or ${words(formula.right, true)}`;
      return isInner ? `(${either})` : either;
    }
    case 'not':
      return negated(formula.of);
    case 'if': {
      const [yes, no] = [words(formula.yes, true), words(formula.no, true)];
      return `(${yes} if ${words(formula.condition, true)}, otherwise ${no})`;
    }
    case 'constant':
      return formula.value ? 'always' : 'never';
    default:
      return atomWords(formula);
  }
}

function negated(formula: Formula): string {
  if (formula.op === 'has') return `${pathWords(formula.path)} is not given`;
  if (formula.op === 'holds') return `${termWords(formula.term)} is not true`;
  if (formula.op === 'in') return `${termWords(formula.term)} is none of ${listed(formula.list)}`;
  if (formula.op === 'compare' && formula.relation === '==') {
    return `${termWords(formula.left)} is not ${termWords(formula.right)}`;
  }
  return `not (${words(formula, false)})`;
}

const relations: { readonly [relation in Relation]: string } = {
  '==': 'is',
  '!=': 'is not',
  '<': 'is below',
  '<=': 'is at most',
  '>': 'is above',
  '>=': 'is at least',
};

const affixes: { readonly [affix in Affix]: string } = {
  startsWith: 'starts with',
  endsWith: 'ends with',
  contains: 'contains',
};

function atomWords(atom: Atom): string {
  switch (atom.op) {
    case 'compare':
      return comparison(atom);
    case 'in':
      return `${termWords(atom.term)} is one of ${listed(atom.list)}`;
    case 'member':
      return `${pathWords(atom.list)} contains ${termWords(atom.term)}`;
    case 'affix':
      return `${termWords(atom.term)} ${affixes[atom.affix]} ${scalarWords(atom.part)}`;
    case 'has':
      return `${pathWords(atom.path)} is given`;
    case 'holds':
      return `${termWords(atom.term)} is true`;
    case 'each': {
      const whose = atom.quantifier === 'all' ? 'for every entry of' : 'for some entry of';
      return `${whose} ${pathWords(atom.list)}, ${words(atom.body, true)}`;
    }
    case 'opaque':
      return `\`${atom.text}\``;
  }
}

function comparison({ relation, left, right }: Atom & { readonly op: 'compare' }): string {
  if (left.kind !== 'size') return `${termWords(left)} ${relations[relation]} ${termWords(right)}`;
  const count = termWords(right);
  const amounts: { readonly [relation in Relation]: string } = {
    '==': `exactly ${count}`,
    '!=': `a number other than ${count}`,
    '<': `fewer than ${count}`,
    '<=': `at most ${count}`,
    '>': `more than ${count}`,
    '>=': `at least ${count}`,
  };
  return `${pathWords(left.path)} has a length of ${amounts[relation]}`;
}

function listed(values: readonly Scalar[]): string {
  return values.map(scalarWords).join(', ');
}

function scalarWords(value: Scalar): string {
  return typeof value === 'string' ? `“${value}”` : String(value);
}

function termWords(term: Term): string {
  switch (term.kind) {
    case 'literal':
      return scalarWords(term.value);
    case 'amount':
      return String(term.value);
    case 'item':
      return 'the entry';
    case 'size':
      return `the length of ${pathWords(term.path)}`;
    default:
      return pathWords(term.path);
  }
}

function pathWords([root, ...names]: Segments): string {
  const name = `\`${names.join('.')}\``;
  if (names.length === 0) return `the ${root ?? ''}`;
  if (root === 'session') return `the session's ${name}`;
  return root === 'facts' ? `the fact ${name}` : name;
}
