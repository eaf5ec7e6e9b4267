import {
  addCosignature,
  encodeUtf8,
  formatAddCheckpoint,
  formatNote,
  type Note,
  type NoteSignature,
  parseWitnessAnswer,
  type PolicyWitness,
  proveConsistency,
  readCheckpoint,
  type Tree,
} from '@plumbline/ledger';
import type { Egress } from '../egress/egress.ts';
import { primitives } from './primitives.ts';

/** A witness that can be asked. */
export type AskedWitness = PolicyWitness & { readonly url: string };

/** What is known of a witness. */
export type WitnessStatus = {
  readonly name: string;
  /** The size it last cosigned, or null when it has not answered since the start. */
  readonly size: number | null;
  /** Why the last checkpoint has no cosignature of it; null when it has. */
  readonly problem: string | null;
};

/** A checkpoint to cosign: the signed note, and the tree it is of. */
export type Cosignable = { readonly checkpoint: string; readonly tree: Tree };

/** What came of asking: signatures, or a witness that has seen another log. */
export type Cosigned = {
  readonly note: Note;
  /** The first answer of a witness since the start said so; undefined when none did. */
  readonly contradiction: Contradiction | undefined;
};

/** A witness cosigned more than this log has, or something else. */
export type Contradiction = {
  readonly kind: 'ahead' | 'forked';
  readonly witness: string;
  /** The size the witness has, where it said so. */
  readonly size: number | null;
};

type Answer =
  | { readonly kind: 'cosigned'; readonly signatures: readonly NoteSignature[] }
  | { readonly kind: 'ahead' | 'forked'; readonly size: number | null; readonly problem: string }
  | { readonly kind: 'failed'; readonly problem: string };

type Known = { size: number | null; problem: string | null };
type Posted = { readonly status: number; readonly body: Uint8Array };

const MAX_ANSWER_BYTES = 64 * 1024;
// One answer to learn the witness's size, one to prove from it.
const MAX_ROUNDS = 2;

/**
 * The witnesses of a log. All are asked at once, each has the same limit, and none can hold up a
 * checkpoint for longer.
 * Source: c2sp.org/tlog-witness.
 */
export class Witnesses {
  readonly #witnesses: readonly AskedWitness[];
  readonly #egress: Pick<Egress, 'request'>;
  readonly #limitMs: number;
  readonly #known: ReadonlyMap<string, Known>;

