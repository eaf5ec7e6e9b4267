import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { encodeBase64, formatVerifierKey, parseKnownLogs } from '@plumbline/ledger';

import type { Broker } from './broker/broker.ts';
import { openAuthority } from './context-authority.ts';
import { openBroker } from './context-broker.ts';
import { consoleOf, type ConsoleParts } from './context-console.ts';
import { drillingOf } from './context-drills.ts';
import type { OpenedDrills } from './drills/open-drills.ts';
import { pactsOf } from './context-pacts.ts';
import { recordsOf } from './context-records.ts';
import { signInsOf } from './context-sign-ins.ts';
import { tellingOf } from './context-telling.ts';
import { openJudging } from './context-judging.ts';
import type { Config } from './config/config.ts';
import type { AwayLists } from './daemon/away-lists.ts';
import { type LogKeys, loadLogKeys } from './daemon/log-keys.ts';
import { type Past, readPast, replayOnVault } from './daemon/past.ts';
import { type Places, StartRefused } from './daemon/places.ts';
import { heedSpace, makeSpace, type Space } from './daemon/space.ts';
import type { Disk } from './disk/disk.ts';
import { nodeDisk } from './disk/node-disk.ts';
import type { Telling } from './notify/open-notifier.ts';
import { parseNetwork } from './egress/address.ts';
import { type Egress, makeEgress } from './egress/egress.ts';
import type { ExecutionBook } from './executors/execution-book.ts';
import { openBook } from './executors/open-book.ts';
import { GUARD_BOUNDS } from './guard/desk.ts';
import type { Guard } from './guard/guard.ts';
import { type HaltPlace, openHaltFile } from './guard/halts/halt-file.ts';
import type { AgentHooks } from './pep/hooks/agent-hooks.ts';
import type { AgentDoor } from './pep/mcp/http/mcp-door.ts';
import { doorsOf } from './context-doors.ts';
import { compiledPact } from './context-compiled.ts';
import { httpFacts } from './guard/http-facts.ts';
import { type OpenedGuard, openGuard } from './guard/open-guard.ts';
import { makeIdentity } from './identity/identity.ts';
import { diskSource } from './ledger/disk-source.ts';
import { LOG_FOLDER, STATE_FILE } from './ledger/layout.ts';
import { LOG_DEFAULTS } from './ledger/log-options.ts';
import { type NodeLog, openNodeLog, type RecordLink } from './ledger/node-log.ts';
import { primitives } from './ledger/primitives.ts';
import type { Sequencer } from './ledger/sequencer.ts';
import { Recorder } from './record/recorder.ts';
import { createRootKey, loadRootKey, type RootKey } from './seal/root-key.ts';
import { openRoomMarks, type RoomMark } from './seal/room-marks.ts';
import { Subjects } from './seal/subjects.ts';
import { makeBypasses } from './services/bypasses.ts';
import { finishErasure } from './services/erasure.ts';
import { type HealthBoard, makeHealth } from './services/health.ts';
import { openKeys } from './services/keys.ts';
import { makeLog } from './services/log.ts';
import type { Services } from './services/daemon-services.ts';
import type { PacksNeeds } from './services/packs/make-packs.ts';
import type { RetentionNeeds } from './services/retention.ts';
import { makeTools } from './services/tools.ts';
import { makeWriteEntry, type WriteEntry } from './services/write-entry.ts';
import { openModelsWorker } from './store/embedded/models-worker.ts';
import { openOutbox } from './store/embedded/outbox.ts';
import { openVault } from './store/embedded/vault.ts';
import { type Follower, followLog } from './store/follow.ts';
import type { Models } from './store/models.ts';
import type { Outbox } from './store/outbox.ts';
import type { Vault } from './store/vault.ts';

/** What the machine lends: where systemd puts credentials, and the time. */
export type Surroundings = {
  readonly credentials: string | null;
  readonly clock: () => number;
  readonly monotonicMs: () => number;
  /** Is told of failures that end nothing. */
  readonly failed: (cause: unknown) => void;
  /** Is told what a person should know, and nothing failed. */
  readonly noted?: (text: string) => void;
};

