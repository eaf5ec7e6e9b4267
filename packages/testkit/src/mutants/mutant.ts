/**
 * One seeded fault of the kernel: `from` stands exactly once in the file and becomes `to`.
 */
export type Mutant = {
  /** Path below `packages/core/src/decide`. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** What the faulty kernel does. */
  readonly says: string;
};
