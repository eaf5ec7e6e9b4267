import type { CompiledPact, EntryKind } from '@plumbline/core';

import { noAgent } from '../guard/refusal.ts';
import type { Guard } from '../guard/guard.ts';
import { isInstanceOf } from '../guard/instance.ts';
import type { Caller } from '../routes/caller.ts';
import { namesOf } from '../routes/names-of.ts';
import { openOfVersion, type PactRegistry, type Version } from './pact-registry.ts';
import { checkSignatures } from './pact-signatures.ts';
import { blobOf, compileSources, type PactSources, sourcesIn } from './pact-sources.ts';
import type { OpenEntry, WriteEntry } from './write-entry.ts';
import { fromGuard, refused, served } from './served.ts';
import type {
  PactAt,
  PactProposal,
  PactRow,
  Pacts,
  PactVersion,
  PublishingRule,
  Served,
} from './services.ts';
import { makeTurns } from './turns.ts';

/** What publishing works with. */
export type PactsNeeds = {
  readonly guard: Pick<Guard, 'arm' | 'shadow' | 'status'>;
  readonly registry: PactRegistry;
  readonly write: WriteEntry;
  /** Returns a blob of the ledger, checked against its digest. */
  readonly blob: (digest: string) => Promise<Uint8Array | undefined>;
  readonly rule: PublishingRule;
  /** Whether one person may publish alone under a break-glass where it takes two. */
  readonly isAloneUnderBreakGlass?: boolean;
  /** Returns what the person is called who has a key or a token; nothing: it is not known. */
  readonly namesBehind: (id: string) => readonly string[];
};

type Draft = {
  readonly agent: string;
  readonly pact: CompiledPact;
  readonly version: Omit<Version, 'index' | 'at' | 'state'>;
  readonly blobs: readonly Uint8Array[];
};

/** Returns the service of publishing. */
export function makePacts(needs: PactsNeeds): Pacts {
  const { registry } = needs;
  const turn = makeTurns();
  const known = <T>(agent: string, act: () => Promise<Served<T>>): Promise<Served<T>> =>
    needs.guard.status(agent) === undefined
      ? Promise.resolve(refused('unknown-agent', noAgent(agent)))
      : turn(agent, act);
  return {
    rule: needs.rule,
    list: (agent) => known(agent, async () => served(registry.list(agent).map(rowOf))),
    get: (of) => known(of.agent, () => readVersion(needs, of)),
    propose: (proposal, by) => known(proposal.agent, () => propose(needs, proposal, by)),
    approve: (of, by) => known(of.agent, () => approve(needs, of, by)),
    rollback: (of, by) => known(of.agent, () => rollback(needs, of, by)),
    endShadow: (agent, by) => known(agent, () => endShadow(needs, agent, by)),
  };
}

async function propose(
  needs: PactsNeeds,
  proposal: PactProposal,
  by: Caller,
): Promise<Served<PactRow>> {
  const { agent, mode, reason, signatures, base } = proposal;
  const compiled = compileSources(proposal);
  if (!compiled.ok) return compiled;
  const pact = compiled.value;
  if (!isInstanceOf(agent, pact)) {
    const whose = `the pact is that of \`${pact.agent}\`, which \`${pact.agent}-…\` may run under`;
    return refused('bad-request', whose, { at: 'files' });
  }
  const clash =
    clashOf(needs, { agent, digest: pact.digest }, mode) ??
    (mode === 'publish' ? movedOn(needs, agent, base) : null);
  if (clash !== null) return refused('conflict', clash);
  const blob = blobOf(proposal);
  const draft: Draft = {
    agent,
    pact,
    version: {
      digest: pact.digest,
      by: by.id,
      approvedBy: null,
      reason,
      sources: blob.digest,
      signatures,
    },
    blobs: [blob.bytes],
  };
  return mode === 'shadow' ? startShadow(needs, draft) : publish(needs, draft, by);
}

function clashOf(needs: PactsNeeds, of: PactAt, mode: PactProposal['mode']): string | null {
  const state = needs.registry.version(of.agent, of.digest)?.state;
  if (state === 'armed') return `${of.digest} is armed already`;
  if (mode === 'shadow' && state === 'shadow') return `${of.digest} runs as a shadow already`;
  const isWaiting = mode === 'publish' && state === 'proposed';
  return isWaiting ? `${of.digest} waits for another person's approval already` : null;
}

