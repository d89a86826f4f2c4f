// Built-in policy definitions, which every tenant has and nobody creates: what their rules look at, after Azure/azure-policy at
// f4a50bacae07 (2026-04-29). Texts other than the display name are left out. Ranges of addresses are not compared here: the rule of a
// vault that restricts them is not evaluated.
import { fold } from '../gateway/address.ts';
import { type ArmObject, object } from '../json.ts';
import definitions from './built-in-definitions.json' with { type: 'json' };

const known: ReadonlyMap<string, ArmObject> = new Map(definitions.map((one) => [fold(one.id), object(one)]));

/** The built-in definition with this id; undefined where it is none of those known here. */
export const builtInDefinition = (id: string): ArmObject | undefined => known.get(fold(id));
