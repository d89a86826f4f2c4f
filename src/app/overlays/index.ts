// All overlays.
import type { AnyOverlay } from '../state/view.ts';
import { ask } from './ask.ts';
import { document } from './document.ts';
import { filter } from './filter.ts';
import { form } from './form.ts';
import { guide } from './guide.ts';
import { help } from './help.ts';
import { output } from './output.ts';
import { palette } from './palette.ts';
import { path } from './path.ts';
import { plan } from './plan.ts';
import { progress } from './progress.ts';

export const overlays = [
  ask,
  document,
  filter,
  form,
  guide,
  help,
  output,
  palette,
  path,
  plan,
  progress,
] as unknown as readonly AnyOverlay[];
