// What a sample of a rule is, and the functions that samples are written with.

import type { ProfileChoice } from '../../src/model/assumption.ts';
import type { Outcome, Severity } from '../../src/model/finding.ts';
import type { Scene } from '../support/snapshot.ts';

/** What is done to a closed workspace. */
export type SampleChange = (scene: Scene) => void;

export interface Sample {
  readonly rule: string;
  readonly says: Outcome;
  readonly when: string;
  readonly change: SampleChange;
  /** The subject; the default account, the vault, the registry or the workspace unless given. */
  readonly on?: string;
  readonly where?: string;
  readonly severity?: Severity;
  readonly profile?: ProfileChoice;
}

export type Extra = Omit<Sample, 'rule' | 'says' | 'when' | 'change'>;
export type Add = (says: Outcome, when: string, change: SampleChange, extra?: Extra) => void;

export const asIs: SampleChange = () => {};
export const both =
  (...changes: readonly SampleChange[]): SampleChange =>
  (scene) => {
    for (const change of changes) change(scene);
  };

/** A list of samples, and what adds those of a rule to it: each after `first`, and with `usual` unless it says otherwise. */
export function sampling(first: SampleChange = asIs, usual: Extra = {}) {
  const table: Sample[] = [];
  const rule = (id: string, says: (add: Add) => void): void =>
    says((outcome, when, change, extra = usual) =>
      table.push({ rule: id, says: outcome, when, change: both(first, change), ...extra }),
    );
  return { table, rule };
}
