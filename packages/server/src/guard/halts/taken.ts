/** Is told where the log took something, and when that is durable. */
export type Taken = (appended: { readonly index: number; readonly durable: Promise<void> }) => void;
