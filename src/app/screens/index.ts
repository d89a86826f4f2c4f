// Every top-level screen, in the order of the number keys. A new one is one file and one line.
import type { AnyScreen } from '../state/view.ts';
import { assumptions } from './assumptions.ts';
import { findings } from './findings.ts';
import { fleet } from './fleet.ts';
import { history } from './history.ts';
import { log } from './log.ts';
import { map } from './map.tsx';
import { overview } from './overview.tsx';
import { problems } from './problems.ts';
import { resources } from './resources.tsx';

export const screens = [
  overview,
  problems,
  findings,
  resources,
  map,
  history,
  log,
  assumptions,
  fleet,
] as unknown as readonly AnyScreen[];
