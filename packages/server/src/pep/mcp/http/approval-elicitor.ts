import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

import type { Caller } from '../../../routes/caller.ts';
import { CODES, type Request, type RpcError } from '../message.ts';
import { approvalForm, type ApproverDesk, voteIn } from './approver.ts';
import { callIn } from '../same-call.ts';

/** The key of the one thing the gateway itself asks of a modern client. */
const KEY = 'plumbline/approval';
const MOST_OPEN = 256;

type Asked = {
  readonly approval: string;
  /** Whose token has to come with the answer. */
  readonly by: string;
  /** What the answer has to come with again, and what it came with before. */
  readonly call: string;
  readonly held: JsonObject;
};

/** A request as it goes on. */
export type Resumed =
  | { readonly ok: true; readonly request: Request }
  | { readonly ok: false; readonly error: RpcError };

/** Asks the person at one client for approvals, where their own token lets them give one. */
export class ApprovalElicitor {
  readonly #desk: ApproverDesk;
  readonly #note: (text: string) => void;
  readonly #asked = new Map<string, Asked>();
  readonly #done = new Set<string>();

  constructor(desk: ApproverDesk, note: (text: string) => void) {
    this.#desk = desk;
    this.#note = note;
  }

  /** Returns what to ask; null where nobody is to be asked here. It is asked once. */
  async formFor(approval: string, approver: Caller | null): Promise<JsonObject | null> {
    if (approver === null || this.#done.has(approval)) return null;
    const shown = await this.#desk.ask(approval, approver);
    if (!shown.ok) return null;
    this.#done.add(approval);
    const [oldest] = this.#done.size > MOST_OPEN ? this.#done : [];
    if (oldest !== undefined) this.#done.delete(oldest);
    return approvalForm(shown.value);
  }

  /** Counts what was answered as the vote of the person whose token came with it. */
  async take(approval: string, answer: Json, approver: Caller): Promise<void> {
    const vote = voteIn(answer);
    if (vote === null) return;
    const counted = await this.#desk.vote({ approval, ...vote }, approver);
    if (!counted.ok)
      this.#note(`an approval given at a client does not count: ${counted.error.message}`);
  }

  /** Returns the result by which a modern client is asked. */
  inputRequired(
    request: Request,
    {
      approval,
      form,
      approver,
    }: { readonly approval: string; readonly form: JsonObject; readonly approver: Caller },
  ): JsonObject {
    const { inputResponses, requestState } = request.params;
    const held = {
      ...(inputResponses === undefined ? {} : { inputResponses }),
      ...(requestState === undefined ? {} : { requestState }),
    };
    this.#asked.delete(approval);
    this.#asked.set(approval, { approval, by: approver.id, call: callIn(request), held });
    const [oldest] = this.#asked.size > MOST_OPEN ? this.#asked.keys() : [];
    if (oldest !== undefined) this.#asked.delete(oldest);
    return {
      resultType: 'input_required',
      inputRequests: { [KEY]: { method: 'elicitation/create', params: form } },
      requestState: approval,
    };
  }

  /** Takes an answer out of a request that comes again with it, and returns what goes on. */
  async resume(request: Request, approver: Caller | null): Promise<Resumed> {
    const { inputResponses, requestState, ...rest } = request.params;
    const answers: JsonObject = isJsonObject(inputResponses ?? null) ? Object(inputResponses) : {};
    const asked = typeof requestState === 'string' ? this.#asked.get(requestState) : undefined;
    if (asked === undefined) {
      return KEY in answers ? refused('nobody asked for this approval') : { ok: true, request };
    }
    if (asked.call !== callIn(request)) return refused('the approval is for another call');
    if (approver?.id !== asked.by) return refused('the answer needs the token of who was asked');
    this.#asked.delete(asked.approval);
    const answer = answers[KEY];
    if (answer !== undefined) await this.take(asked.approval, answer, approver);
    return {
      ok: true,
      request: { ...request, params: { ...rest, ...asked.held } },
    };
  }
}

function refused(message: string): Resumed {
  return { ok: false, error: { code: CODES.invalidParams, message } };
}
