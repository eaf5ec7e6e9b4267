/** Who a person is to the approver lists of a pact. `email` is in lower case. */
export type Approver = { readonly email: string | null; readonly groups: readonly string[] };

/**
 * Returns whether a list of approvers names a person: by address, or by `role:<group>` one of
 * their groups. Addresses are compared without regard to case, groups exactly.
 * Source: spec/pact/language.md, section "The file".
 */
export function isEntitled({ email, groups }: Approver, approvers: readonly string[]): boolean {
  return approvers.some((approver) => {
    if (approver.startsWith('role:')) return groups.includes(approver.slice('role:'.length));
    return email !== null && approver.toLowerCase() === email;
  });
}
