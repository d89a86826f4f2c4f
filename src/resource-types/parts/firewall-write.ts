// How the firewall of a storage account, key vault or registry is written: the whole object, built from the last read; and
// the Azure CLI lines for the first two.
import type { Change } from '../../model/change.ts';
import { applyEdits, type Edit, type ListKey } from '../../model/edit.ts';
import { isArray, isObject, type Json, type JsonObject, stringifyJson } from '../../model/json.ts';
import { type Pointer, parsePointer, valueAt, withMember } from '../../model/pointer.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, sameId } from '../../model/resource-id.ts';
import { both, noAddress, readPrefixes } from '../../net/addresses.ts';
import { publicSpace } from '../../net/facts.ts';
import type { Legality } from '../../net/ip-rules.ts';
import {
  aclsPointer,
  type Firewall,
  firewallPlaces,
  formatBypass,
  parseBypass,
  ruleSetPlaces,
} from '../network-acls.ts';
import { listAt, textAt } from '../read.ts';
import type { Column, ResourceType } from '../resource-type.ts';
import { actionOn, isUnder, twinSpelling, without } from './bodies.ts';
import { line } from './shell.ts';

export const subnetsPointer = `${aclsPointer}/virtualNetworkRules`;
export const addressesPointer = `${aclsPointer}/ipRules`;
export const instancesPointer = `${aclsPointer}/resourceAccessRules`;
export const accessPointer = '/properties/publicNetworkAccess';

/** Lists of the rule object with their keys. */
export const ruleSetLists: Readonly<Record<string, ListKey>> = {
  [ruleSetPlaces.subnets]: { member: 'id', fold: true },
  [ruleSetPlaces.addresses]: { member: 'value', fold: false },
};
export const firewallLists: Readonly<Record<string, ListKey>> = {
  [subnetsPointer]: { member: 'id', fold: true },
  [addressesPointer]: { member: 'value', fold: false },
  [instancesPointer]: { member: 'resourceId', fold: true },
  [`${aclsPointer}/ipv6Rules`]: { member: 'value', fold: true },
};

/** The explicit form of an absent rule object. */
export const openAcls: JsonObject = {
  bypass: 'AzureServices',
  defaultAction: 'Allow',
  ipRules: [],
  virtualNetworkRules: [],
};

/** The same for a registry; its bypass is beside the rule object. */
export const openRuleSet: JsonObject = { defaultAction: 'Allow', virtualNetworkRules: [], ipRules: [] };

/** What an absent rule object of this type means. */
export const openRulesOf = (type: string): JsonObject =>
  firewallPlaces(type) === ruleSetPlaces ? openRuleSet : openAcls;

/**
 * What an undo sends for a member that was not set: a PATCH keeps what it does not name, so none unsets a member. `meanings`: what each
 * absent member means, by its pointer.
 */
export const madeExplicit =
  (meanings: Readonly<Record<Pointer, Json>>) =>
  (inverse: Edit): Edit => {
    const meaning = meanings[inverse.pointer];
    const unsets = inverse.op === 'set' && (inverse.after ?? null) === null;
    return unsets && meaning !== undefined ? { ...inverse, after: meaning } : inverse;
  };

/** Settings beside the rule object that are written: the value that unsets each, and the flag of `update` that writes it. */
export type PlainSettings = Readonly<Record<Pointer, { readonly unset: string | boolean; readonly flag: string }>>;
/** Those of accounts and of key vaults. */
export const accessSetting: PlainSettings = { [accessPointer]: { unset: 'Enabled', flag: '--public-network-access' } };

/** What absent members of accounts and of key vaults mean (REST references of both, version 2023-01-01 and 2023-07-01). */
export const aclsMeanings: Readonly<Record<Pointer, Json>> = {
  [aclsPointer]: openAcls,
  [`${aclsPointer}/defaultAction`]: 'Allow',
  [`${aclsPointer}/bypass`]: 'AzureServices',
  [accessPointer]: 'Enabled',
};

/** `properties` of the PATCH, or a sentence why it is not sent. `fill`: lists that the service requires even when empty. */
export function firewallPatch(
  label: string,
  change: Change,
  current: Resource | null,
  fill: readonly string[],
  settings: PlainSettings,
): JsonObject | string {
  if (change.kind !== 'edit') return `Bastide does not create or delete a ${label}.`;
  if (current === null) return `The ${label} was not read. Bastide changes its firewall only after reading it.`;
  const strange = change.edits.find((edit) => !isUnder(edit, aclsPointer) && !(edit.pointer in settings));
  if (strange) return `Bastide does not write ${strange.pointer} of a ${label}.`;
  const twin = twinSpelling(current.body, change.edits);
  if (twin !== undefined) return twin;
  const after = applyEdits(current.body, change.edits);
  let properties: JsonObject = {};
  for (const [pointer, { unset }] of Object.entries(settings)) {
    if (!change.edits.some((edit) => edit.pointer === pointer)) continue;
    properties = withMember(properties, parsePointer(pointer).at(-1) ?? '', valueAt(after, pointer) ?? unset);
  }
  if (change.edits.some((edit) => isUnder(edit, aclsPointer))) {
    const acls = valueAt(after, aclsPointer);
    if (acls !== undefined && acls !== null && !isObject(acls))
      return `The firewall of the ${label} has an unexpected format.`;
    properties = withMember(properties, 'networkAcls', rebuiltRules(acls ?? openAcls, fill));
  }
  return properties;
}

