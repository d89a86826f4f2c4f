// What the workspaces of the world "fleet" are made of: for each architecture and set of faults the documents of one workspace, cut
// into literal text and names, so that another workspace is the same text with other names.
import { type ArmJson, at, list, parseJson, stringifyJson, text } from '../json.ts';
import { worldText } from '../json-file.ts';
import { filled } from './pieces.ts';
import { inFull, patched, resourcesOf, type WorldFault } from './world.ts';

export type FleetWorldArchitecture = 'service endpoints' | 'private endpoints' | 'managed network';

/** Names that differ from workspace to workspace. */
export interface FleetNames {
  readonly subscription: string;
  /** Path of the hub's resource group, of the group of its zones, and what the names of its resources end with. */
  readonly hub: string;
  readonly zones: string;
  /** Path of the resource group of the network team in the subscription; security groups and route tables are in it. */
  readonly team: string;
  readonly hubName: string;
  readonly group: string;
  readonly workspace: string;
  /** In the names of resources; letters and digits alone. */
  readonly code: string;
  /** Second number of its addresses. */
  readonly block: number;
  readonly workspaceGuid: string;
  readonly principal: string;
  readonly notebook: string;
  /** Path, name and group of the account that it shares with others; its own where it shares none. */
  readonly dataAccount: string;
  readonly dataGroup: string;
  readonly dataAccountName: string;
  /** The address that its outbound traffic comes from. */
  readonly publicAddress: string;
}

interface FleetFile {
  /** What stands in the templates, longest first, and what replaces it: texts with names in braces. */
  readonly names: Readonly<Record<string, string>>;
  readonly architectures: Readonly<
    Record<FleetWorldArchitecture, { readonly sets: readonly { readonly faults: readonly WorldFault[] }[] }>
  >;
}
let read: FleetFile | undefined;
const fleetFile = (): FleetFile => {
  read ??= JSON.parse(worldText('fleet')) as FleetFile;
  return read;
};
/** The same, for what changes it or holds numbers. */
export const fleetParts = (...path: readonly string[]): ArmJson | undefined =>
  at(parseJson(worldText('fleet')), ...path);

const escaped = (found: string): string => found.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
let pattern: RegExp | undefined;
/** Literal text and names, in turn. */
export function cutText(whole: string): string[] {
  pattern ??= new RegExp(`(${Object.keys(fleetFile().names).map(escaped).join('|')})`);
  return whole.split(pattern);
}

const replacements = new WeakMap<FleetNames, ReadonlyMap<string, string>>();
function replacementsFor(names: FleetNames): ReadonlyMap<string, string> {
  const known = replacements.get(names);
  if (known) return known;
  const values = {
    ...names,
    block: String(names.block),
    dataSubscription: names.dataAccount.split('/')[2],
    dataAccountInLowerCase: names.dataAccount.toLowerCase(),
  };
  const own = new Map(Object.entries(fleetFile().names).map(([found, text]) => [found, String(filled(text, values))]));
  replacements.set(names, own);
  return own;
}

/** A text with the names of one workspace. */
export function named(cut: readonly string[], names: FleetNames): string {
  const replaced = replacementsFor(names);
  let made = '';
  for (const [index, part] of cut.entries()) made += index % 2 === 0 ? part : (replaced.get(part) ?? part);
  return made;
}
/** The same of a text that was not cut. */
export const placed = (text: string, names: FleetNames): string => named(cutText(text), names);

interface TemplateDocument {
  readonly id: readonly string[];
  readonly body: readonly string[];
}
export interface FleetTemplate {
  readonly architecture: FleetWorldArchitecture;
  readonly documents: readonly TemplateDocument[];
  readonly faults: readonly WorldFault[];
  readonly usesHub: boolean;
  readonly sharesAccount: boolean;
}

/** How many sets of faults there are for workspaces of an architecture; the first is none. */
export const faultSetsOf = (architecture: FleetWorldArchitecture): number =>
  fleetFile().architectures[architecture].sets.length;

const made = new Map<string, FleetTemplate>();

/**
 * The closed world of the architecture with a set of faults, built once for each combination. `usesHub`: its compute subnets use the
 * security group and the route table of the hub.
 */
export function fleetTemplate(
  architecture: FleetWorldArchitecture,
  set: number,
  usesHub: boolean,
  sharesAccount: boolean,
): FleetTemplate {
  const key = [architecture, set, usesHub, sharesAccount].join();
  const known = made.get(key);
  if (known) return known;
  const file = fleetParts();
  const own = at(file, 'architectures', architecture);
  const patches = [
    own,
    ...(usesHub ? [at(own, 'hub')] : []),
    ...(sharesAccount ? [at(own, 'shared')] : []),
    list(own, 'sets')[set],
  ];
  const bodies = [
    ...patches.reduce(patched, resourcesOf(text(own, 'from') ?? '')),
    ...list(file, 'besides'),
    ...(usesHub ? list(file, 'site') : []),
  ];
  const template = {
    ...{ architecture, usesHub, sharesAccount },
    documents: bodies.map((body) => ({ id: cutText(text(body, 'id') ?? ''), body: cutText(stringifyJson(body)) })),
    faults: (fleetFile().architectures[architecture].sets[set]?.faults ?? []).map(inFull),
  };
  made.set(key, template);
  return template;
}
