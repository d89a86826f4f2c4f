// The template language of Azure Resource Manager, in one place to import from.

export type { CloudName } from './ambient.ts';
export { choicesOf, type ParameterChoice } from './choices.ts';
export { type ExpandOptions, expandTemplate, type LinkedTemplates } from './expand.ts';
export { placeholderId } from './instances.ts';
export { LimitError } from './limits.ts';
export { inHand, settleObject } from './settle.ts';
