// The state before anything has been read.
import type { RuleEntry } from '../../command/definition.ts';
import type { ProfileChoice } from '../../model/intent.ts';
import type { Source } from '../../model/snapshot.ts';
import type { Theme } from '../../theme/theme.ts';
import { layoutFor } from './layout.ts';
import type { State } from './state.ts';

export interface Start {
  readonly size: { readonly columns: number; readonly rows: number };
  readonly ascii: boolean;
  readonly readOnly: boolean;
  readonly source: Source;
  readonly profile: ProfileChoice;
  readonly theme: Theme;
  readonly rules: readonly RuleEntry[];
  /** Milliseconds. */
  readonly now: number;
}

export function initialState({ rules, ...start }: Start): State {
  return {
    ...start,
    rules: new Map(rules.map((rule) => [rule.id, rule])),
    identity: null,
    snapshot: null,
    report: null,
    entries: [],
    work: null,
    problem: null,
    pane: 'tree',
    zoom: false,
    tree: { index: 0, top: 0 },
    folded: new Set(),
    findings: { index: 0, top: 0 },
    tab: 'explain',
    detailTop: 0,
    filter: '',
    everyOutcome: false,
    overlay: null,
    act: null,
    lines: [],
    message: null,
    messages: [],
    view: { layout: layoutFor(start.size, 'tree', false), rows: [], shown: [], detail: [], panel: [] },
  };
}
