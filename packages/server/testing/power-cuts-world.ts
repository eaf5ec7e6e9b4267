import type { Signer } from '@plumbline/ledger';
import { type Random, randomOf } from '@plumbline/testkit';

import { signerOf } from '../src/ledger/primitives.ts';
import type { Subject, Vault } from '../src/store/vault.ts';
import { VaultError } from '../src/store/vault.ts';
import { Clock } from './guard-scene.ts';
import { recordingSigners } from './crash-walk.ts';
import { PowerCutsTold } from './power-cuts-told.ts';
import { SimulatedDisk } from './simulated-disk.ts';

/** What the daemon's parts ask of a vault here. */
export type SmallVault = Pick<
  Vault,
  | 'subject'
  | 'subjectKey'
  | 'findSubject'
  | 'eraseSubject'
  | 'secret'
  | 'putSecret'
  | 'removeSecret'
  | 'revokeKey'
  | 'credentials'
  | 'putCredential'
>;

/** What outlives every run of the program: the disk, the vault, the time, and what was told. */
export class World {
  readonly seed: number;
  readonly dice: Random;
  readonly machine: SimulatedDisk;
  readonly clock: Clock = new Clock();
  readonly told: PowerCutsTold = new PowerCutsTold();
  /** Every key the vault ever gave out, those of erased subjects included; for checks alone. */
  readonly keys: Map<string, Uint8Array> = new Map();
  readonly signed: string[] = [];
  readonly #vault: SmallVault;
  /** What was durable at the last start. */
  lastEntries: readonly Uint8Array[] = [];
  /** Whether anybody's data was erased in the life that goes on. */
  hasErased = false;
  #run = 0;

  constructor(seed: number, vault?: SmallVault) {
    this.seed = seed;
    this.dice = randomOf(seed);
    this.machine = new SimulatedDisk(seed + 1);
    this.#vault = vault ?? memoryVault(this.dice);
  }

  /** Returns whether the run that begins now still goes on, as a question that can be kept. */
  begin(): () => boolean {
    while (!this.machine.isAlive(this.#run)) this.#run += 1;
    const run = this.#run;
    return () => this.machine.isAlive(run);
  }

  readonly signers = (origin: string): readonly Signer[] => {
    return recordingSigners({ signed: this.signed, acknowledged: new Map() }, 1)(origin);
  };

  /** Checks what was signed: see `crash-walk.ts`. */
  readonly verifierKey = (origin: string): Signer['key'] => {
    return signerOf(origin, new Uint8Array(32).fill(1)).key;
  };

  /** Returns the vault as one run sees it: it does nothing for a program that has ended. */
  mountVault(isAlive: () => boolean): SmallVault {
    const vault = this.#vault;
    const run = async <T>(act: () => Promise<T>): Promise<T> => {
      for (let turns = this.dice.below(3); turns > 0; turns -= 1) await Promise.resolve();
      if (!isAlive()) throw new VaultError('disk', 'the power is off');
      const value = await act();
      if (!isAlive()) throw new VaultError('disk', 'the power is off');
      return value;
    };
    const keep = (subject: Subject): Subject => {
      this.keys.set(subject.id, subject.key);
      return subject;
    };
    return {
      subject: (name) => run(async () => keep(await vault.subject(name))),
      subjectKey: (id) => run(() => vault.subjectKey(id)),
      findSubject: (name) => run(() => vault.findSubject(name)),
      eraseSubject: (id) => run(() => vault.eraseSubject(id)),
      secret: (name) => run(() => vault.secret(name)),
      putSecret: (name, value) => run(() => vault.putSecret(name, value)),
      removeSecret: (name) => run(() => vault.removeSecret(name)),
      revokeKey: (id, at) => run(() => vault.revokeKey(id, at)),
      // No part here keeps any.
      credentials: () => Promise.resolve([]),
      putCredential: () => Promise.resolve(false),
    };
  }
}

/** A vault in memory: a resolved write is durable. */
function memoryVault(dice: Random): SmallVault {
  const subjects = new Map<string, { readonly name: string; readonly subject: Subject }>();
  const secrets = new Map<string, Uint8Array>();
  const byName = (wanted: string): Subject | undefined => {
    return [...subjects.values()].find(({ name }) => name === wanted)?.subject;
  };
  const make = (name: string): Subject => {
    const id = `sub_${Buffer.from(dice.bytes(16)).toString('hex')}`;
    const subject = { id, key: dice.bytes(32) };
    subjects.set(id, { name, subject });
    return subject;
  };
  return {
    subject: (name) => Promise.resolve(byName(name) ?? make(name)),
    subjectKey: (id) => Promise.resolve(subjects.get(id)?.subject.key),
    findSubject: (name) => Promise.resolve(byName(name)?.id),
    eraseSubject: (id) => Promise.resolve(subjects.delete(id)),
    secret: (name) => Promise.resolve(secrets.get(name)),
    putSecret: (name, value) => Promise.resolve(void secrets.set(name, Uint8Array.from(value))),
    removeSecret: (name) => Promise.resolve(void secrets.delete(name)),
    revokeKey: () => Promise.resolve(false),
    credentials: () => Promise.resolve([]),
    putCredential: () => Promise.resolve(false),
  };
}
