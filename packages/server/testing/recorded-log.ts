import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  type Action,
  apply,
  callOf,
  type CompiledPact,
  decide,
  digestJson,
  initialState,
  type Json,
  type JsonObject,
  partsOf,
  type PartsContext,
  type RecordedEvent,
  type State,
} from '@plumbline/core';
import {
  encodeBundle,
  encodeUtf8,
  formatVerifierKey,
  Frontier,
  leafHash,
  signCheckpoint,
  type Signer,
  TILE_WIDTH,
  tilePath,
} from '@plumbline/ledger';

import { primitives, signerOf } from '../src/ledger/primitives.ts';
import type { Submission } from '../src/ledger/sequencer.ts';
import { type Recordable, Recorder } from '../src/record/recorder.ts';
import { blobOf, compileSources, type PactSources } from '../src/services/pact-sources.ts';
import { openVault } from '../src/store/embedded/vault.ts';
import type { Subject, Vault } from '../src/store/vault.ts';

/** A pact of which every verdict can be had. */
export const DESK_PACT = `pact: plumbline/v1
agent: desk
owner: owner@example.com
purpose: Answer what customers ask about their orders.
autonomy: 3
gates: off
tools:
  orders.get: { effect: read, trust: trusted }
  orders.refund: { effect: write, reversible: yes }
  mail.send: { effect: send }
  admin.wipe: { effect: write }
tasks:
  return: { tools: [orders.get, orders.refund, mail.send] }
allow:
  - id: read-orders
    tool: orders.get
  - id: refund
    tool: orders.refund
    limit: { calls: 2, per: session }
  - id: mail
    tool: mail.send
step_up:
  - id: ask-before-mail
    tool: mail.send
    approvers: [lead@example.com]
    say: A person reads it first.
exclude:
  - id: no-wipe
    tool: admin.wipe
    say: Nothing is wiped here.
`;

type Step = { readonly session: string; readonly subject: Subject };

const STARTED_AT = 1_767_225_600_000;

/** A log with a vault, written by the kernel and the recorder as a daemon would, in memory. */
export class RecordedLog {
  readonly signer: Signer = signerOf('log.example/desk', new Uint8Array(32).fill(9));
  readonly rootKey: Uint8Array = new Uint8Array(32).fill(4);
  readonly entries: Uint8Array[] = [];
  readonly blobs: Map<string, Uint8Array> = new Map();
  readonly recorder: Recorder;
  readonly sources: PactSources = { entry: 'desk.yaml', files: { 'desk.yaml': DESK_PACT } };
  readonly pact: CompiledPact;
  readonly vault: Vault;
  readonly folder: string;
  at: number = STARTED_AT;
  #state: State;
  #serial = 0;

  /** The vault is opened in the folder at once; everything else is written by `write`. */
  constructor(folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.folder = folder;
    this.vault = openVault({ file: join(folder, 'vault.db'), rootKey: this.rootKey });
    const compiled = compileSources(this.sources);
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
    this.pact = compiled.value;
    this.#state = initialState(this.pact.agent);
    const append = (submission: Submission): { index: number; durable: Promise<void> } => {
      this.entries.push(submission.bytes);
      for (const blob of submission.blobs ?? []) {
        this.blobs.set(Buffer.from(primitives.sha256(blob)).toString('hex'), blob);
      }
      return { index: this.entries.length - 1, durable: Promise.resolve() };
    };
    this.recorder = new Recorder({ sequencer: { append } });
  }

  /** The key a verifier is given. */
  get verifierKey(): string {
    return formatVerifierKey(this.signer.key);
  }

  /** Writes an entry of the node's chain. */
  node(kind: Recordable['kind'], open: JsonObject): this {
    this.#record({ agent: null, session: null, kind, open, secret: null, subject: null });
    return this;
  }

  /** Boots, adds the agent, publishes and arms its pact. */
  begin(): this {
    const { digest, bytes } = blobOf(this.sources);
    this.node('boot', { version: '0', kernel: '0', node: '24', resumedAt: 0, unfinished: 0 });
    const agent = { agent: this.pact.agent, session: null, secret: null, subject: null };
    this.#record({ ...agent, kind: 'agent_added', open: { by: 'local' } });
    const published = { pact: this.pact.digest, sources: digest, by: 'local', approvedBy: null };
    const open = { ...published, signatures: [], reason: 'first' };
    this.#record({ ...agent, kind: 'pact_published', open, blobs: [bytes] });
    this.tell({ kind: 'armed', at: this.at, pact: this.pact.digest });
    return this;
  }

