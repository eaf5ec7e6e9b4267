import assert from 'node:assert/strict';

import type { JsonObject } from '@plumbline/core';
import { Secret, TOTP } from 'otpauth';

import type { Caller } from '../src/routes/caller.ts';
import type { Factors, Purpose } from '../src/services/factors/factors.ts';
import { openFactors } from '../src/services/factors/open-factors.ts';
import { refused, served } from '../src/services/served.ts';
import type { Served } from '../src/services/services.ts';
import type { OpenEntry } from '../src/services/write-entry.ts';
import { type SoftwareAuthenticator, softwareAuthenticator } from './software-authenticator.ts';

/** A person with a key, as the gate hands them on. */
export function personCaller(email: string, of: Partial<Caller> = {}): Caller {
  return {
    id: `key-of-${email}`,
    kind: 'person',
    roles: ['viewer'],
    scopes: [],
    agents: null,
    person: { id: email, email, groups: [] },
    ...of,
  };
}

/** The site of the tests. */
export const SITE = { rpId: 'plumbline.example', origin: 'https://plumbline.example' };

/** Something a proof is for. */
export const PURPOSE: Purpose = { path: '/api/v1/something', body: { reason: 'because' } };

/** A service of factors over a vault in memory. */
export type FactorsScene = {
  readonly factors: Factors;
  readonly written: OpenEntry[];
  readonly secrets: Map<string, Uint8Array>;
  readonly wait: (ms: number) => void;
  /** Makes the log take nothing. */
  readonly stop: () => void;
  /** The same vault, opened again; `removed` as the ledger says. */
  readonly restart: (removed?: readonly string[]) => Promise<FactorsScene>;
  /** Enrols an authenticator app and returns what shows its code, so many steps from now. */
  readonly withApp: (by: Caller) => Promise<App>;
  /** Enrols an authenticator and returns it. */
  readonly withAuthenticator: (by: Caller) => Promise<SoftwareAuthenticator>;
};

/** An authenticator app that was enrolled. */
export type App = { readonly id: string; readonly code: (steps?: number) => string };

type World = {
  readonly secrets: Map<string, Uint8Array>;
  readonly written: OpenEntry[];
  readonly clock: () => number;
  readonly wait: (ms: number) => void;
  isStopped: boolean;
};

/** Returns a scene where nobody has a factor; `clock` is the time of another scene to share. */
export function factorsScene(clock?: () => number): Promise<FactorsScene> {
  let own = 1_700_000_000_000;
  const world = { secrets: new Map(), written: [], isStopped: false };
  return sceneOf({ ...world, clock: clock ?? (() => own), wait: (ms) => (own += ms) }, []);
}

async function sceneOf(world: World, removed: readonly string[]): Promise<FactorsScene> {
  const { secrets, written } = world;
  const factors = await openFactors({
    clock: world.clock,
    site: { rpId: SITE.rpId, origins: [SITE.origin] },
    removed: new Set(removed),
    write: (entry) => {
      if (world.isStopped) return Promise.resolve(refused('unavailable', 'the log stopped'));
      written.push(entry);
      return Promise.resolve(served({ index: written.length - 1, at: world.clock() }));
    },
    vault: {
      secret: (name) => Promise.resolve(secrets.get(name)),
      putSecret: (name, value) => Promise.resolve(void secrets.set(name, value)),
    },
  });
  const proof = undefined;
  return {
    factors,
    written,
    secrets,
    wait: world.wait,
    stop: () => (world.isStopped = true),
    restart: (again = removed) => sceneOf(world, again),
    withApp: async (by) => {
      const begun = taken(
        await factors.enrol({ kind: 'totp', name: 'phone', proof, purpose: PURPOSE }, by),
      );
      assert.ok(begun.kind === 'totp');
      const { id } = begun;
      const code = codesOf(begun.secret, world.clock);
      taken(await factors.confirm({ id, confirmation: { code: code() } }, by));
      return { id, code };
    },
    withAuthenticator: async (by) => {
      const begun = taken(
        await factors.enrol({ kind: 'webauthn', name: 'key', proof, purpose: PURPOSE }, by),
      );
      assert.ok(begun.kind === 'webauthn');
      const made = softwareAuthenticator(SITE);
      const response = made.create(begun.options);
      taken(await factors.confirm({ id: begun.id, confirmation: { response } }, by));
      return made;
    },
  };
}

/** Returns what shows the code of a secret, so many steps of 30 seconds from now. */
export function codesOf(secret: string, now: () => number): (steps?: number) => string {
  const totp = new TOTP({ secret: Secret.fromBase32(secret) });
  return (steps = 0) => totp.generate({ timestamp: now() + steps * 30_000 });
}

/** Returns what must have been done. */
export function taken<T>(result: Served<T>): T {
  assert.ok(result.ok, result.ok ? '' : `${result.error.code}: ${result.error.message}`);
  return result.value;
}

/** Returns why it was refused, or `done`. */
export function whyOf(result: Served<unknown>): string {
  return result.ok ? 'done' : result.error.code;
}

/** Returns a proof by code that is asked for. */
export function byCode(code: string, purpose: Purpose = PURPOSE): Parameters<Factors['check']>[1] {
  return { demand: 'totp', purpose, proof: { factor: 'totp', code } };
}

/** Returns a proof by an authenticator that is asked for. */
export function byAnswer(
  response: JsonObject,
  purpose: Purpose = PURPOSE,
): Parameters<Factors['check']>[1] {
  return { demand: 'webauthn', purpose, proof: { factor: 'webauthn', response } };
}
