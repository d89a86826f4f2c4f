// What holds fixed findings: Azure Policy definitions, and the table that says which of them holds which rule.
export {
  aliases,
  builtIns,
  customs,
  type PolicyEffect,
  policyDefinitions,
  policyEffects,
} from './definitions.ts';
export {
  type NotExpressed,
  type PolicyDocument,
  policyDocument,
  policyNotes,
  policyScript,
  type ToHold,
} from './document.ts';
export { type HeldFinding, policyTable } from './table.ts';