/** Nobody overwrites what they have not seen. */
function movedOn(
  { registry }: PactsNeeds,
  agent: string,
  base: PactProposal['base'],
): string | null {
  if (base === undefined) return null;
  const armed = registry.inState(agent, 'armed')?.digest ?? null;
  if (armed === base) return null;
  const now = armed === null ? 'none is armed' : `${armed} is armed`;
  return `written from ${base ?? 'no pact'} and now ${now}: look at it, then publish again`;
}

/** One person's word arms, or waits for the second person's. */
async function publish(needs: PactsNeeds, asked: Draft, by: Caller): Promise<Served<PactRow>> {
  const { draft, rule } = aloneOr(needs, asked, by);
  const { agent, pact, version } = draft;
  const signed = await checkSignatures({ agent, digest: pact.digest }, version.signatures, rule);
  if (!signed.ok) return signed;
  if (rule.people === 1) return arm(needs, draft);
  if (by.kind !== 'person') {
    return refused('forbidden', "publishing takes two people: propose with a person's own key");
  }
  const written = await writeEntry(needs, entryOf('pact_proposed', draft));
  return written.ok ? served(currentRow(needs, draft)) : written;
}

/** Under a break-glass one person suffices where that is configured, and the record shows it. */
function aloneOr(
  { rule, isAloneUnderBreakGlass }: PactsNeeds,
  draft: Draft,
  { breakGlass }: Caller,
): { readonly draft: Draft; readonly rule: PublishingRule } {
  if (rule.people === 1 || isAloneUnderBreakGlass !== true || breakGlass === undefined) {
    return { draft, rule };
  }
  const marked = { ...draft, version: { ...draft.version, breakGlass } };
  return { draft: marked, rule: { ...rule, people: 1 } };
}

async function approve(needs: PactsNeeds, of: PactAt, by: Caller): Promise<Served<PactRow>> {
  const version = needs.registry.version(of.agent, of.digest);
  if (version === undefined) return refused('not-found', `\`${of.agent}\` never had ${of.digest}`);
  if (version.state !== 'proposed') {
    return refused('conflict', `${of.digest} is ${version.state} and waits for nobody`);
  }
  const barred = whyNotSecond(needs, version.by, by);
  if (barred !== null) return barred;
  const again = await draftOf(needs, of, version);
  if (!again.ok) return again;
  const signed = await checkSignatures(of, version.signatures, needs.rule);
  if (!signed.ok) return signed;
  const draft = again.value;
  return arm(needs, { ...draft, version: { ...draft.version, approvedBy: by.id } });
}

// One human is one person under every key and token. Who proposed must be known, to be told from
// whoever approves.
function whyNotSecond(
  { namesBehind }: PactsNeeds,
  proposer: string,
  { id, person }: Caller,
): ReturnType<typeof refused> | null {
  if (person === null) {
    return refused('forbidden', "publishing takes two people: approve with a person's own key");
  }
  const first = namesBehind(proposer);
  const second = namesOf(person);
  if (proposer === id || first.some((name) => second.includes(name.toLowerCase()))) {
    return refused('forbidden', 'whoever proposed a pact cannot approve it: ask another person');
  }
  if (first.length > 0) return null;
  return refused('conflict', 'who proposed the pact is not known any more: propose it again');
}

async function rollback(
  needs: PactsNeeds,
  of: PactAt & { readonly reason: string },
  by: Caller,
): Promise<Served<PactRow>> {
  const version = needs.registry.version(of.agent, of.digest);
  if (version === undefined) return refused('not-found', `\`${of.agent}\` never had ${of.digest}`);
  if (version.state !== 'earlier') {
    return refused('conflict', `${of.digest} is ${version.state}; only an earlier pact comes back`);
  }
  const draft = await draftOf(needs, of, version);
  if (!draft.ok) return draft;
  const { breakGlass: _earlier, ...rest } = draft.value.version;
  const asked = { ...rest, by: by.id, approvedBy: null, reason: of.reason };
  return publish(needs, { ...draft.value, version: asked }, by);
}

/** The sources are compiled again: what is armed is what the ledger holds. */
async function draftOf(needs: PactsNeeds, of: PactAt, version: Version): Promise<Served<Draft>> {
  const sources = await sourcesOf(needs, version);
  if (!sources.ok) return sources;
  const compiled = compileSources(sources.value);
  if (!compiled.ok) return compiled;
  if (compiled.value.digest !== of.digest) {
    return refused('bad-pact', `the sources of ${of.digest} now mean ${compiled.value.digest}`);
  }
  return served({ agent: of.agent, pact: compiled.value, version, blobs: [] });
}