/** The stores of a data directory, opened and checked. */
export type Stores = {
  readonly disk: Disk;
  readonly vault: Vault;
  readonly log: NodeLog;
  readonly egress: Egress;
  readonly rootKey: RootKey;
  readonly isFirst: boolean;
  readonly past: Past;
  readonly halts: HaltPlace;
};

/** Everything that runs in a daemon. */
export type Context = Stores &
  ConsoleParts & {
    readonly sequencer: Sequencer;
    readonly space: Space;
    readonly guard: OpenedGuard;
    readonly models: Models;
    readonly follower: Follower;
    readonly services: Services;
    readonly health: HealthBoard;
    readonly broker: Broker;
    readonly executing: ExecutionBook;
    readonly write: WriteEntry;
    readonly recordLink: RecordLink;
    readonly mcp: AgentDoor;
    readonly hooks: AgentHooks;
    readonly away: AwayLists;
    readonly telling: Telling;
    readonly drilling: OpenedDrills;
    readonly erase: Subjects['erase'];
  };

/**
 * Opens vault and log of a data directory that is held, and does to the vault what the ledger says
 * was done to it.
 *
 * Errors: `StartRefused`, `VaultError`, `RootKeyError`, `DiskError`; nothing stays open then.
 */
export async function openStores(
  config: Config,
  places: Places,
  surroundings: Surroundings,
): Promise<Stores> {
  const disk = nodeDisk(config.data);
  const isBegun = existsSync(join(config.data, STATE_FILE));
  const isFirst = !isBegun && !existsSync(places.vault);
  const rootKey = openRootKey(config, surroundings, isFirst);
  const vault = openVault({ file: places.vault, rootKey: rootKey.bytes });
  const egress = makeEgress({
    allowed: config.allowNetworks.flatMap((network) => parseNetwork(network) ?? []),
  });
  try {
    const keys = await loadLogKeys(vault, isBegun);
    const log = await openLogOf(config, { disk, egress, keys, clock: surroundings.clock });
    const past = await readPast(log);
    await replayOnVault(vault, past);
    const halts = openHaltFile(places.halts);
    return { disk, vault, log, egress, rootKey, isFirst, past, halts };
  } catch (cause) {
    await vault.close();
    await egress.close();
    throw cause;
  }
}

/** The root key is made beside nothing: a vault without its key must not get another. */
function openRootKey(
  { rootKey, data: folder }: Config,
  { credentials }: Surroundings,
  isFirst: boolean,
): RootKey {
  const isMissing = rootKey.kind === 'file' && !existsSync(rootKey.path);
  if (rootKey.kind === 'file' && isFirst && isMissing) {
    return createRootKey(rootKey.path, { data: folder });
  }
  return loadRootKey(rootKey, { data: folder, credentials });
}

type LogNeeds = {
  readonly disk: Disk;
  readonly egress: Egress;
  readonly keys: LogKeys;
  readonly clock: () => number;
};

async function openLogOf(
  { log, origin }: Config,
  { disk, egress, keys, clock }: LogNeeds,
): Promise<NodeLog> {
  const known = parseKnownLogs(primitives.sha256, Buffer.from(log.knownLogs ?? ''));
  if (!known.ok) throw new StartRefused(`the known logs: ${known.error.message}`);
  const opened = await openNodeLog({
    ...LOG_DEFAULTS,
    disk,
    egress,
    origin,
    signers: keys.signers,
    known: known.value,
    clock,
    random: randomBytes,
    segmentBytes: log.segmentBytes,
    witnesses: log.witnesses,
    timestamps: log.timestamps,
  });
  if (opened.ok) return opened.value;
  throw new StartRefused(`the log is refused (${opened.error.code}): ${opened.error.message}`);
}

