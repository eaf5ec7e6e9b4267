import { randomBytes } from 'node:crypto';

import type { Enforcement } from './enforcement.ts';
import { Exchange } from './exchange.ts';
import { Inventory } from './inventory.ts';
import { StagingLane } from './staging-lane.ts';
import { TaskBook } from './task-book.ts';
import { freshState, type Relay, RELAY_BOUNDS, type RelayBounds, type Wires } from './relay.ts';
import type { StagingServer } from './upstream.ts';

/** What a relay is opened with. */
export type RelayOptions = {
  readonly enforcement: Enforcement;
  readonly wires: Wires;
  /** Stands before a server's names where the pact names its tools. */
  readonly prefix: string;
  readonly server: string;
  readonly bounds?: Partial<RelayBounds>;
  readonly staging?: StagingServer | undefined;
  readonly steppedUp?: Relay['steppedUp'];
};

/** Returns a relay over which nothing was said yet. */
export function openRelay({
  bounds,
  staging,
  steppedUp = nothing,
  ...options
}: RelayOptions): Relay {
  const { enforcement, prefix, server } = options;
  const mark = randomBytes(8).toString('hex');
  const nowMs = (): number => performance.now();
  let count = 0;
  const relay: Relay = {
    ...options,
    steppedUp,
    bounds: { ...RELAY_BOUNDS, ...bounds },
    toServer: new Exchange(),
    toClient: new Exchange(),
    inventory: new Inventory({ enforcement, prefix, server, nowMs }),
    state: freshState(),
    flights: new Map(),
    pending: new Map(),
    asked: new Set(),
    inputs: new Map(),
    tasks: new TaskBook(),
    settling: new Set(),
    makeId: () => {
      count += 1;
      return `plumbline-${mark}-${count}`;
    },
    nowMs,
    staging: null,
  };
  return staging === undefined ? relay : { ...relay, staging: new StagingLane(staging, relay) };
}

function nothing(): void {}
