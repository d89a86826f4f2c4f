// All overlays.
import type { AnyOverlay } from '../state/view.ts';
import { ask } from './ask.tsx';
import { document } from './document.tsx';
import { drift } from './drift.tsx';
import { explain } from './explain.tsx';
import { failure } from './failure.tsx';
import { filter } from './filter.ts';
import { form } from './form.ts';
import { guide } from './guide.tsx';
import { help } from './help.tsx';
import { output } from './output.tsx';
import { palette } from './palette.ts';
import { path } from './path.tsx';
import { plan } from './plan.ts';
import { progress } from './progress.tsx';

export const overlays = [
  ask,
  document,
  drift,
  explain,
  failure,
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
