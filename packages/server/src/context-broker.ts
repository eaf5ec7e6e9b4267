import { type Broker, type CredentialUse, makeBroker } from './broker/broker.ts';
import { HeldSecrets } from './broker/held-secrets.ts';
import { serverKeys } from './broker/server-keys.ts';
import type { KeysFor } from './client/configured-servers.ts';
import type { Config } from './config/config.ts';
import type { Egress } from './egress/egress.ts';
import { dropCredentials } from './executors/drop-credentials.ts';
import { containerEnders } from './executors/containers/enders.ts';
import type { ExecutionBook } from './executors/execution-book.ts';
import { groupsOfMachine, hasSpace, runNft } from './executors/run-nft.ts';
import { makeCutting } from './executors/network-cuts.ts';
import { revokers } from './executors/revoke.ts';
import type { Guard } from './guard/guard.ts';
import { makeReadSecret } from './notify/read-secret.ts';
import { openCredentials } from './services/credentials.ts';
import { OwnSecrets } from './services/own-secrets.ts';
import type { Credentials } from './services/services.ts';
import type { WriteEntry } from './services/write-entry.ts';
import type { Vault } from './store/vault.ts';

/** What the machine lends. */
export type BrokeringMachine = {
  readonly credentials: string | null;
  readonly clock: () => number;
  readonly failed: (cause: unknown) => void;
};

/** What brokered calls, and what a halt ends of them and elsewhere, stand on. */
export type Brokering = {
  readonly vault: Vault;
  readonly egress: Egress;
  readonly guard: Guard;
  readonly write: WriteEntry;
  readonly hasAgent: (agent: string) => boolean;
  readonly executing: ExecutionBook;
};

/** The broker, its credentials, and what puts them into requests to servers of gateways. */
export type Brokered = {
  readonly credentials: Credentials;
  readonly broker: Broker;
  readonly keysFor: KeysFor;
  /** Secrets for the daemon's own messages. */
  readonly own: OwnSecrets;
};

/** Returns the broker with its credentials, and has a halt end them here and elsewhere. */
export async function openBroker(
  { upstreams, revocations, containers, cuts }: Config,
  { guard, vault, egress, write, hasAgent, executing }: Brokering,
  { clock, failed, credentials: folder }: BrokeringMachine,
): Promise<Brokered> {
  const secrets = new HeldSecrets(vault);
  const own = new OwnSecrets(clock);
  await own.open(vault);
  const forget = (id: string): void => {
    secrets.forget(id);
    own.forget(id);
  };
  const kept: OwnSecrets['keep'] = (credential, secret) => own.keep(credential, secret);
  const keeping = { vault, write, clock, hasAgent, forget, kept, failed };
  const credentials = await openCredentials(keeping);
  const parts = {
    guard,
    secrets,
    credentials: { all: credentials.list, used: credentials.used },
    clock,
    note: ({ agent, ...open }: CredentialUse) => {
      let isTaken = false;
      write({ kind: 'credential_used', agent, open }, () => (isTaken = true)).catch(failed);
      return isTaken;
    },
  };
  const broker = makeBroker({
    ...parts,
    egress,
    upstreams,
    dropped: ({ agent, ...open }) => {
      write({ kind: 'credential_dropped', agent, open }).catch(failed);
    },
  });
  executing.add(dropCredentials(broker));
  const revoking = { egress, readSecret: makeReadSecret(folder, own), clock };
  for (const executor of revokers(revocations, revoking)) executing.add(executor);
  for (const executor of await containerEnders(containers, revoking)) executing.add(executor);
  openCuts(cuts, { guard, executing, failed });
  return { credentials, broker, keysFor: (of) => serverKeys(parts, of), own };
}

function openCuts(
  cuts: Config['cuts'],
  {
    guard,
    executing,
    failed,
  }: Pick<Brokering, 'guard' | 'executing'> & Pick<BrokeringMachine, 'failed'>,
): void {
  const isHalted = (agent: string): boolean => {
    const halts = guard.status(agent)?.halts ?? [];
    return halts.some(({ scope }) => scope === 'agent' || scope === 'fleet');
  };
  const cutting = makeCutting(cuts, {
    run: runNft(),
    isHalted,
    groups: groupsOfMachine(),
    hasSpace,
  });
  for (const executor of cutting.cuts) executing.add(executor);
  for (const executor of cutting.lifts) executing.addLift(executor);
  const settle = async (): Promise<void> => {
    for (const fault of await cutting.settle()) failed(new Error(fault));
  };
  settle().catch(failed);
}
