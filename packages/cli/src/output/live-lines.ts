import { forTerminal, type Screen } from './screen.ts';

const USUAL_COLUMNS = 80;

/** Lines at the end of a terminal that are drawn again in place. */
export class LiveLines {
  readonly #screen: Pick<Screen, 'note' | 'columns'>;
  #drawn = 0;

  constructor(screen: Pick<Screen, 'note' | 'columns'>) {
    this.#screen = screen;
  }

  /** Puts lines where those drawn before stand; each is cut to the width of the terminal. */
  draw(lines: readonly string[]): void {
    // Some terminals do not say how wide they are.
    const columns = this.#screen.columns > 1 ? this.#screen.columns : USUAL_COLUMNS;
    // A line that wrapped would take two, and the next drawing would begin too low.
    const flat = lines.map((line) => forTerminal(line).replaceAll(/[\n\t]/g, ' '));
    const text = flat.map((line) => `${line.slice(0, columns - 1).toWellFormed()}\n`).join('');
    const up = this.#drawn === 0 ? '' : `\u001b[${this.#drawn}A\r`;
    this.#screen.note(`${up}\u001b[J${text}`);
    this.#drawn = lines.length;
  }

  /** Leaves what was drawn last where it is; what is drawn next stands below it. */
  leave(): void {
    this.#drawn = 0;
  }
}
