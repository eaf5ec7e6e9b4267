import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { ConfigError } from './config-error.ts';
import { loadConfig } from './load-config.ts';
import { printConfig } from './print-config.ts';
import { environmentName, SETTINGS } from './settings.ts';

function homeIn(t: TestContext): { readonly folder: string; readonly XDG_CONFIG_HOME: string } {
  const folder = mkdtempSync(join(tmpdir(), 'plumb-config-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return { folder, XDG_CONFIG_HOME: folder };
}

test('config: a start without anything keeps data and root key below the home folder', () => {
  const config = loadConfig({ HOME: '/home/ada' });
  assert.equal(config.data, '/home/ada/.local/share/plumbline');
  assert.deepEqual(config.rootKey, {
    kind: 'file',
    path: '/home/ada/.config/plumbline/root.key',
  });
  assert.deepEqual(config.listen.http, { host: '127.0.0.1', port: 7411 });
});

test('config: flags stand over the environment, which stands over the file', (t) => {
  const { folder } = homeIn(t);
  const configFile = join(folder, 'own.json');
  const guard = { permitMs: 1_000, gatherMs: 1_000, waiting: 10 };
  writeFileSync(configFile, JSON.stringify({ guard, facts: { source: { url: 'http://a/' } } }));
  const config = loadConfig(
    { HOME: '/h', PLUMBLINE_GUARD_GATHER_MS: '2000', PLUMBLINE_GUARD_WAITING: '20' },
    { configFile, settings: new Map([['guard.waiting', '30']]) },
  );
  assert.equal(config.guard.permitMs, 1_000);
  assert.equal(config.guard.gatherMs, 2_000);
  assert.equal(config.guard.waiting, 30);
  assert.deepEqual(config.facts.get('source'), { url: 'http://a/', timeoutMs: 2_000 });
});

test('config: every fault names its place', (t) => {
  const { folder } = homeIn(t);
  const configFile = join(folder, 'own.json');
  const HOME = '/h';
  const said = (environment: Record<string, string>, settings?: [string, string][]): string => {
    try {
      loadConfig({ HOME, ...environment }, settings && { settings: new Map(settings) });
    } catch (cause) {
      assert.ok(cause instanceof ConfigError);
      return cause.message;
    }
    return 'no fault';
  };
  assert.match(said({ PLUMBLINE_GUARD_WAITING: 'many' }), /^PLUMBLINE_GUARD_WAITING: .*number/);
  const plain: readonly (readonly [path: string, value: string, says: RegExp])[] = [
    ['log.heartbeatMs', 'often', /: must be a number, not `often`; docs\/daemon\.md says/],
    ['log.heartbeatMs', '1.5', /: must be a whole number, not `1\.5`/],
    ['log.heartbeatMs', '1', /: must be at least 100, not `1`/],
    ['publishing.people', '3', /: must be `1` or `2`, not `3`/],
    ['localRights', 'some', /: must be `all` or `enforce`, not `some`/],
    ['listen.behindProxy', 'yes', /: must be `true` or `false`, not `yes`/],
    ['data', '', /: must not be empty/],
    ['listen.http', '80', /: must be `host:port` or `none`, not `80`/],
    ['log.timestamps', 'tsa', /: must be a URL, such as `https:\/\/host\/`, not `tsa`/],
    [
      'facts',
      '{"risk": {"url": "secret"}}',
      /`facts\.risk\.url`: must be a URL, such as `https:\/\/host\/`;/,
    ],
  ];
  for (const [path, value, says] of plain) {
    const text = said({}, [[path, value]]);
    assert.ok(text.startsWith(`--set ${path}: `), text);
    assert.match(text, says);
  }
  // What commands and hooks read is no setting of the daemon, and no mistake either.
  loadConfig({ HOME: '/h', PLUMBLINE_AGENT: 'coder', PLUMBLINE_HOOK_KEY: 'plk' });
  assert.match(said({ PLUMBLINE_GUARD_WATING: '1' }), /^PLUMBLINE_GUARD_WATING: no such setting/);
  assert.match(said({}, [['guard.wating', '1']]), /^--set guard.wating: no such setting/);
  assert.match(said({ PLUMBLINE_LISTEN_HTTP: '0.0.0.0:80' }), /PLUMBLINE_LISTEN_HTTP: .*loopback/);
  assert.match(said({ PLUMBLINE_DATA: '/d', PLUMBLINE_ROOT_KEY: '/d/root.key' }), /ROOT_KEY: must/);
  assert.match(said({ PLUMBLINE_PUBLISHING_SIGNERS: 'me' }), /SIGNERS: `me` not a verifier key/);
  assert.match(said({ PLUMBLINE_ALLOW_NETWORKS: 'home' }), /ALLOW_NETWORKS: `home` is not a net/);
  assert.match(said({ PLUMBLINE_CONFIG: configFile }), /own\.json: no such file/);
  writeFileSync(configFile, '{"guard": {"wating": 1}}');
  assert.match(said({ PLUMBLINE_CONFIG: configFile }), /own\.json: no such setting `guard.wating`/);
  writeFileSync(configFile, '{"guard": ');
  assert.match(said({ PLUMBLINE_CONFIG: configFile }), /own\.json: not JSON/);
});

test('config: what is printed reads back as the same configuration, without credentials', (t) => {
  const { folder } = homeIn(t);
  const facts = '{"source":{"url":"https://ada:secret@facts.example/"}}';
  const environment = { HOME: '/h', PLUMBLINE_FACTS: facts, PLUMBLINE_LISTEN_HTTP: '[::1]:0' };
  const printed = JSON.stringify(printConfig(loadConfig(environment)));
  assert.doesNotMatch(printed, /secret/);
  const configFile = join(folder, 'own.json');
  writeFileSync(configFile, printed);
  assert.deepEqual(
    JSON.stringify(printConfig(loadConfig({ HOME: '/h' }, { configFile }))),
    printed,
  );
});

test('config: the guide lists every setting with its name in the environment', () => {
  const guide = readFileSync(join(import.meta.dirname, '../../../../docs/daemon.md'), 'utf8');
  for (const { path } of SETTINGS) {
    assert.ok(guide.includes(`\`${path}\``), `docs/daemon.md misses \`${path}\``);
    assert.ok(guide.includes(`\`${environmentName(path)}\``), environmentName(path));
  }
});