  constructor(
    witnesses: readonly AskedWitness[],
    given: { readonly egress: Pick<Egress, 'request'>; readonly limitMs: number },
  ) {
    this.#witnesses = witnesses;
    this.#egress = given.egress;
    this.#limitMs = given.limitMs;
    this.#known = new Map(
      witnesses.map(({ name }) => [name, { size: null, problem: 'not asked' }]),
    );
  }

  statuses(): readonly WitnessStatus[] {
    return Array.from(this.#known, ([name, { size, problem }]) => ({ name, size, problem }));
  }

  /**
   * Returns the checkpoint with the cosignatures that came in time. Rejects with a `DiskError`
   * alone, when the tree cannot be read.
   */
  async cosign(asked: Cosignable): Promise<Cosigned> {
    const read = readCheckpoint(encodeUtf8(asked.checkpoint));
    if (!read.ok) throw new Error(`bug: ${read.error.message}`);
    let { note } = read.value;
    let contradiction: Contradiction | undefined;
    const answers = this.#witnesses.map(async (witness) => ({
      witness,
      answer: await this.#ask(witness, asked),
    }));
    for (const { witness, answer } of await Promise.all(answers)) {
      const added = await this.#take(witness, { answer, note, size: asked.tree.size });
      note = added.note;
      contradiction ??= added.contradiction;
    }
    return { note, contradiction };
  }

  async #take(
    witness: AskedWitness,
    { answer, note, size }: { readonly answer: Answer; readonly note: Note; readonly size: number },
  ): Promise<Cosigned> {
    const known = this.#knownOf(witness);
    const isFirst = known.size === null;
    if (answer.kind !== 'cosigned') {
      known.problem = answer.problem;
      if (answer.kind === 'failed' || !isFirst) return { note, contradiction: undefined };
      const contradiction = { kind: answer.kind, witness: witness.name, size: answer.size };
      return { note, contradiction };
    }
    const { key } = witness;
    const added = await addCosignature(primitives, note, { key, signatures: answer.signatures });
    known.problem = added.ok ? null : added.error.message;
    if (!added.ok) return { note, contradiction: undefined };
    known.size = size;
    return { note: added.value, contradiction: undefined };
  }

  async #ask(witness: AskedWitness, asked: Cosignable): Promise<Answer> {
    const deadline = AbortSignal.timeout(this.#limitMs);
    const { size } = asked.tree;
    let earlierSize = Math.min(this.#knownOf(witness).size ?? size, size);
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const posted = await this.#post(witness, { asked, earlierSize, deadline });
      if ('problem' in posted) return posted;
      const behind = behindOf(posted);
      const isUseful = behind !== undefined && behind !== earlierSize && behind <= size;
      if (!isUseful) return answerOf(posted, { earlierSize, size });
      earlierSize = behind;
    }
    return { kind: 'failed', problem: 'its size changed between two answers' };
  }

  async #post(
    witness: AskedWitness,
    given: {
      readonly asked: Cosignable;
      readonly earlierSize: number;
      readonly deadline: AbortSignal;
    },
  ): Promise<Posted | (Answer & { kind: 'failed' })> {
    const { asked, earlierSize, deadline } = given;
    const proof = await proveConsistency(asked.tree, earlierSize);
    if (!proof.ok) return { kind: 'failed', problem: `no proof: ${proof.error.message}` };
    const { checkpoint } = asked;
    const request = this.#egress.request({
      url: `${witness.url.replace(/\/$/, '')}/add-checkpoint`,
      method: 'POST',
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: formatAddCheckpoint({ earlierSize, proof: proof.value, checkpoint }),
      timeoutMs: this.#limitMs,
      maxBytes: MAX_ANSWER_BYTES,
      signal: deadline,
    });
    const answer = await Promise.race([request, expiry(deadline, this.#limitMs)]);
    if (!answer.ok) return { kind: 'failed', problem: answer.message };
    return answer.value;
  }

  #knownOf(witness: AskedWitness): Known {
    const known = this.#known.get(witness.name);
    if (known === undefined) throw new Error('bug: an unknown witness');
    return known;
  }
}

/** Returns a note as it is published. */
export function publishedNote({ note }: Pick<Cosigned, 'note'>): string {
  return formatNote(note);
}

/** The size that a witness says it is at, when it says that and nothing else. */
function behindOf({ status, body }: Posted): number | undefined {
  const parsed = parseWitnessAnswer(status, body);
  return parsed.ok && parsed.value.kind === 'behind' ? parsed.value.size : undefined;
}

function answerOf(
  { status, body }: Posted,
  { earlierSize, size }: { readonly earlierSize: number; readonly size: number },
): Answer {
  const parsed = parseWitnessAnswer(status, body);
  if (!parsed.ok) {
    // SPEC: c2sp.org/tlog-witness answers another root of the same size with 409 and no size.
    return status === 409 && earlierSize === size && size > 0
      ? { kind: 'forked', size, problem: `it cosigned another root of size ${size}` }
      : { kind: 'failed', problem: parsed.error.message };
  }
  const answer = parsed.value;
  if (answer.kind === 'cosigned') return answer;
  if (answer.kind === 'refused') {
    return answer.why === 'inconsistent' && size > 0
      ? { kind: 'forked', size: null, problem: 'it cosigned a log that this one does not extend' }
      : { kind: 'failed', problem: `it refused: ${answer.why}` };
  }
  const problem = `it cosigned size ${answer.size}, and not of this history`;
  if (answer.size > size) return { kind: 'ahead', size: answer.size, problem };
  return answer.size === size
    ? { kind: 'forked', size, problem }
    : { kind: 'failed', problem: `it refuses a proof from its own size ${answer.size}` };
}

function expiry(
  deadline: AbortSignal,
  limitMs: number,
): Promise<{ readonly ok: false; readonly message: string }> {
  const late = { ok: false, message: `no answer within ${limitMs} ms` } as const;
  return new Promise((resolve) => {
    if (deadline.aborted) resolve(late);
    deadline.addEventListener('abort', () => resolve(late), { once: true });
  });
}
