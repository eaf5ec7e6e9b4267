import { type SupervisionRule, supervisionOf } from '../../config/supervision.ts';
import type { Outcome } from '../../guard/guard.ts';
import type { InSession } from '../../guard/session-view.ts';
import type { Api } from '../api.ts';

/** What a supervisor has to know of the session it runs something in. */
export type SupervisionView = {
  /** Null: the settings say nothing of this agent. */
  readonly rule: SupervisionRule | null;
  /** How many of its actions were decided. */
  readonly decided: number;
};

/** Returns how far what runs in an open session may reach, as the daemon's settings say. */
export function supervisionIn({ guard, settings }: Api, of: InSession): Outcome<SupervisionView> {
  const viewed = guard.viewSession(of);
  if (!viewed.ok) return viewed;
  const rule = supervisionOf(settings.supervision, of.agent);
  return { ok: true, value: { rule, decided: viewed.value.decided } };
}
