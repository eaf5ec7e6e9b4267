import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { isJsonObject, type JsonObject } from '@plumbline/core';

import { ClientError, type DaemonClient } from '../src/client/daemon-client.ts';
import { bankingProposal } from './banking-pact.ts';
import { type DaemonHome, type DaemonProgram, makeHome, mustStart } from './daemon-program.ts';

/** Returns a home that goes with its test. */
export function homeFor(
  t: TestContext,
  settings: Readonly<Record<string, string>> = {},
): DaemonHome {
  const home = makeHome(settings);
  t.after(() => home.remove());
  return home;
}

/** Starts a daemon that ends with its test at the latest. */
export async function running(t: TestContext, home: DaemonHome): Promise<DaemonProgram> {
  const program = await mustStart(home);
  t.after(async () => {
    if (program.child.exitCode === null) await program.end('SIGKILL');
  });
  return program;
}

/** Posts to a path below `/api/v1/`. */
export async function post(
  client: DaemonClient,
  path: string,
  body?: JsonObject,
): Promise<JsonObject> {
  const asked = { method: 'POST', path: `/api/v1/${path}` } as const;
  const said = await client.ask(body === undefined ? asked : { ...asked, body });
  assert.ok(isJsonObject(said));
  return said;
}

/** Gets a path below `/api/v1/`. */
export async function get(client: DaemonClient, path: string): Promise<JsonObject> {
  const said = await client.ask({ method: 'GET', path: `/api/v1/${path}` });
  assert.ok(isJsonObject(said));
  return said;
}

/** Returns a text that must be one. */
export function text(value: unknown): string {
  assert.equal(typeof value, 'string');
  return String(value);
}

/** Returns an object that must be a member. */
export function member(value: JsonObject, name: string): JsonObject {
  const found = value[name];
  assert.ok(found !== undefined && isJsonObject(found), `${name} in ${JSON.stringify(value)}`);
  return found;
}

/** Returns whether a refusal has a code, for `assert.rejects`. */
export const refusedWith =
  (code: string): ((cause: unknown) => boolean) =>
  (cause) => {
    assert.ok(cause instanceof ClientError, String(cause));
    assert.equal(cause.code, code, cause.message);
    return true;
  };

/** Adds the example agent and arms its pact. */
export async function armBanking(client: DaemonClient): Promise<void> {
  await post(client, 'agents', { agent: 'banking' });
  await post(client, 'agents/banking/pacts', bankingProposal());
}
