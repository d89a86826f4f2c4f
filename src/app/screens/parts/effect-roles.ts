// The role of each kind of effect.
import type { EffectKind } from '../../../model/effect.ts';

/** Red for what weakens or cannot be undone. */
export const effectRoles: Readonly<Record<EffectKind, string>> = {
  ...{ relaxes: 'bad', deletes: 'bad', oneWay: 'bad', outage: 'bad' },
  ...{ restricts: 'warn', costs: 'warn', allows: 'ok' },
};
