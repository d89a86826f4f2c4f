// Defines rules: fills in what all rules have in common, so that a rule's file states only what differs.

import { registryType, storageType, vaultType } from '../facts/links.ts';
import { unreadAccounts, unreadWorkspace } from '../facts/unread.ts';
import type { Finding } from '../model/finding.ts';
import { attempt } from '../model/readable.ts';
import { fold } from '../model/resource-id.ts';
import { computeType } from '../resource-types/compute.ts';
import { subnetType } from '../resource-types/network-view.ts';
import { workspaceType } from '../resource-types/workspace-view.ts';
import type { Answers, CheckResult, Proposal, Rule, RuleContext, Subject, Subjects } from './rule.ts';

type Defaulted = 'strategyScope' | 'gates' | 'undo' | 'for' | 'profiles' | 'problem' | 'about' | 'fixKind';

/** A rule as its file states it, its subject given by id. */
export type RuleDraft = Omit<Rule, Defaulted | 'explain'> &
  Partial<Pick<Rule, Defaulted>> & {
    readonly explain: Omit<Rule['explain'], 'breaks'> & Partial<Pick<Rule['explain'], 'breaks'>>;
  };

type Fixed = Proposal | readonly Proposal[] | string;

/** A rule as its file states it, with typed subjects: `check`, `flows` and `fix` receive the value that `subjects` resolves. */
export type TypedDraft<T> = Omit<RuleDraft, 'subjects' | 'check' | 'flows' | 'fix'> & {
  readonly subjects: Subjects<T>;
  check(value: T, context: RuleContext): CheckResult;
  flows?(value: T, context: RuleContext): ReturnType<NonNullable<Rule['flows']>>;
  /** One change, several, or a sentence why there is none. `finding`: the one to fix. */
  fix?(value: T, context: RuleContext, answers: Answers, finding: Finding): Fixed;
};

/** Rules of these groups follow the strategy of their subject. */
const services: Readonly<Record<string, string>> = { storage: storageType, keyvault: vaultType, acr: registryType };
/** The type that most rules of a group are about. */
const types: Readonly<Record<string, string>> = {
  ...services,
  workspace: workspaceType,
  compute: computeType,
  databricks: computeType,
  vm: computeType,
  aks: computeType,
  nsg: subnetType,
  udr: subnetType,
  firewall: subnetType,
};

/**
 * Completes a rule: both profiles, all three architectures, the type of its group, no impact and no gates unless given. A fix is
 * automatic and can be undone exactly unless the rule says otherwise. Rules about storage, key vaults and registries follow the
 * strategy of their subject, all others the architecture of the workspace.
 */
export function defineRule<T>(draft: TypedDraft<T>): Rule;
export function defineRule(draft: RuleDraft): Rule;
export function defineRule<T>(draft: RuleDraft | TypedDraft<T>): Rule {
  const [group = ''] = draft.id.split('.');
  const about = draft.about ?? types[group];
  if (about === undefined) throw new TypeError(`${draft.id} names no resource type`);
  const plain = isTyped(draft) ? withoutTypes(draft) : draft;
  const { fix } = plain;
  return {
    strategyScope: group in services ? 'subject' : 'workspace',
    problem: draft.title,
    profiles: ['article-2020', 'current'],
    for: ['service-endpoint', 'private-endpoint', 'managed-network'],
    fixKind: draft.fix ? 'auto' : 'none',
    gates: [],
    undo: draft.fix ? 'exact' : 'none',
    ...plain,
    unread: (context) =>
      unreadWorkspace(context.index) ??
      (about === storageType ? unreadAccounts(context.index) : undefined) ??
      plain.unread?.(context),
    ...(fix && { fix: (finding, context, answers) => fix(finding, context, declared(answers, draft.answers)) }),
    about,
    explain: { breaks: 'None.', ...draft.explain },
  };
}

/** The answers that a rule declares, each value as it is declared. */
function declared(answers: Answers, known: Rule['answers'] = {}): Answers {
  const found = Object.entries(known).flatMap(([name, values]) => {
    const given = answers[name];
    if (given === undefined) return [];
    const listed = typeof values === 'string' ? undefined : values.find((one) => fold(one) === fold(given.trim()));
    return [[name, listed ?? given] as const];
  });
  return Object.fromEntries(found);
}

/**
 * A rule about what Azure has retired: information where the article of 2020 alone is held to. Elsewhere it does not apply, for
 * the reason given, whatever was read.
 */
export const retired = (rule: Rule, because: string): Rule => ({
  ...rule,
  unread: (context) => (context.profile === 'article-2020' ? rule.unread?.(context) : undefined),
  check: (subject, context) =>
    context.profile === 'article-2020'
      ? { ...rule.check(subject, context), severity: 'info' }
      : { outcome: 'notApplicable', because },
});

const isTyped = <T>(draft: RuleDraft | TypedDraft<T>): draft is TypedDraft<T> => typeof draft.subjects !== 'function';

/** The value of a subject is resolved before each call, so that no rule has to. */
function withoutTypes<T>({ subjects, check, flows, fix, ...draft }: TypedDraft<T>): RuleDraft {
  return {
    ...draft,
    subjects: (context) => subjects.list(context),
    check(subject, context) {
      const value = subjects.resolve(subject, context);
      return isVerdict(value) ? value : check(value, context);
    },
    ...(flows && {
      flows(subject: Subject, context: RuleContext) {
        const value = subjects.resolve(subject, context);
        return isVerdict(value) ? [] : flows(value, context);
      },
    }),
    ...(fix && {
      fix(finding: Finding, context: RuleContext, answers: Answers) {
        const { resource, where } = finding;
        return attempt(
          () => {
            const value = subjects.resolve({ resource, ...(where === null ? {} : { where }) }, context);
            if (isVerdict(value)) return value.because;
            const fixed = fix(value, context, answers, finding);
            if (typeof fixed === 'string') return fixed;
            return 'change' in fixed ? [fixed] : fixed;
          },
          (error) => `The fix needs a setting that could not be read: ${error.gap.reason}`,
        );
      },
    }),
  };
}

/** The same subjects with a value derived from the one that `base` resolves. */
export const derived = <A, B>(
  base: Subjects<A>,
  derive: (value: A, context: RuleContext, subject: Subject) => B | CheckResult,
): Subjects<B> => ({
  list: base.list,
  resolve(subject, context) {
    const value = base.resolve(subject, context);
    return isVerdict(value) ? value : derive(value, context, subject);
  },
});

export const isVerdict = (value: unknown): value is CheckResult =>
  typeof value === 'object' && value !== null && 'outcome' in value && 'because' in value;
