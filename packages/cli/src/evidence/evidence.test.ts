import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { DESK_PACT, RecordedLog } from '@plumbline/server/testing/recorded-log';
import { verifies } from '@plumbline/testkit';

import { type Said, plumbWith } from '../run-plumb.test.ts';

const root = mkdtempSync(join(tmpdir(), 'plumbline-evidence-'));
const record = join(root, 'record');
const rootKey = join(root, 'root.key');
let key = '';
let refused = '';
let made = 0;

/** Runs a command line in an environment that names no daemon's places but the record's own. */
function plumb(...argv: readonly string[]): Promise<Said> {
  return plumbWith({ HOME: root }, ...argv);
}

async function plumbJson(...argv: readonly string[]): Promise<Record<string, unknown>> {
  const { out } = await plumb(...argv, '--json');
  // The answer is one object, which what JSON.parse promises does not say.
  return JSON.parse(out) as Record<string, unknown>;
}

before(async () => {
  const log = new RecordedLog(record).begin();
  await log.story('ada');
  const step = await log.open('bo');
  refused = log.call(step, 'admin.wipe', { args: { all: true } });
  const args = { to: 'bo', text: 'no' };
  log.call(step, 'mail.send', { args });
  log.answer(step, 'mail.send', { args, outcome: 'denied' });
  log.close(step);
  key = log.verifierKey;
  await log.write();
  writeFileSync(rootKey, `${Buffer.from(log.rootKey).toString('hex')}\n`, { mode: 0o600 });
});

after(() => rmSync(root, { recursive: true, force: true }));

/** Makes a pack and returns its folder. */
async function packed(...options: readonly string[]): Promise<string> {
  made += 1;
  const folder = join(root, `pack-${made}`);
  const { exit, err } = await plumb(
    'pack',
    record,
    '-o',
    folder,
    '--root-key',
    rootKey,
    ...options,
  );
  assert.equal(exit, 0, err);
  return folder;
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(folder, path)).isFile())
    .sort();
}

describe('plumb verify', () => {
  test('makes every decision again and says how far the log can be relied on', async () => {
    const { exit, out } = await plumb('verify', record, '--root-key', rootKey);
    assert.equal(exit, 3);
    assert.match(out, /7 decisions: 7 recomputed/);
    assert.match(out, /SIGNED, UNANCHORED/);
  });

  test('relies on a log that extends what was remembered, and on no other', async () => {
    const known = join(root, 'known-logs');
    const told = ['--key', key, '--known-logs', known];
    assert.equal((await plumb('verify', record, ...told, '--remember')).exit, 3);
    const again = await plumb('verify', record, '--known-logs', known);
    assert.equal(again.exit, 0);
    assert.match(again.out, /ANCHORED/);
    const line = readFileSync(known, 'utf8').split(' ');
    writeFileSync(known, [...line.slice(0, 2), '999', line[3]].join(' '));
    const rolled = await plumb('verify', record, '--known-logs', known, '--tree-only');
    assert.equal(rolled.exit, 1);
    assert.match(rolled.out, /rolled-back/);
  });

  test('says what is wrong, where, and in one JSON object', async () => {
    const { exit, err } = await plumb('verify', join(root, 'nowhere'));
    assert.equal(exit, 2);
    assert.match(err, /no such folder/);
    const other = key.replace('log.example/desk', 'log.example/other');
    assert.equal((await plumb('verify', record, '--key', other)).exit, 2);
    const lost = await plumb('verify', record, '--root-key', join(root, 'no.key'));
    assert.equal(lost.exit, 2);
    assert.match(lost.err, /no\.key: no such file; --root-key names/);
    const said = await plumbJson('verify', record, '--root-key', rootKey);
    assert.equal(said['ok'], true);
    assert.equal(said['rung'], 'SIGNED, UNANCHORED');
  });
});

describe('plumb log', () => {
  test('lists the last entries that match', async () => {
    const said = await plumbJson('log', 'tail', record, '--kind', 'decided', '-n', '3');
    assert.ok(Array.isArray(said['entries']));
    assert.equal(said['entries'].length, 3);
    assert.equal((await plumb('log', 'tail', record, '--kind', 'nothing')).exit, 2);
    const none = await plumb('log', 'tail', record, '--agent', 'nope');
    assert.equal(none.out, '');
    assert.match(none.err, /no entry matches --agent nope; `plumb log tail` without it/);
  });

  test('shows one entry, sealed or opened', async () => {
    const sealed = await plumb('log', 'show', refused, record);
    assert.match(sealed.out, /sealed for sub_/);
    assert.doesNotMatch(sealed.out, /"all"/);
    const opened = await plumb('log', 'show', refused, record, '--root-key', rootKey);
    assert.match(opened.out, /"all": true/);
    assert.match((await plumb('log', 'show', '999', record)).err, /there is no entry 999/);
  });
});