/** Puts the guard and the services on opened stores, and writes `boot` down. */
export async function openContext(
  config: Config,
  {
    stores,
    places,
    surroundings,
  }: {
    readonly stores: Stores;
    readonly places: Places;
    readonly surroundings: Surroundings;
  },
): Promise<Context> {
  const { clock, failed } = surroundings;
  const { disk, log, vault, egress, past } = stores;
  const space = makeSpace(disk, config.disk);
  const sequencer = heedSpace(log, space);
  const { recorder, write, recordLink } = writingTo(sequencer, clock);
  const subjects = new Subjects(vault);
  const erase = (id: string): Promise<boolean> => subjects.erase(id);
  const executing = openBook({ ...surroundings, write, leaseMs: config.guard.leaseMs });
  const roomMark = await openRoomMarks(vault);
  const standing = { ...stores, sequencer, recorder, subjects, executing, roomMark };
  const guard = await guardOver(config, standing, surroundings);
  const models = await openModelsWorker({ file: places.models });
  const follower = followLog(sequencer, models, { failed });
  const health = makeHealth({ sequencer, guardStopped: guard.stopped }, clock);
  const opening = { sequencer, vault, models, write, erase };
  const needs = { ...opening, guard: guard.guard, caughtUp: follower.caughtUp };
  const hasAgent = (agent: string): boolean => guard.guard.status(agent) !== undefined;
  const { people, proving } = await openAuthority(config, { ...needs, clock, past });
  const { recovered } = people.breakGlass;
  const keys = await openKeys({ vault, write, clock, hasAgent, recovered });
  const brokering = { guard: guard.guard, vault, egress, write, hasAgent, executing };
  const { credentials, broker, keysFor, own } = await openBroker(config, brokering, surroundings);
  const identity = makeIdentity({ ...surroundings, authority: config.authority, egress });
  const judging = { subjects, keys, clock, identity, failed, proving, past, broker, opened: guard };
  const voteFrom: Services['approvals']['voteFrom'] = (vote, from) =>
    services.approvals.voteFrom(vote, from);
  const hearing = { sequencer, guard, people, voteFrom, write, egress, own };
  const box = { openOutbox: (): Outbox => openOutbox(places.outbox) };
  const telling = tellingOf(config, { ...hearing, ...box }, surroundings);
  const drilling = drillingOf(config, { guard, executing, keys, write, clock, past, health });
  const reading = { ...needs, ...fromFiles(config, stores, health), roomMark, clock };
  const services: Services = {
    notices: telling.notices,
    drills: drilling.drills,
    pacts: pactsOf(config, { guard: guard.guard, past, write, sequencer, keys, identity }),
    ...inventoryOf(config, { guard: guard.guard, past, write, sequencer }),
    keys,
    credentials,
    broker,
    identity,
    ...people,
    signIns: await signInsOf(config, { ...needs, ...people, ...judging, egress }, surroundings),
    ...recordsOf(reading, { sequencer, registry: past.registry }),
    ...(await openJudging(config, { ...needs, ...people, ...judging })),
    log: logService(stores, recordLink),
    health,
  };
  const opened = { sequencer, space, guard, models, follower, services, health, write, erase };
  const ending = { executing, recordLink, broker, telling, drilling };
  return {
    ...stores,
    ...opened,
    ...ending,
    ...consoleOf(config, { sequencer }, surroundings),
    ...doorsOf(config, { ...opened, past, places, keysFor }, surroundings),
  };
}

type Writing = Pick<Context, 'write' | 'recordLink'> & { readonly recorder: Recorder };

function writingTo(sequencer: Sequencer, clock: () => number): Writing {
  const recorder = new Recorder({ sequencer });
  const write = makeWriteEntry({ recorder, clock });
  return { recorder, write, recordLink: linkRecorder(recorder, clock) };
}

type Standing = Pick<Stores, 'disk' | 'vault' | 'egress' | 'past' | 'halts'> & {
  readonly sequencer: Sequencer;
  readonly recorder: Recorder;
  readonly subjects: Subjects;
  readonly executing: ExecutionBook;
  readonly roomMark: RoomMark;
};

