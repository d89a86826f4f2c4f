// The key table, joined from all binding files; the footer, the help and the keyboard use it. It is part of the state, so
// that all of them see remapped keys.

import { overlays } from '../../overlays/index.ts';
import { screens } from '../../screens/index.ts';
import { jumps } from '../../screens/parts/jump-keys.ts';
import type { KeyName } from '../../terminal/keys.ts';
import type { Binding, KeyScope } from '../binding.ts';
import { rescanBindings } from '../rescan.ts';
import { tourBindings } from '../tour.ts';
import { welcome } from '../welcome.ts';
import { workspaceBindings } from '../workspaces.ts';
import { accepting } from './accepting.ts';
import { acts } from './acts.ts';
import { asking } from './asking.ts';
import { looking } from './looking.ts';
import { moving } from './moving.ts';
import { rows } from './rows.ts';
import { terminal } from './terminal.ts';

export const bindings: readonly Binding[] = [
  ...acts,
  ...accepting,
  ...looking,
  ...rescanBindings,
  ...workspaceBindings,
  ...tourBindings,
  ...welcome,
  ...jumps,
  ...screens.flatMap((screen) => screen.bindings ?? []),
  ...rows,
  ...moving,
  ...overlays.flatMap((overlay) => overlay.bindings ?? []),
  ...asking,
  ...terminal,
];

const holds = (binding: Binding, places: readonly KeyScope[]) => binding.where.some((place) => places.includes(place));

/** The binding of a key in these places; undefined without one (an input may still use it as text). */
export const bindingFor = (all: readonly Binding[], places: readonly KeyScope[], key: KeyName): Binding | undefined =>
  all.find((binding) => binding.keys.includes(key) && holds(binding, places));

/** Bindings of the footer, in order. */
export const hintsFor = (all: readonly Binding[], places: readonly KeyScope[]): readonly Binding[] =>
  all
    .filter((binding) => binding.hint !== undefined && binding.keys.length > 0 && holds(binding, places))
    .sort((a, b) => (a.hint ?? 0) - (b.hint ?? 0));