/** The rule object as it is sent: `state` is the service's, everything else is sent back unchanged. */
export function rebuiltRules(acls: JsonObject, fill: readonly string[]): JsonObject {
  let whole = acls;
  const rules = whole.virtualNetworkRules;
  if (isArray(rules)) {
    const bare = rules.map((rule) => (isObject(rule) ? without(rule, ['state']) : rule));
    whole = withMember(whole, 'virtualNetworkRules', bare);
  }
  if (typeof whole.defaultAction !== 'string') whole = withMember(whole, 'defaultAction', 'Allow');
  for (const list of fill) if (!isArray(whole[list])) whole = withMember(whole, list, []);
  return whole;
}

/** Subnets that the edits newly allow: the caller needs the right to join each. */
function allowedSubnets(edits: readonly Edit[], type = ''): string[] {
  const { rules, subnets } = firewallPlaces(type);
  const lists = edits.flatMap((edit): readonly Json[] => {
    if (edit.op === 'add' && edit.pointer === subnets) return [edit.after];
    if (edit.op !== 'set' || edit.after === undefined) return [];
    const inside = edit.pointer === rules ? valueAt(edit.after, '/virtualNetworkRules') : edit.after;
    return (edit.pointer === rules || edit.pointer === subnets) && isArray(inside) ? inside : [];
  });
  return lists.flatMap((rule) => textAt(rule, '/id') ?? []);
}

/**
 * The right to join every subnet of the rules that a write sends: the service checks those that are there already again with the
 * new ones.
 */
export function joinedSubnets(
  change: Change,
  current: Resource | undefined,
  type = '',
): ReturnType<ResourceType['needs']> {
  const { rules, subnets } = firewallPlaces(type);
  if (!change.edits.some((edit) => isUnder(edit, rules))) return [];
  const removed = change.edits.flatMap((edit) =>
    edit.op === 'remove' && edit.pointer === subnets ? (textAt(edit.before, '/id') ?? []) : [],
  );
  const kept = listAt(current?.body, subnets)
    .flatMap((rule) => textAt(rule, '/id') ?? [])
    .filter((id) => !removed.some((one) => sameId(one, id)));
  const all = new Map([...allowedSubnets(change.edits, type), ...kept].map((id) => [fold(id), id]));
  return [...all.values()].map((id) =>
    actionOn('Microsoft.Network/virtualNetworks/subnets/joinViaServiceEndpoint/action', id),
  );
}

export interface FirewallCli {
  /** `az storage account update -g RG -n N` */
  readonly update: readonly string[];
  /** Words before and after `add` or `remove`: `az storage account network-rule`, `-g RG --account-name N`. */
  readonly rule: readonly [readonly string[], readonly string[]];
  /** The rule object in `update`: `networkRuleSet`. */
  readonly acls: string;
  readonly settings: PlainSettings;
}

/** The Azure CLI lines for edits of a firewall and of settings beside it, the flags of one `update` together. */
export function firewallLines(cli: FirewallCli, edits: readonly Edit[]): string[] {
  const flags: string[] = [];
  const rules: string[] = [];
  const one = (op: 'add' | 'remove', list: string, item: Json) => {
    const words = ruleWords(list, item);
    if (words.length > 0) rules.push(line(cli.rule[0], op, cli.rule[1], words));
  };
  const whole = (acls: Json | undefined) => {
    const object = isObject(acls) ? acls : openAcls;
    flags.push('--default-action', textAt(object, '/defaultAction') ?? 'Allow');
    flags.push('--bypass', ...bypassWords(textAt(object, '/bypass') ?? 'AzureServices'));
    for (const list of ['virtualNetworkRules', 'ipRules', 'resourceAccessRules']) {
      const items = object[list];
      if (isArray(items)) for (const item of items) one('add', `${aclsPointer}/${list}`, item);
    }
  };
  const together = removedTogether(cli, edits);
  for (const edit of edits) {
    if (edit.op === 'remove' && together.length > 0) continue;
    if (edit.op === 'add') one('add', edit.pointer, edit.after);
    else if (edit.op === 'remove') one('remove', edit.pointer, edit.before);
    else if (edit.pointer === aclsPointer) whole(edit.after);
    else if (edit.pointer === `${aclsPointer}/defaultAction`) flags.push('--default-action', text(edit.after, 'Allow'));
    else if (edit.pointer === `${aclsPointer}/bypass`) {
      flags.push('--bypass', ...bypassWords(text(edit.after, 'AzureServices')));
    } else {
      const setting = cli.settings[edit.pointer];
      if (setting !== undefined) flags.push(setting.flag, settingWord(edit.after ?? setting.unset));
    }
  }
  return [...together, ...rules, ...(flags.length > 0 ? [line(cli.update, flags)] : [])];
}

