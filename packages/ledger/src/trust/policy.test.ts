import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeSigner, nodePrimitives } from '../../testing/node-primitives.ts';
import { encodeUtf8 } from '../bytes.ts';
import { formatVerifierKey } from '../note/verifier-key.ts';
import { meetsQuorum, parsePolicy, type Policy } from './policy.ts';

const log = formatVerifierKey(makeSigner('log.example/a', 1).key);
const witnesses = ['X1', 'X2', 'X3', 'Y1', 'Y2', 'Y3'].map((name, index) => {
  const { key } = makeSigner(`witness.example/${name}`, 10 + index, 'cosignature');
  return `witness ${name} ${formatVerifierKey(key)}`;
});
const [w1 = '', w2 = ''] = witnesses;

function parse(lines: readonly string[]): ReturnType<typeof parsePolicy> {
  return parsePolicy(nodePrimitives.sha256, encodeUtf8(`${lines.join('\n')}\n`));
}

function policyOf(lines: readonly string[]): Policy {
  const policy = parse(lines);
  assert.ok(policy.ok, JSON.stringify(policy));
  return policy.value;
}

test('policy: two levels of groups, as the specification shows them', () => {
  const policy = policyOf([
    `log ${log} https://log.example/a/`,
    ...witnesses,
    'group X-witnesses 2 X1 X2 X3',
    'group Y-witnesses any Y1 Y2 Y3',
    'group X-and-Y all X-witnesses Y-witnesses',
    'quorum X-and-Y',
  ]);
  assert.equal(policy.logs[0]?.url, 'https://log.example/a/');
  const meets = (...names: readonly string[]): boolean => meetsQuorum(policy, new Set(names));
  assert.ok(meets('X1', 'X3', 'Y2'));
  assert.ok(meets('X1', 'X2', 'X3', 'Y1', 'Y2', 'Y3'));
  assert.ok(!meets('X1', 'Y1', 'Y2', 'Y3'));
  assert.ok(!meets('X1', 'X2', 'X3'));
  assert.ok(!meets());
});

test('policy: no witness at all is written `quorum none`', () => {
  assert.ok(meetsQuorum(policyOf(['quorum none']), new Set()));
});

test('policy: spaces, tabs, comments and empty lines say nothing', () => {
  const policy = policyOf([' # keys', '', `\tlog\t ${log} `, w1, ' quorum \t X1\t']);
  assert.equal(policy.quorum, 'X1');
  assert.ok(meetsQuorum(policy, new Set(['X1'])));
  assert.ok(!meetsQuorum(policy, new Set(['X2'])));
});

test('policy: what could weaken it by mistake is refused with its line', () => {
  const cases: readonly (readonly [readonly string[], string])[] = [
    [[], 'no `quorum` line: add `quorum none` or one'],
    [['quorum none', 'quorum none'], 'line 2: a second quorum'],
    [['quorum W1'], 'line 1: `W1` is not defined above'],
    [['quorum'], 'line 1: `` is not defined above'],
    [['quorums none'], 'line 1: `quorums` is not one of log, witness, group, quorum'],
    [[w1, w1, 'quorum X1'], 'line 2: key of `witness.example/X1` is listed already'],
    [[w1, w2.replace('X2', 'X1')], 'line 2: `X1` is defined already'],
    [[w1.replace('X1', 'none')], 'line 1: `none` is defined already'],
    [[`log ${log}`, `log ${log}`], 'line 2: key of `log.example/a` is listed already'],
    [[`witness W ${log}`], 'line 1: key `log.example/a` must be of type cosignature'],
    [[w1, 'group g 2 X1'], groupForm(2)],
    [[w1, 'group g 0 X1'], groupForm(2)],
    [[w1, 'group g 01 X1'], groupForm(2)],
    [[w1, 'group g all'], groupForm(2)],
    [[w1, 'group g any X2'], 'line 2: `X2` is not defined above'],
    [[w1, 'group g any g'], 'line 2: `g` is not defined above'],
    [[w1, 'group g any X1 X1'], 'line 2: `X1` is a member already, or `none`'],
    [[w1, 'group g 1 X1', 'group h 1 X1'], 'line 3: `X1` is a member already, or `none`'],
    [[w1, 'group g any none X1'], 'line 2: `none` is a member already, or `none`'],
    [['# a\r', 'quorum none'], 'line 1: control character'],
  ];
  for (const [lines, message] of cases) {
    assert.deepEqual(parse(lines), { ok: false, error: { code: 'malformed', message } });
  }
});

function groupForm(line: number): string {
  const form = '`group <name> <k|any|all> <name>…`, with k from 1 to the number of names';
  return `line ${line}: must be ${form}`;
}
