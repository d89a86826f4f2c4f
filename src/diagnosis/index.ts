// The possible causes of an error text: the exports of this folder.
export { type Cause, causesOf } from './causes.ts';
export { diagnose, type ErrorDiagnosis as Diagnosis } from './diagnose.ts';
export { knownErrors } from './errors/index.ts';
export type { KnownError } from './known-error.ts';
