import { posix } from 'node:path';
import { type Random, randomOf } from '@plumbline/testkit';

import { type Disk, DiskError, type DiskFault, type DiskFile } from '../src/disk/disk.ts';
import { Turns } from '../src/disk/turns.ts';
import type { SimulatedFile } from './simulated-file.ts';
import { SimulatedNames } from './simulated-names.ts';

export type Verb =
  'create' | 'write' | 'sync' | 'truncate' | 'rename' | 'link' | 'remove' | 'sync-folder' | 'note';

/** What was done, in the order in which it took effect. A `note` is the test's own. */
export type Operation = {
  readonly verb: Verb;
  readonly path: string;
  readonly offset?: number;
  readonly bytes?: Uint8Array;
  /** Of a write or sync: which file, whatever it is called by now. */
  readonly file?: SimulatedFile;
};

/** One failure to come. */
export type Trouble = {
  readonly verb: Exclude<Verb, 'note'>;
  readonly fault: DiskFault;
  /** Whether what failed took effect all the same; of a write that is lost, a part did. */
  readonly fate: 'persisted' | 'lost';
  /** How many operations of that kind go well before. */
  readonly after?: number;
};

type Step = { readonly verb: Exclude<Verb, 'note'>; readonly path: string };
type Effect = (fate: 'persisted' | 'lost') => void;

/**
 * A disk in memory. A seed decides what a power cut leaves of whatever was not synced: names and
 * writes are kept, dropped or torn each on its own, in any order.
 *
 * `mount` gives the disk as one run of a program sees it. `kill` ends the program and `cutPower`
 * the machine: every operation of an earlier mount fails from then on.
 */
export class SimulatedDisk {
  readonly trace: Operation[] = [];
  /** The trace keeps a copy of all that is written. */
  isTraced = true;
  /** Room in bytes; files take as much as they are long. */
  capacity: number = Number.MAX_SAFE_INTEGER;
  isReadOnly = false;
  readonly names: SimulatedNames = new SimulatedNames();
  readonly #dice: Random;
  #run = 0;
  #troubles: { trouble: Trouble; left: number }[] = [];
  #stepsLeft: number = Number.POSITIVE_INFINITY;
  #end: 'cut' | 'kill' = 'cut';

  constructor(seed: number) {
    this.#dice = randomOf(seed);
  }

  get freeBytes(): number {
    let taken = 0;
    for (const file of this.names.files) taken += file.size;
    return Math.max(0, this.capacity - taken);
  }

