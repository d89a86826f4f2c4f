// The role of each kind of effect, and an effect as a line.
import type { Line } from '../../../command/definition.ts';
import type { EffectKind } from '../../../model/effect.ts';
import type { EffectLine } from '../../../plan/describe.ts';
import { line, word } from '../../draw/text.ts';

/** Red for what takes force from rules, deletes or cannot be undone. */
export const effectRoles: Readonly<Record<EffectKind, string>> = {
  ...{ opens: 'warn', cutsOff: 'warn', interrupts: 'warn', overrides: 'bad', bypasses: 'bad' },
  ...{ deletes: 'bad', oneWay: 'bad', costs: 'warn', otherScope: 'warn' },
};

/** The mark and the label, and the gap behind them. */
export const effectCells = '! Other scope'.length + 2;

/** An effect on one line; what is not automatic is marked. */
export const effectWords = ({ kind, label, automatic, text }: EffectLine): Line =>
  line(word(`${automatic ? ' ' : '!'} ${label}`.padEnd(effectCells), automatic ? effectRoles[kind] : 'bad'), text);
