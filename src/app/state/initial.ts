// The state before the first scan.
import type { RuleEntry } from '../../command/definition.ts';
import type { ProfileChoice } from '../../model/assumption.ts';
import type { RecentWorkspace } from '../../model/recent.ts';
import type { Source } from '../../model/snapshot.ts';
import type { Theme } from '../../theme/theme.ts';
import { emptyMemo } from '../draw/memoize.ts';
import type { Binding } from './binding.ts';
import type { FleetKept } from './fleet-shown.ts';
import { layoutFor } from './layout.ts';
import { nothingSelected } from './select.ts';
import type { State } from './state.ts';

export interface InitialInput {
  readonly size: { readonly columns: number; readonly rows: number };
  readonly ascii: boolean;
  readonly links?: boolean;
  readonly readOnly: boolean;
  readonly source: Source;
  readonly profile: ProfileChoice;
  readonly theme: Theme;
  readonly bindings: readonly Binding[];
  readonly rules: readonly RuleEntry[];
  readonly lines?: readonly string[];
  readonly recent?: readonly RecentWorkspace[];
  /** Milliseconds between scans that start by themselves; null: none does. */
  readonly every?: number | null;
  /** The fleet that was left to open this workspace. */
  readonly fleet?: FleetKept | null;
  readonly tour?: 'offered' | 'begun' | undefined;
  /** Name of the first screen. */
  readonly screen: string;
  readonly drawMap: State['drawMap'];
  /** Milliseconds. */
  readonly now: number;
}

export function initialState({
  rules,
  lines = [],
  recent = [],
  links = false,
  every = null,
  fleet = null,
  tour,
  ...start
}: InitialInput): State {
  return {
    ...start,
    rules: new Map(rules.map((rule) => [rule.id, rule])),
    identity: null,
    snapshot: null,
    report: null,
    promise: null,
    before: null,
    last: null,
    entries: [],
    drift: null,
    audits: [],
    fleet: fleet?.shown ?? null,
    work: null,
    problem: null,
    recent,
    links,
    picked: 0,
    sought: '',
    slices: {},
    trail: fleet === null || fleet.slice === undefined ? [] : [{ screen: 'fleet', slice: fleet.slice }],
    tour: tour === 'begun' ? 0 : (tour ?? null),
    rescan: every === null ? null : { every, last: start.now, failed: 0 },
    overlay: null,
    beneath: [],
    count: '',
    act: null,
    lines,
    signInSteps: [],
    requests: [],
    message: null,
    messages: [],
    panel: emptyMemo([]),
    view: {
      layout: layoutFor(start.size),
      selection: nothingSelected,
      findings: emptyMemo({ byId: new Map(), automatic: 0, offered: 0 }),
    },
  };
}
