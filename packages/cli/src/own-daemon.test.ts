import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { plumbWith } from './run-plumb.test.ts';

const require = createRequire(import.meta.url);

type Environment = Readonly<Record<string, string>>;

/** Returns an environment in which all of a daemon is below a folder, and its port a free one. */
export function ownDaemon<More extends Environment>(
  folder: string,
  more: More,
): Environment & More {
  return {
    HOME: folder,
    XDG_CONFIG_HOME: join(folder, 'config'),
    PLUMBLINE_DATA: join(folder, 'd'),
    PLUMBLINE_LISTEN_HTTP: '127.0.0.1:0',
    PLUMBLINE_DISK_WARN_BYTES: '0',
    PLUMBLINE_DISK_REFUSE_BYTES: '0',
    ...more,
  };
}

/** Returns the command that starts a published MCP server. */
export function publishedServer(name: string, ...rest: readonly string[]): readonly string[] {
  const manifest = require.resolve(`@modelcontextprotocol/${name}/package.json`);
  return [process.execPath, join(dirname(manifest), 'dist/index.js'), ...rest];
}

/** Where an agent's MCP gateway is, and a key of the agent for it. */
export type ArmedGateway = { readonly url: string; readonly key: string };

/** Starts the daemon of an environment and arms one agent. */
export async function armGateway(
  environment: Environment,
  { folder, agent, pact }: Readonly<Record<'folder' | 'agent' | 'pact', string>>,
): Promise<ArmedGateway> {
  const file = join(folder, `${agent}.pact.yaml`);
  writeFileSync(file, pact);
  const up = await plumbWith(environment, 'up', '--detach', '--json');
  assert.equal(up.exit, 0, up.err);
  const url = `${/"url":"([^"]+)"/.exec(up.out)?.[1] ?? ''}/mcp/${agent}`;
  await plumbWith(environment, 'agent', 'add', agent);
  const published = await plumbWith(environment, 'pact', 'publish', file);
  assert.equal(published.exit, 0, published.err);
  const kind = ['--kind', 'agent', '--name', 'gateway', '--agent', agent];
  const key = (await plumbWith(environment, 'key', 'add', ...kind)).out.trim();
  return { url, key };
}
