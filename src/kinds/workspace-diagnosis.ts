// The answer of `POST {workspace}/diagnose` (rules-catalogue R23): under which id a snapshot holds it, and its statements. Reads
// only; never throws. Codes that nobody documented are statements as all others are.
import { isArray, isObject, type Json, type JsonObject } from '../model/json.ts';
import { formatPointer, memberNames, type Pointer, valueAt } from '../model/pointer.ts';
import { listAt, textAt } from './read.ts';

export const diagnosisType = 'Microsoft.MachineLearningServices/workspaces/diagnose';
export const diagnosisAction = `${diagnosisType}/action`;
export const diagnosisOf = (workspace: string): string => `${workspace}/diagnose`;

export interface Statement {
  /** `storageAccountResults`, as the answer names it. */
  readonly category: string;
  readonly pointer: Pointer;
  readonly code: string | undefined;
  /** `Warning`, `Error`, `Information`, or whatever stands there. */
  readonly level: string | undefined;
  readonly message: string | undefined;
  readonly raw: Json;
}

/** Every statement of an answer; undefined when it is not in the documented form. */
export function statementsIn(body: JsonObject): readonly Statement[] | undefined {
  const categories = valueAt(body, '/value');
  if (!isObject(categories)) return undefined;
  const lists = memberNames(categories).map((name) => [name, `/value${formatPointer([name])}`] as const);
  if (lists.some(([, pointer]) => !isListOrNothing(valueAt(body, pointer)))) return undefined;
  return lists.flatMap(([category, pointer]) =>
    listAt(body, pointer).map((raw, index) => ({
      category,
      pointer: `${pointer}/${index}`,
      code: textAt(raw, '/code'),
      level: textAt(raw, '/level'),
      message: textAt(raw, '/message'),
      raw,
    })),
  );
}

const isListOrNothing = (value: Json | undefined): boolean => value === undefined || value === null || isArray(value);
