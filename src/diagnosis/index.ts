// The possible causes of an error text: the exports of this folder.
export { type Cause, causesOf } from './causes.ts';
export { diagnose, metName, whatToDo } from './diagnose.ts';
export { knownErrors } from './errors/index.ts';
