import { chmodSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { kernelVersion } from '@plumbline/core';
import type pino from 'pino';

import type { Config } from '../config/config.ts';
import { printAddress } from '../config/print-config.ts';
import { type Context, openContext, openStores, resume, type Surroundings } from '../context.ts';
import { STATE_FILE } from '../ledger/layout.ts';
import { staticFile } from '../ledger/static-file.ts';
import { createMetrics } from '../routes/health/metrics.ts';
import { LOCAL } from '../routes/gate/authenticate.ts';
import { type ApiServer, openApiServer } from '../routes/open-api-server.ts';
import { createRequestLog } from '../routes/request-log.ts';
import { freshModels } from '../store/fresh-models.ts';
import { type Chores, startChores } from './chores.ts';
import { type Lock, takeLock } from './lock.ts';
import { type Places, prepareFolder, StartRefused } from './places.ts';
import { probeListening } from './probe-listening.ts';
import { asRefusal } from './refusal-words.ts';
import type { Bootstrap, Started } from './start-said.ts';

/** What a daemon is started with beside its configuration. */
export type StartOptions = Surroundings & { readonly logger: pino.Logger };

/** Why a daemon ended: asked to, or because the log takes nothing more. */
export type Ended =
  { readonly kind: 'asked' } | { readonly kind: 'failed'; readonly message: string };

/** A daemon that runs. */
export type Daemon = {
  readonly started: Started;
  /** Resolves when the daemon must end; it is closed then. */
  readonly ended: Promise<Ended>;
  /** Takes nothing more, finishes what is in flight, writes `shutdown` and publishes. */
  readonly close: () => Promise<void>;
};

/**
 * Starts the daemon of a data directory.
 *
 * Errors: `StartRefused` with what to do; nothing of the daemon is left running then.
 */
export async function startDaemon(config: Config, options: StartOptions): Promise<Daemon> {
  const places = prepareFolder(config.data);
  const lock = takeLock(places);
  const undo: (() => Promise<void> | void)[] = [() => lock.release()];
  try {
    return await open({ config, places, lock, options }, undo);
  } catch (cause) {
    for (const act of undo.toReversed()) await act();
    throw asRefusal(cause, config);
  }
}

type Opening = {
  readonly config: Config;
  readonly places: Places;
  readonly lock: Lock;
  readonly options: StartOptions;
};

async function open(
  { config, places, lock, options }: Opening,
  undo: (() => Promise<void> | void)[],
): Promise<Daemon> {
  const { clock, logger } = options;
  refuseLostVault(config, places);
  await probeListening(config.listen);
  const stores = await openStores(config, places, options);
  undo.push(() => stores.egress.close());
  undo.push(() => stores.vault.close());
  undo.push(() => stores.log.close());
  undo.push(() => stores.halts.close());
  const noted = (text: string): void => logger.warn(text);
  const surroundings = { ...options, noted };
  const context = await openContext(config, { stores, places, surroundings });
  undo.push(() => context.telling.close());
  undo.push(() => context.models.close());
  undo.push(() => context.services.audits.stop());
  undo.push(() => context.follower.stop());
  const { state, freeBytes } = await context.space.look();
  if (state === 'full') {
    throw new StartRefused(
      `${config.data}: ${freeBytes ?? 0} bytes are left and \`disk.refuseBytes\` is ` +
        `${config.disk.refuseBytes}; free some space, nothing has to be repaired`,
    );
  }
  await writeBoot(context);
  // A run that is refused from here on was begun, and ended in order.
  undo.push(async () => void (await context.write({ kind: 'shutdown', agent: null, open: {} })));
  for (const failed of await resume(context)) logger.error(`pact not armed: ${failed}`);
  // Before anybody is answered: what was read meanwhile counts from the first answer on.
  await context.away.takeSpool();
  await context.away.refresh();
  const server = await listen(config, { context, places, options });
  undo.push(() => server.close(0));
  const url = urlOf(config, server);
  const bootstrap = await firstKey(context, url);
  // Reading a long ledger for the first time holds up nothing else.
  context.telling.notifier?.start().catch(options.failed);
  const chores = startChores(config, context, { clock, failed: options.failed });
  undo.push(() => chores.stop());
  lock.say({ pid: process.pid, since: clock(), url, version: kernelVersion });
  const started: Started = {
    pid: process.pid,
    folder: config.data,
    socket: places.socket,
    url,
    verifierKey: context.services.log.status().verifierKey,
    bootstrap,
  };
  const closing = makeClose({ context, server, chores, places, lock, failed: options.failed });
  return {
    started,
    close: closing,
    ended: chores.failed.then((message) => ({ kind: 'failed', message })),
  };
}

/** Refused before a fresh vault stands where the lost one has to be put back. */
function refuseLostVault({ data: folder }: Config, { vault }: Places): void {
  if (existsSync(vault) || !existsSync(join(folder, STATE_FILE))) return;
  throw new StartRefused(
    `${vault}: the log is there and its vault is not; put the vault back: ` +
      '`plumb restore --vault <folder>`',
  );
}

async function writeBoot({ guard, write }: Context): Promise<void> {
  const written = await write({
    kind: 'boot',
    agent: null,
    open: {
      version: kernelVersion,
      kernel: kernelVersion,
      node: process.versions.node,
      resumedAt: guard.resumedAt,
      unfinished: guard.unfinished(),
    },
  });
  if (!written.ok) throw new StartRefused(`the log takes nothing: ${written.error.message}`);
}

/** A first start that was refused half-way has begun the log, and the next has to make the key. */
async function firstKey(
  { services, rootKey }: Context,
  url: string | null,
): Promise<Bootstrap | null> {
  if ((await services.keys.list()).length > 0) return null;
  const given = await services.keys.recover('admin');
  if (!given.ok) throw new StartRefused(`no admin key can be made: ${given.error.message}`);
  const link = url === null ? null : await services.signIns.link(undefined, LOCAL);
  const consoleLink = link?.ok === true ? `${url}/console/sign-in#link=${link.value.token}` : null;
  return { adminKey: given.value.token, rootKey: rootKey.source, consoleLink };
}

async function listen(
  config: Config,
  {
    context,
    places,
    options,
  }: {
    readonly context: Context;
    readonly places: Places;
    readonly options: StartOptions;
  },
): Promise<ApiServer> {
  const { guard, services, models, follower, disk } = context;
  // The lock is held, so whoever listened there has ended.
  rmSync(places.socket, { force: true });
  const server = await openApiServer(
    {
      guard: guard.guard,
      services,
      models: freshModels(models, follower),
      staticFile: async (path) => {
        const file = staticFile(path);
        const bytes = file === undefined ? undefined : await disk.read(file.path);
        return file === undefined || bytes === undefined ? undefined : { ...file, bytes };
      },
      settings: {
        ...config,
        isLogOpen: config.log.isOpen,
        issuers: actingIssuers(config),
      },
      mcp: context.mcp,
      hooks: context.hooks,
      site: context.site,
      live: context.live,
      clock: options.clock,
      metrics: createMetrics({
        agents: () => guard.guard.agents(),
        services,
        clock: options.clock,
      }),
      log: createRequestLog(options.logger),
    },
    { socket: places.socket },
  );
  chmodSync(places.socket, 0o600);
  return server;
}

function urlOf({ listen: { tls } }: Config, { address }: ApiServer): string | null {
  if (address === null) return null;
  return `${tls === null ? 'http' : 'https'}://${printAddress(address)}`;
}

type Closing = {
  readonly context: Context;
  readonly server: ApiServer;
  readonly chores: Chores;
  readonly places: Places;
  readonly lock: Lock;
  readonly failed: (cause: unknown) => void;
};

// Longer than facts are waited for; whoever keeps a connection open for nothing waits for it.
const GRACE_MS = 2_500;

/** Each step is tried whatever the one before did: the lock is let go of in any case. */
function makeClose({ context, server, chores, places, lock, failed }: Closing): Daemon['close'] {
  let closed: Promise<void> | undefined;
  const steps: readonly (() => Promise<void> | void)[] = [
    () => context.health.stopping(),
    () => context.drilling.close(),
    () => chores.stop(),
    () => context.guard.letGo(),
    () => context.hooks.letGo(),
    () => context.away.close(),
    () => context.mcp.close(),
    () => context.live.close(),
    () => server.close(GRACE_MS),
    () => context.broker.close(),
    () => context.guard.guard.close(),
    () => context.telling.close(),
    () => context.services.signIns.close(),
    () => chores.finish(),
    () => context.services.audits.stop(),
    () => context.follower.stop(),
    () => context.log.close(),
    () => context.halts.close(),
    () => context.models.close(),
    () => context.vault.close(),
    () => context.egress.close(),
    () => rmSync(places.socket, { force: true }),
    () => lock.release(),
  ];
  const run = async (): Promise<void> => {
    for (const step of steps) {
      try {
        await step();
      } catch (cause) {
        failed(cause);
      }
    }
  };
  return () => (closed ??= run());
}

// Only a workload's token lets anybody act; who has one by SPIFFE asks no authorization server.
function actingIssuers({ authority }: Config): readonly string[] {
  const acting = authority.issuers.filter((each) => each.for === 'workloads');
  const served = acting.filter(({ issuer }) => /^https?:/.test(issuer));
  return [...new Set(served.map(({ issuer }) => issuer))];
}