function guardOver(
  config: Config,
  {
    sequencer,
    recorder,
    subjects,
    disk,
    vault,
    egress,
    past,
    halts,
    executing,
    roomMark,
  }: Standing,
  { clock, monotonicMs, failed }: Surroundings,
): Promise<OpenedGuard> {
  return openGuard({
    sequencer,
    recorder,
    subjects,
    pactOf: (digest, sources) =>
      compiledPact({ sequencer, registry: past.registry }, digest, sources),
    clocks: { now: clock, monotonicMs },
    bounds: { ...GUARD_BOUNDS, ...config.guard },
    review: config.reviews,
    sources: [httpFacts({ places: config.facts, egress, clock })],
    snapshots: { disk, vault, failed },
    haltPlace: halts,
    roomMark,
    executing,
    wide: [...past.wide.values()],
  });
}

function inventoryOf(
  { tools: { firstSight } }: Config,
  {
    guard,
    past,
    write,
    sequencer,
  }: Pick<Context, 'past' | 'write' | 'sequencer'> & { readonly guard: Guard },
): Pick<Services, 'tools' | 'bypasses'> {
  const blob = (digest: string): ReturnType<Sequencer['blob']> => sequencer.blob(digest);
  const tools = makeTools({ guard, registry: past.tools, write, blob, firstSight });
  return { tools, bypasses: makeBypasses({ guard, book: past.bypasses, write }) };
}

type FromFiles = Pick<PacksNeeds, 'where' | 'start' | 'publish'> &
  Omit<RetentionNeeds, 'models' | 'caughtUp'>;

/** What is read from the data directory itself; packs are opened as `plumb pack` opens them. */
function fromFiles(
  { data: place, origin, log: { rollAtEntries }, disk: bounds }: Config,
  { log, disk, rootKey }: Stores,
  { freeBytes }: Services['health'],
): FromFiles {
  const where = { place, rootKeyFile: null, rootKey: rootKey.bytes, openings: new Map() };
  const readFile = (path: string): Promise<Uint8Array | undefined> => disk.read(path);
  const own = { base: origin, readFile, rollAtEntries, freeBytes, bounds };
  return { ...own, log, where, start: () => log.start(), publish: () => log.publish() };
}

function logService({ log, disk }: Stores, recordLink: RecordLink): Services['log'] {
  const source = diskSource(disk, LOG_FOLDER);
  return makeLog({ log, recordLink, source, verifierKey: () => formatVerifierKey(log.key()) });
}

function linkRecorder(recorder: Recorder, clock: () => number): RecordLink {
  return (kind, { origin, size, root }) => {
    const open = { origin, size, root: encodeBase64(root) };
    const bare = { agent: null, session: null, secret: null, subject: null };
    return recorder.record({ ...bare, at: clock(), kind, open });
  };
}

/**
 * Brings an opened context into force: what an earlier run left undone is finished, every armed
 * pact is tested again, and shadows run again. Returns the agents whose pact failed its test.
 */
export async function resume(context: Context): Promise<readonly string[]> {
  const { guard, past, vault, write, erase } = context;
  const finished = await finishErasure({ guard: guard.guard, vault, write, erase }, null);
  if (!finished.ok)
    throw new StartRefused(`an erasure cannot be finished: ${finished.error.message}`);
  context.executing.resume(past.executions);
  // Roles of an emergency do not outlive the daemon that gave them.
  await context.services.breakGlass.sweep('restart');
  await context.services.undos.resume();
  const failed = await guard.armAll();
  for (const agent of past.registry.agents()) {
    const shadow = past.registry.inState(agent, 'shadow');
    const pact =
      shadow &&
      (await compiledPact(
        { sequencer: context.sequencer, registry: past.registry },
        shadow.digest,
        shadow.sources,
      ));
    if (pact !== undefined) await guard.guard.shadow(agent, pact);
  }
  await context.drilling.recover();
  await context.services.undos.goOn();
  return failed.map(({ agent, error }) => `${agent}: ${error.message}`);
}