/** Several entries are removed in one write: an invalid one that stays would make Azure reject the write. */
function removedTogether({ update, acls }: FirewallCli, edits: readonly Edit[]): string[] {
  const words = edits.flatMap((edit) =>
    edit.op !== 'remove' || edit.at === undefined
      ? []
      : ['--remove', edit.pointer.replace(`${aclsPointer}/`, `${acls}.`), String(edit.at)],
  );
  return words.length > 3 && edits.every((edit) => edit.op !== 'remove' || edit.at !== undefined)
    ? [line(update, words)]
    : [];
}

const text = (value: Json | undefined, otherwise: string): string => (typeof value === 'string' ? value : otherwise);

/** As the CLI spells it: `Enabled`, `true`. */
const settingWord = (value: Json): string =>
  typeof value === 'string' ? value.charAt(0).toUpperCase() + value.slice(1) : stringifyJson(value);

/** `AzureServices` first, as in the CLI's help; the empty set is `None`. */
function bypassWords(value: string): string[] {
  const names = [...parseBypass(value)].toSorted();
  return names.length > 0 ? names : [formatBypass(new Set())];
}

function ruleWords(list: string, item: Json): string[] {
  if (list === subnetsPointer) {
    const id = textAt(item, '/id');
    return id === undefined ? [] : ['--subnet', id];
  }
  if (list === addressesPointer) {
    const value = typeof item === 'string' ? item : textAt(item, '/value');
    return value === undefined ? [] : ['--ip-address', value];
  }
  if (list !== instancesPointer) return [];
  const resourceId = textAt(item, '/resourceId');
  const tenantId = textAt(item, '/tenantId');
  if (resourceId === undefined) return [];
  return ['--resource-id', resourceId, ...(tenantId === undefined ? [] : ['--tenant-id', tenantId])];
}

/** `Deny`, `Allow`, or why neither, for a column. */
const firewallText = (resource: Resource): string => {
  const acls = valueAt(resource.body, firewallPlaces(resource.type).rules);
  if (textAt(resource.body, accessPointer)?.toLowerCase() === 'disabled') return 'public access disabled';
  return isObject(acls) ? (textAt(acls, '/defaultAction') ?? '') : 'no rules';
};

const ruleCount = (resource: Resource): string => {
  const count = (list: string) => {
    const rules = valueAt(resource.body, list);
    return isArray(rules) ? rules.length : 0;
  };
  const { subnets, addresses } = firewallPlaces(resource.type);
  return `${count(subnets)} subnet, ${count(addresses)} IP`;
};

/** Does an item of a firewall name public addresses? */
export function namesPublicAddresses(item: Json): boolean {
  const text = typeof item === 'string' ? item : textAt(item, '/value');
  return text !== undefined && !noAddress(both(readPrefixes([text]).addresses, publicSpace));
}

/** Why Azure would reject an IP rule that an edit adds. */
export function refusedAddress(edit: Edit, legality: (value: string) => Legality): string | null {
  if (edit.op !== 'add' || edit.pointer !== addressesPointer) return null;
  const value = typeof edit.after === 'string' ? edit.after : textAt(edit.after, '/value');
  if (value === undefined) return null;
  const verdict = legality(value);
  return verdict.legal ? null : `the IP rule ${value} is not restored: ${verdict.reason}`;
}

/** The display of the firewall of an account, vault or registry. */
export const firewallColumns: readonly Column[] = [
  { title: 'Firewall', value: firewallText },
  { title: 'Rules', value: ruleCount },
  { title: 'Bypass', value: ({ body, type }) => textAt(body, firewallPlaces(type).bypass) ?? '' },
  { title: 'Region', value: ({ body }) => textAt(body, '/location') ?? '' },
];

/** The subnets that a firewall allows, and the private endpoints to it. */
export function firewallReferences({ acls, endpointConnections }: Firewall): string[] {
  const subnets = typeof acls === 'string' ? [] : acls.subnetRules.map(({ id }) => id);
  return [...subnets, ...endpointConnections.flatMap(({ endpointId }) => endpointId ?? [])];
}
