/** There is no record at the place, or it cannot be opened. The message says what to do. */
export class OfflineError extends Error {
  readonly place: string;

  constructor(place: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.place = place;
  }
}
