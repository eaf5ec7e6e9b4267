import type { Json, JsonObject } from '../../json.ts';
import type { FieldType } from '../document.ts';

/** A tool as an MCP server lists it. `annotations` are the hints its server gives. */
export type DraftTool = {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: JsonObject | null;
  readonly annotations?: {
    readonly readOnlyHint?: boolean;
    readonly destructiveHint?: boolean;
    readonly openWorldHint?: boolean;
  };
};

/** A purpose the agent serves. `tools`, where given, are the ones its owner lists. */
export type DraftTask = {
  readonly name: string;
  readonly description?: string;
  readonly tools?: readonly string[];
};

/** One call of a run and what it returned. */
export type DraftCall = {
  readonly tool: string;
  readonly args: JsonObject;
  readonly result: Json;
};

/** One honest run: what the principal asked and the calls made, in order. */
export type DraftRun = {
  readonly task: string;
  readonly principalText: string;
  /** The attributes that were attested when the run's session was opened. */
  readonly session?: JsonObject;
  readonly calls: readonly DraftCall[];
};

/** What a pact is drafted from. */
export type DraftRequest = {
  readonly agent: string;
  readonly purpose?: string;
  readonly owner?: string;
  readonly tools: readonly DraftTool[];
  readonly tasks: readonly DraftTask[];
  /** The attributes whoever opens a session attests, with their types. */
  readonly session?: { readonly [name: string]: FieldType };
  readonly runs?: readonly DraftRun[];
  /** The file of the tools' schemas beside the pact; without it they stand in the pact itself. */
  readonly schemas?: string;
  readonly unlisted?: 'hard_block' | 'block_and_replan';
  /** What happens outside what is guessed for a task without runs; `deny` unless said. */
  readonly beyondGuess?: 'deny' | 'step_up';
};
