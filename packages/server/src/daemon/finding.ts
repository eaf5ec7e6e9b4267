/** One thing that was looked at; `next` says what to do about it. */
export type Finding = {
  readonly what: string;
  readonly state: 'ok' | 'warn' | 'fail';
  readonly says: string;
  readonly next: string | null;
};

/** What the doctor may look at beside the configuration. */
export type Examining = { readonly credentials: string | null; readonly now: number };