  /** Records an event and folds it. Events of a session need the session's subject. */
  tell(event: RecordedEvent, step: Step | null = null, context: PartsContext = {}): number {
    const { open, secret } = partsOf(event, { pact: this.pact, ...context });
    const index = this.#record({
      agent: this.pact.agent,
      session: step?.session ?? null,
      kind: event.kind,
      open,
      secret,
      subject: step?.subject ?? null,
    });
    this.#state = apply(this.pact, this.#state, event);
    return index;
  }

  /** Opens a session of a person. */
  async open(principal: string): Promise<Step> {
    const subject = await this.vault.subject(principal);
    this.#serial += 1;
    const step = { session: `ses_${String(this.#serial).padStart(4, '0')}`, subject };
    const attested = { principal, task: 'return', room: null, attributes: { customer: principal } };
    const { session } = step;
    const opening = { session, ...attested, openedBy: 'key_1' };
    this.tell({ kind: 'session_opened', at: this.at, ...opening }, step, { name: 'chat' });
    return step;
  }

  /** The person says something. */
  say(step: Step, text: string): void {
    const { session } = step;
    this.tell({ kind: 'message', at: this.at, session, from: 'principal', text }, step);
  }

  /** Decides a call and records it; with a result also its outcome. Returns the decision's id. */
  call(step: Step, tool: string, given: { args?: JsonObject; result?: Json } = {}): string {
    this.at += 10;
    const { args = {}, result } = given;
    this.#serial += 1;
    const id = `dec_${String(this.#serial).padStart(4, '0')}`;
    const { session } = step;
    const request = `r${digestJson({ tool, args, session }).slice(-8)}`;
    const action: Action = { id: request, session, tool, args, digest: digestJson({ tool, args }) };
    const decision = decide(this.pact, this.#state, { action, facts: [], now: this.at });
    const event = { kind: 'decided', at: this.at, id, action, facts: [], decision } as const;
    const call = callOf(event);
    const permit = { id: `prm_${this.#serial}`, epoch: 0, expiresAtMs: this.at + 60_000 };
    this.tell(event, step, { permit: call === null ? null : permit });
    if (call === null || result === undefined) return id;
    this.at += 5;
    const came = { status: 'ok', result, records: null } as const;
    const outcome = {
      kind: 'outcome',
      at: this.at,
      decision: id,
      session,
      ...call,
      ...came,
    } as const;
    this.tell(outcome, step, { call, redeemedAt: this.at - 1 });
    return id;
  }

  /** A person answers a request for approval of a call. */
  answer(
    step: Step,
    tool: string,
    given: { args?: JsonObject; outcome?: 'approved' | 'denied' },
  ): void {
    this.#serial += 1;
    const { args = {}, outcome = 'approved' } = given;
    const about = { session: step.session, action: digestJson({ tool, args }) };
    const said = { by: ['lead@example.com'], reason: 'read it', outcome };
    const approval = {
      id: `apr_${this.#serial}`,
      ...about,
      pact: this.pact.digest,
      rules: ['ask-before-mail', 'autonomy:3'],
      ...said,
      expiresAtMs: this.at + 600_000,
    };
    this.tell({ kind: 'approval', at: this.at, approval }, step);
  }

  /** Ends a session. */
  close(step: Step, reason: 'closed' | 'erased' = 'closed'): void {
    this.tell({ kind: 'session_closed', at: this.at, session: step.session }, step, { reason });
  }

  /** A whole session in which every verdict but a defer and a rewrite happens. */
  async story(principal: string): Promise<Step> {
    const step = await this.open(principal);
    this.say(step, 'please refund order 17 and tell me');
    this.call(step, 'orders.get', { args: { order: 17 }, result: { order: 17, state: 'paid' } });
    this.call(step, 'orders.refund', { args: { order: 17 }, result: 'refunded' });
    this.call(step, 'admin.wipe', { args: { all: true } });
    const args = { to: principal, text: 'refunded' };
    this.call(step, 'mail.send', { args });
    this.answer(step, 'mail.send', { args });
    this.call(step, 'mail.send', { args, result: 'sent' });
    this.close(step);
    this.at += 1_000;
    return step;
  }

  /** Writes everything as the data directory of a daemon that stopped, and returns the folder. */
  async write(): Promise<string> {
    await this.vault.putSecret('log-key', new Uint8Array(32).fill(9));
    await this.vault.close();
    await writeLogFolder(join(this.folder, 'log'), this);
    return this.folder;
  }

  #record(what: Omit<Recordable, 'at'>): number {
    this.at = this.recorder.now(this.at);
    return this.recorder.record({ ...what, at: this.at }).index;
  }
}

type Written = Pick<RecordedLog, 'entries' | 'signer'> & {
  readonly blobs: ReadonlyMap<string, Uint8Array>;
};

/** Writes a log as it is served. */
export async function writeLogFolder(folder: string, log: Written): Promise<void> {
  const put = (path: string, bytes: Uint8Array): void => {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  };
  const frontier = new Frontier(primitives.sha256, ({ tile, bytes }) => {
    put(tilePath(tile), bytes);
  });
  for (const entry of log.entries) frontier.append(leafHash(primitives.sha256, entry));
  for (const { tile, bytes } of frontier.partialTiles()) put(tilePath(tile), bytes);
  for (let index = 0; index * TILE_WIDTH < log.entries.length; index += 1) {
    const some = log.entries.slice(index * TILE_WIDTH, (index + 1) * TILE_WIDTH);
    const bundle = encodeBundle(some);
    if (!bundle.ok) throw new Error(bundle.error.message);
    put(tilePath({ level: 'entries', index, width: some.length }), bundle.value);
  }
  for (const [hex, blob] of log.blobs) put(`blobs/${hex.slice(0, 2)}/${hex}`, blob);
  const origin = log.signer.key.name;
  const checkpoint = { origin, size: log.entries.length, root: frontier.root() };
  put('checkpoint', encodeUtf8(await signCheckpoint(log.signer, checkpoint)));
}
