import type { ApprovalDocument } from '../document.ts';
import { duration, integer, matching, oneOrMany, optional } from '../reader.ts';
import type { Fields, Reader } from '../reader.ts';
import { isApprover, isName } from '../scalars.ts';

/** Reads one approver. */
export const approver: Reader<string> = matching(isApprover, {
  code: 'bad-approver',
  wanted: 'an approver such as `role:support-lead` or an e-mail address',
});

/** Reads one approver or several. */
export const approvers: Reader<readonly string[]> = oneOrMany(approver);

/** Reads a rule id, task name, label or category. */
export const word: Reader<string> = matching(isName, {
  code: 'bad-name',
  wanted: 'a name of letters, digits, `-`, `_` and `.`',
});

/** The members of a rule that asks people. */
export const APPROVAL_KEYS = ['approvers', 'quorum', 'within'] as const;

/** Returns the approval part of a rule. */
export function readApproval(fields: Fields): ApprovalDocument {
  return {
    approvers: optional(fields, 'approvers', { read: approvers, or: null }),
    quorum: optional(fields, 'quorum', { read: integer(1, 20), or: 1 }),
    withinMs: optional(fields, 'within', { read: duration, or: null }),
  };
}
