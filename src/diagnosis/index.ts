// What may be behind an error text: the door to this folder.
export { type Cause, causesOf } from './causes.ts';
export { diagnose, type ErrorDiagnosis as Diagnosis } from './diagnose.ts';
export { knownErrors } from './errors/index.ts';
export type { KnownError } from './known-error.ts';