  mount(): Disk {
    return new Mount(this, this.#run);
  }

  /** Whether a mount's program still runs. */
  isAlive(run: number): boolean {
    return run === this.#run;
  }

  kill(): void {
    this.#run += 1;
    this.#stepsLeft = Number.POSITIVE_INFINITY;
  }

  cutPower(): void {
    this.kill();
    this.names.cutPower(this.#dice);
  }

  /** Cuts the power in the middle of one of the operations to come. */
  cutPowerAfter(steps: number): void {
    this.#stepsLeft = steps;
    this.#end = 'cut';
  }

  /** Kills the program in the middle of one of the operations to come. */
  killAfter(steps: number): void {
    this.#stepsLeft = steps;
    this.#end = 'kill';
  }

  fail(trouble: Trouble): void {
    this.#troubles.push({ trouble, left: trouble.after ?? 0 });
  }

  /** Forgets the failures and the power cut that were still to come. */
  calm(): void {
    this.#troubles = [];
    this.#stepsLeft = Number.POSITIVE_INFINITY;
  }

  /** Flips bits of a file, on the disk and for readers: what no crash does. */
  rot(path: string, offset: number): void {
    const file = this.names.find(path);
    if (file === undefined) throw new Error(`no \`${path}\` to damage`);
    const [byte = 0] = file.read(offset, 1);
    file.settle(file.pendingCount, 'persisted');
    file.change({ kind: 'write', offset, bytes: Uint8Array.of(byte ^ 0x10) });
    file.settle(1, 'persisted');
  }

  note(text: string): void {
    this.record({ verb: 'note', path: text });
  }

  record(operation: Operation): void {
    if (!this.isTraced) return;
    const { bytes } = operation;
    this.trace.push(
      bytes === undefined ? operation : { ...operation, bytes: Uint8Array.from(bytes) },
    );
  }

  /** Waits a little, then has an effect, fails, or loses power in its middle. */
  async step(run: number, step: Step, effect: Effect): Promise<void> {
    await this.#wait();
    this.#requirePower(run, step);
    this.#stepsLeft -= 1;
    if (this.#stepsLeft < 0) {
      effect(this.#dice.chance(0.5) ? 'persisted' : 'lost');
      if (this.#end === 'cut') this.cutPower();
      else this.kill();
      this.#requirePower(run, step);
    }
    const trouble = this.#troubleOf(step);
    if (trouble !== undefined) {
      effect(trouble.fate);
      throw new DiskError(trouble.fault, `\`${step.path}\` was made to fail`, step.verb);
    }
    if (this.isReadOnly) throw new DiskError('read-only', `\`${step.path}\``, step.verb);
    effect('persisted');
    await this.#wait();
    this.#requirePower(run, step);
  }

  #requirePower(run: number, { verb, path }: Step): void {
    if (!this.isAlive(run)) throw new DiskError('broken', `the power is off: \`${path}\``, verb);
  }

  #troubleOf({ verb }: Step): Trouble | undefined {
    const found = this.#troubles.find(({ trouble }) => trouble.verb === verb);
    if (found === undefined) return undefined;
    found.left -= 1;
    if (found.left >= 0) return undefined;
    this.#troubles = this.#troubles.filter((other) => other !== found);
    return found.trouble;
  }

  async #wait(): Promise<void> {
    for (let turns = this.#dice.below(3); turns > 0; turns -= 1) await Promise.resolve();
    if (this.#dice.chance(0.1)) await new Promise((resolve) => setImmediate(resolve));
  }
}

class Mount implements Disk {
  readonly #machine: SimulatedDisk;
  readonly #run: number;
  readonly #replacing = new Turns();

  constructor(machine: SimulatedDisk, run: number) {
    this.#machine = machine;
    this.#run = run;
  }

  async read(path: string): Promise<Uint8Array | undefined> {
    const file = this.#names().find(path);
    return await Promise.resolve(file?.read(0, file.size));
  }

  async list(folder: string): Promise<readonly string[]> {
    const names = this.#names().list(posix.normalize(folder));
    return await Promise.resolve(names.filter((name) => !name.endsWith('.part')));
  }

  async open(path: string): Promise<DiskFile> {
    const names = this.#names();
    if (names.find(path) === undefined) {
      await this.#step('create', path, () => names.find(path) ?? names.create(path));
    }
    const file = names.find(path);
    if (file === undefined) throw new DiskError('broken', `no \`${path}\``, undefined);
    return new OpenFile(this.#machine, { run: this.#run, path, file });
  }

  async replace(path: string, bytes: Uint8Array): Promise<void> {
    await this.#replacing.take(path, () => this.#replace(path, bytes));
  }

  async rename(from: string, to: string): Promise<void> {
    if (this.#names().find(from) === undefined) {
      throw new DiskError('broken', `no \`${from}\``, undefined);
    }
    await this.#step('rename', from, () => this.#machine.names.rename(from, to));
  }

  async link(from: string, to: string): Promise<void> {
    if (this.#names().find(from) === undefined) {
      throw new DiskError('broken', `no \`${from}\``, undefined);
    }
    await this.#step('link', to, () => this.#machine.names.link(from, to));
  }

  async remove(path: string): Promise<void> {
    await this.#step('remove', path, () => this.#machine.names.remove(path));
  }

  async syncFolder(folder: string): Promise<void> {
    const name = posix.normalize(folder);
    await this.#step('sync-folder', name, () => this.#machine.names.settle(name));
  }

  async freeBytes(): Promise<number> {
    return await Promise.resolve(this.#machine.freeBytes);
  }

  #names(): SimulatedNames {
    if (this.#machine.isAlive(this.#run)) return this.#machine.names;
    throw new DiskError('broken', 'the power is off', undefined);
  }

  async #replace(path: string, bytes: Uint8Array): Promise<void> {
    const part = `${path}.part`;
    const file = await this.open(part);
    await file.truncate(0);
    await file.write(0, bytes);
    await file.sync();
    await file.close();
    await this.rename(part, path);
    await this.syncFolder(posix.dirname(path));
  }

  async #step(verb: Step['verb'], path: string, effect: () => unknown): Promise<void> {
    await this.#machine.step(this.#run, { verb, path }, (fate) => {
      if (fate === 'lost') return;
      effect();
      this.#machine.record({ verb, path });
    });
  }
}

type Opened = { readonly run: number; readonly path: string; readonly file: SimulatedFile };

class OpenFile implements DiskFile {
  readonly #machine: SimulatedDisk;
  readonly #opened: Opened;

  constructor(machine: SimulatedDisk, opened: Opened) {
    this.#machine = machine;
    this.#opened = opened;
  }

  async size(): Promise<number> {
    return await Promise.resolve(this.#alive().size);
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    return await Promise.resolve(this.#alive().read(offset, length));
  }

  async write(offset: number, bytes: Uint8Array): Promise<void> {
    const file = this.#alive();
    await this.#step('write', (fate) => {
      const kept = fate === 'lost' ? bytes.subarray(0, bytes.length >> 1) : bytes;
      if (kept.length === 0) return;
      this.#requireRoom(offset + kept.length);
      file.change({ kind: 'write', offset, bytes: kept });
      const { path } = this.#opened;
      this.#machine.record({ verb: 'write', path, offset, bytes: kept, file });
    });
  }

  // Power may fail in between, and a part of the bytes may be durable then.
  async writeThrough(offset: number, bytes: Uint8Array): Promise<void> {
    await this.write(offset, bytes);
    await this.sync();
  }

  async sync(): Promise<void> {
    const file = this.#alive();
    const count = file.pendingCount;
    await this.#step('sync', (fate) => {
      file.settle(count, fate);
      if (fate === 'persisted')
        this.#machine.record({ verb: 'sync', path: this.#opened.path, file });
    });
  }

  async truncate(size: number): Promise<void> {
    const file = this.#alive();
    await this.#step('truncate', (fate) => {
      if (fate === 'persisted') file.change({ kind: 'truncate', size });
    });
  }

  async close(): Promise<void> {
    await Promise.resolve();
  }

  async #step(verb: Step['verb'], effect: Effect): Promise<void> {
    await this.#machine.step(this.#opened.run, { verb, path: this.#opened.path }, effect);
  }

  #alive(): SimulatedFile {
    if (this.#machine.isAlive(this.#opened.run)) return this.#opened.file;
    throw new DiskError('broken', 'the power is off', this.#opened.path);
  }

  #requireRoom(end: number): void {
    const more = end - this.#opened.file.size;
    if (more > this.#machine.freeBytes) {
      throw new DiskError('full', `no room for \`${this.#opened.path}\``, 'write');
    }
  }
}