describe('plumb why', () => {
  test('explains a refusal: what was asked, from where, by which rules', async () => {
    verifies('evidence.explain');
    const { exit, out } = await plumb('why', refused, record, '--root-key', rootKey);
    assert.equal(exit, 0);
    assert.match(out, /deny admin.wipe\(\{"all":true\}\)/);
    assert.match(out, /Nothing is wiped here/);
    assert.match(out, /rules tried/);
    assert.doesNotMatch(out, /another verdict/);
  });

  test('tells what is open of a decision it cannot open', async () => {
    const { out } = await plumb('why', refused, record);
    assert.match(out, /no-wipe/);
    assert.match(out, /What was asked is sealed/);
    assert.match(out, /deny `admin.wipe`\nbecause\n/);
  });

  test('says that no smaller change was found', async () => {
    const { out } = await plumb('why', refused, record, '--root-key', rootKey);
    assert.match(out, /no smaller change was found/);
  });

  test('says of an erased decision who was erased when, and what is still known', async () => {
    const place = join(root, 'erased');
    const log = new RecordedLog(place).begin();
    const step = await log.open('ada');
    const wiped = log.call(step, 'admin.wipe', { args: { all: true } });
    log.close(step);
    const subject = step.subject.id;
    log.node('erasure', { subject, sessions: [step.session], by: 'local' });
    await log.vault.eraseSubject(subject);
    await log.write();
    const { exit, out } = await plumb('why', wiped, place, '--root-key', rootKey);
    assert.equal(exit, 0);
    assert.match(out, /Its person was erased at 2026-.* \(entry \d+\)/);
    assert.match(out, /excluded · no-wipe/);
    assert.doesNotMatch(out, /give --root-key/);
    const said = await plumbJson('why', wiped, place, '--root-key', rootKey);
    assert.ok(typeof said['erased'] === 'object' && said['erased'] !== null);
  });
});

describe('plumb proof', () => {
  test('a proof holds without the log, and not after one changed byte', async () => {
    verifies('evidence.tlog');
    const file = join(root, 'one.tlog-proof');
    assert.equal((await plumb('proof', refused, record, '-o', file)).exit, 0);
    const good = await plumb('proof', '--check', file, '--key', key);
    assert.equal(good.exit, 3);
    assert.match(good.out, /`decided` stands at/);
    const text = readFileSync(file, 'utf8');
    const index = /^index (\d+)$/m.exec(text)?.[1] ?? '';
    writeFileSync(file, text.replace(`index ${index}`, `index ${Number(index) + 1}`));
    assert.equal((await plumb('proof', '--check', file, '--key', key)).exit, 1);
    const again = await plumb('proof', refused, record, '-o', file);
    assert.equal(again.exit, 2);
    assert.match(again.err, /exists and is not overwritten/);
  });
});

describe('plumb pack', () => {
  test('proves whole sessions without the log, and makes their decisions again', async () => {
    verifies('evidence.pack');
    const folder = await packed('--session', 'ses_0001');
    const said = await plumb('verify', folder, '--key', key);
    assert.equal(said.exit, 3, said.err);
    assert.match(said.out, /5 decisions: 5 recomputed/);
    assert.match(readFileSync(join(folder, 'VERIFY.md'), 'utf8'), /What it does not show/);
  });

  test('opens nothing unless asked, and only the sessions named', async () => {
    const closed = await packed('--no-openings');
    assert.deepEqual(
      filesBelow(closed).filter((path) => /opening|plain/.test(path)),
      [],
    );
    assert.match((await plumb('verify', closed)).out, /7 missing opening/);
    const some = await packed('--open', 'ses_0001');
    assert.match((await plumb('verify', some)).out, /5 recomputed, 2 missing opening/);
  });

  test('opens no session that is not selected, and says which are', async () => {
    const folder = join(root, 'unselected');
    const argv = ['pack', record, '-o', folder, '--root-key', rootKey, '--session', 'ses_0001'];
    const { exit, err } = await plumb(...argv, '--open', 'ses_other');
    assert.equal(exit, 2);
    assert.match(err, /`ses_other` cannot be opened, it is not selected; selected: ses_0001/);
    assert.ok(!readdirSync(root).includes('unselected'));
  });

  test('every file that is changed or gone is caught', async () => {
    const folder = await packed('--session', 'ses_0001');
    for (const path of filesBelow(folder)) {
      if (path === 'manifest.note') continue;
      const file = join(folder, path);
      const bytes = readFileSync(file);
      const changed = Uint8Array.from(bytes);
      const place = Math.floor(changed.length / 2);
      changed[place] = (changed[place] ?? 0) ^ 1;
      writeFileSync(file, changed);
      const said = await plumb('verify', folder, '--key', key, '--tree-only');
      assert.ok([1, 2].includes(said.exit), path);
      writeFileSync(file, bytes);
    }
    assert.equal((await plumb('verify', folder, '--key', key, '--tree-only')).exit, 3);
  });

  test('is not written over a folder, and leaves none behind when nothing matches', async () => {
    const folder = join(root, 'none');
    const argv = ['pack', record, '-o', folder, '--root-key', rootKey, '--session', 'ses_none'];
    assert.match((await plumb(...argv)).err, /no session matches/);
    assert.ok(!readdirSync(root).includes('none'));
    assert.match((await plumb('pack', record, '-o', record)).err, /is there already/);
  });
});

describe('plumb pact try', () => {
  test('counts what a candidate would decide otherwise, beside what people said', async () => {
    const file = join(root, 'next.yaml');
    const widened = DESK_PACT.replace(/step_up:[\s\S]*?(?=exclude:)/, '');
    writeFileSync(file, widened.replace('autonomy: 3', 'autonomy: 2'));
    const argv = ['pact', 'try', file, record, '--root-key', rootKey];
    const said = await plumb(...argv);
    assert.equal(said.exit, 1, said.err);
    assert.match(said.out, /of 7 recorded decisions/);
    const same = join(root, 'same.yaml');
    writeFileSync(same, DESK_PACT);
    const { exit, out } = await plumb('pact', 'try', same, record, '--root-key', rootKey);
    assert.equal(exit, 0, out);
    assert.match(out, /0 of 7/);
    assert.match(out, /1 approved, 1 denied/);
    const sealed = await plumb('pact', 'try', same, record);
    assert.match(sealed.out, /7 decisions cannot be opened/);
    const nobody = await plumb('pact', 'try', same, record, '--agent', 'nobody');
    assert.match(nobody.err, /no decision of agent `nobody` is recorded; `plumb log tail/);
  });
});