async function sourcesOf(needs: PactsNeeds, version: Version): Promise<Served<PactSources>> {
  const blob = await needs.blob(version.sources);
  return blob === undefined
    ? refused('unavailable', `the sources of ${version.digest} are not on the disk any more`)
    : served(sourcesIn(blob));
}

// The sources are durable before the pact is armed, so that every start can compile it again.
async function arm(needs: PactsNeeds, draft: Draft): Promise<Served<PactRow>> {
  const { agent, pact } = draft;
  const shadow = needs.registry.inState(agent, 'shadow');
  const entry = entryOf('pact_published', draft);
  const written = await (shadow?.digest === pact.digest
    ? writeWith(needs, entry, () => needs.guard.shadow(agent, null))
    : writeEntry(needs, entry));
  if (!written.ok) return written;
  const armed = fromGuard(await needs.guard.arm(agent, pact));
  if (!armed.ok) return armed;
  const at = Math.max(written.value.at, 0);
  needs.registry.fold({
    kind: 'armed',
    agent,
    at,
    open: { pact: pact.digest },
    index: armed.value.index,
  });
  return served(currentRow(needs, draft));
}

async function startShadow(needs: PactsNeeds, draft: Draft): Promise<Served<PactRow>> {
  const { agent, pact } = draft;
  const written = await writeWith(needs, entryOf('pact_shadowed', draft), () => {
    return needs.guard.shadow(agent, pact);
  });
  return written.ok ? served(currentRow(needs, draft)) : written;
}

async function endShadow(
  needs: PactsNeeds,
  agent: string,
  by: Caller,
): Promise<Served<{ readonly index: number }>> {
  const version = needs.registry.inState(agent, 'shadow');
  if (version === undefined) return refused('not-found', `\`${agent}\` has no shadow pact`);
  const entry = openEntry('pact_withdrawn', agent, { ...version, by: by.id, approvedBy: null });
  const written = await writeWith(needs, entry, () => needs.guard.shadow(agent, null));
  return written.ok ? served({ index: written.value.index }) : written;
}

function openEntry(kind: EntryKind, agent: string, version: Draft['version']): OpenEntry {
  return { kind, agent, open: openOfVersion(version) };
}

function entryOf(kind: EntryKind, { agent, version, blobs }: Draft): OpenEntry {
  return { ...openEntry(kind, agent, version), blobs };
}

type Effect = () => ReturnType<Guard['shadow']>;

// A shadow starts and ends in one turn with its entry, as a restart will find it in the log, and
// what the log does not take changes nothing.
async function writeWith(
  needs: PactsNeeds,
  entry: OpenEntry,
  effect: Effect,
): ReturnType<WriteEntry> {
  const effects: ReturnType<Effect>[] = [];
  const written = await needs.write(entry, () => void effects.push(effect()));
  if (!written.ok) return written;
  needs.registry.fold({ ...entry, ...written.value });
  const [came] = await Promise.all(effects);
  return came?.ok === false ? fromGuard(came) : written;
}

async function writeEntry(needs: PactsNeeds, entry: OpenEntry): ReturnType<WriteEntry> {
  const written = await needs.write(entry);
  if (written.ok) needs.registry.fold({ ...entry, ...written.value });
  return written;
}

function currentRow({ registry }: PactsNeeds, { agent, pact }: Draft): PactRow {
  const version = registry.version(agent, pact.digest);
  if (version === undefined) throw new Error('bug: a version that was just written is not there');
  return rowOf(version);
}

async function readVersion(needs: PactsNeeds, of: PactAt): Promise<Served<PactVersion>> {
  const version = needs.registry.version(of.agent, of.digest);
  if (version === undefined) return refused('not-found', `\`${of.agent}\` never had ${of.digest}`);
  const sources = await sourcesOf(needs, version);
  if (!sources.ok) return sources;
  return served({ ...rowOf(version), ...sources.value, signatures: version.signatures });
}

function rowOf(version: Version): PactRow {
  const { digest, state, at, index, by, approvedBy, reason, breakGlass } = version;
  const marked = breakGlass === undefined ? {} : { breakGlass };
  return { digest, state, at, index, by, approvedBy, reason, ...marked };
}
