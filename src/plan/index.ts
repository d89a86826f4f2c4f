// Planning, in one place to import from.

export { alreadySetText } from './already-set.ts';
export { checkRequest, type KnownAnswer, type RefusedAnswer, type RequestCheck } from './answers.ts';
export { buildPlan, nothingToChange, planInSteps } from './build.ts';
export {
  anotherSince,
  type ChangeComparison,
  compareChange,
  compareIn,
  identityMoved,
  thereWhole,
} from './compare-change.ts';
export { type Creation, creationPlan } from './create.ts';
export { decidingOn } from './deciding.ts';
export { named, qualifying } from './deferred.ts';
export {
  type ChangeLine,
  type DescribedPlan,
  type DescribedStep,
  describePlan,
  type EffectLine,
  type EffectsInShort,
  effectLines,
  effectSentence,
  effectsInShort,
  linesOf,
  previewNumbers,
  stepTitle,
  undoLabels,
  undoWords,
} from './describe.ts';
export { changedSettings, type DriftInput, driftOf, putBack, settingsBetween } from './drift.ts';
export { type EarlierSnapshot, earlier } from './earlier.ts';
export { effectsBeyond, effectsOver } from './effects.ts';
export { withFixes } from './fixes.ts';
export { gatesOf } from './gates.ts';
export { historiesOf, managerOf, stackListsOf, stacksIn, withHistories } from './managers.ts';
export { mergeEdits } from './merge.ts';
export { laterText, mayBeUndoneLater, notUndoneText } from './not-undone.ts';
export { offerInSteps, type PlanOffer, selectableInSteps } from './offer.ts';
export { type OverwroteAnswer, overwroteBy, overwroteByCreation } from './overwrote.ts';
export { pathFixes, planOfPathFix } from './path-fixes.ts';
export type { DecideOpen, PlanInput, PlanRequest } from './request.ts';
export { type Requested, type Requests, type RequestText, requestsOf } from './requests.ts';
export { reviewPlan } from './review.ts';
export { rewound } from './rewound.ts';
export { noEffect, riskOf } from './risk.ts';
export { dependsOn, type StepSelection, withDependants, withoutSteps } from './select.ts';
export { sharedCauses } from './shared-causes.ts';
export { applyChange, applyChanges, withNow } from './simulate.ts';
export { lockoutRules } from './targets.ts';
export { listed, unansweredOf } from './unanswered.ts';
export { type Drift, redoPlan, type UndoInput, type UndoPlanResult, undoPlan } from './undo.ts';
export { type ChangedSetting, moreText, movedBetween, sameWhole } from './whole.ts';
