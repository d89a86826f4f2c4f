// The known errors in a text; where there is none, what its words say of a service and a symptom; else the nearest known ones. Pure.

import { stringifyJson } from '../model/json.ts';
import { fold } from '../model/resource-id.ts';
import { withoutEnd } from '../model/text.ts';
import type { WhatIfRefusal } from '../model/what-if.ts';
import { knownErrors } from './errors/index.ts';
import type { KnownError } from './known-error.ts';
import { type MissingRole, missingRoleIn } from './missing-role.ts';
import { type MetError, readError } from './read-error.ts';
import { similarNames } from './similar.ts';
import { symptomIn } from './symptoms.ts';

export interface ErrorDiagnosis {
  readonly error: MetError;
  /** The errors recognised, in the order of the registry, without wrappers around a known error; or the one its words describe. */
  readonly known: readonly KnownError[];
  /** Names of known errors that resemble the text; empty where one is recognised. */
  readonly nearest: readonly string[];
}

/** The known errors in a text. Never throws, whatever the text contains. */
export function diagnose(given: string): ErrorDiagnosis {
  const read = readError(given);
  // The last part of a dotted code (`ScriptExecution.StreamAccess.NotFound`) is no code of Azure Resource Manager.
  const words = new Set(read.text.match(/(?<![\w.])[A-Za-z]\w{2,79}/g)?.map(fold));
  const codes = new Set(read.codes.map(fold));
  const text = fold(read.text);
  const namesIn = (known: KnownError): string[] =>
    known.names.filter((name) => {
      const folded = fold(name);
      if (/\s/.test(name)) return text.includes(folded);
      return codes.has(folded) || (/[a-z][A-Z]/.test(name) && words.has(folded));
    });
  const whole = unwrapped(read.text);
  const met = knownErrors.filter((known) => namesIn(known).length > 0 || known.text?.test(whole));
  const meant = met.filter((known) => isMeant(known, met, whole));
  const inner = meant.filter((known) => !known.wraps);
  const described = inner.length > 0 ? [] : [symptomIn(whole) ?? []].flat();
  const known = inner.length > 0 ? inner : described.length > 0 ? described : meant;
  const role = missingRoleIn(read.text);
  const named = known.flatMap(namesIn).filter((name) => !/\s/.test(name) && !codes.has(fold(name)));
  return {
    error: { ...read, codes: [...read.codes, ...new Set(named)] },
    known: role === undefined ? known : known.map((one) => withRole(one, role)),
    nearest: known.length > 0 ? [] : similarNames(read, knownErrors),
  };
}

/** The name by which a text gives a known error. */
export const metName = ({ names }: KnownError, { codes }: MetError): string =>
  names.find((name) => codes.some((code) => fold(code) === fold(name))) ?? names[0] ?? '';

/** What to do about an error of Azure; undefined where its code is not known. */
export function whatToDo(refusal: WhatIfRefusal | null | undefined): string | undefined {
  if (!refusal) return undefined;
  const { code, message, details } = refusal;
  const { known, error } = diagnose(
    stringifyJson({ error: { code, message, details: details.map((one) => ({ ...one })) } }),
  );
  const isMet = ({ names }: KnownError): boolean =>
    names.some((name) => error.codes.some((one) => fold(one) === fold(name)));
  return known.find(isMet)?.next;
}

/** The text, and once more without the line breaks and margins that terminals and tools put into sentences. */
function unwrapped(text: string): string {
  const [first = '', ...rest] = text.split('\n').map((line) => withoutEnd(line, ' \t'));
  const joined =
    rest.length === 0 ? text : [first, ...rest.map((line) => line.replace(/^[ \t|>\u2502]+/, ''))].join(' ');
  return joined === text ? text : `${text}\n${joined}`;
}

/** An error of permissions with the role that is missing. */
function withRole(known: KnownError, { action, role, scope, command }: MissingRole): KnownError {
  if (!known.names.some((name) => /Authorization/i.test(name))) return known;
  const where = scope === null ? '' : ` at ${scope}`;
  return {
    ...known,
    means: `${known.means} The missing action is ${action}.`,
    next: `Assign the role ${role}${where}.${command === null ? '' : ` Run: ${command}`}`,
  };
}

/** Of several errors with one name: whether the text is about this one. */
function isMeant(known: KnownError, met: readonly KnownError[], text: string): boolean {
  if (known.about === undefined || known.about.test(text)) return true;
  return !met.some((other) => other !== known && other.names[0] === known.names[0] && other.about?.test(text));
}
