// Which rules Azure Firewall refuses, classic and in a policy. The code for addresses is Azure's own (terraform-provider-azurerm
// issue 8312), as are the sentences about names in network rules (azure-sdk-for-go 11094, azure-cli 18932); the other codes are
// not published and follow the same pattern.
import { fold } from '../../gateway/address.ts';
import { type ArmError, networkError } from '../../gateway/answer.ts';
import { type ArmObject, at, isObject, JsonNumber, list, text } from '../../json.ts';
import { rangeOf } from '../ipv4.ts';
import { missingValue } from './references.ts';

const [lowest, highest] = [100, 65000];

/** `AzureFirewall`: classic rules; `FirewallPolicy`: those of a rule collection group. Its codes begin so. */
export type RuleFamily = 'AzureFirewall' | 'FirewallPolicy';
export interface RulesAround {
  readonly family: RuleFamily;
}

export const priorityIn = (holder: ArmObject | undefined, ...path: string[]): number => {
  const priority = at(holder, ...path, 'priority');
  return priority instanceof JsonNumber ? Number(priority.text) : Number.NaN;
};
export const isPriority = (value: number): boolean => value >= lowest && value <= highest && Number.isInteger(value);
export const priorityRange = `a priority from ${lowest} to ${highest}`;

const refused = (around: RulesAround, what: string, message: string): ArmError =>
  networkError(400, `${around.family}${what}`, message);

/** `parent`: the member that holds priority, action and rules; '' where the collection itself does. */
export function checkCollections(
  collections: readonly ArmObject[],
  parent: '' | 'properties',
  kindOf: (collection: ArmObject, rule: ArmObject) => 'nat' | 'network' | 'application',
  around: RulesAround,
): void {
  const path = parent === '' ? [] : [parent];
  const names = new Set<string>();
  const priorities = new Map<number, string>();
  for (const collection of collections) {
    const name = text(collection, 'name');
    if (name === undefined || name === '') throw missingValue('ruleCollections[].name');
    if (names.has(fold(name))) {
      throw refused(around, 'RuleCollectionDuplicateName', `There is more than one rule collection named ${name}.`);
    }
    names.add(fold(name));
    const priority = priorityIn(collection, ...path);
    if (!isPriority(priority)) {
      throw refused(around, 'RuleCollectionInvalidPriority', `Rule collection ${name} needs ${priorityRange}.`);
    }
    const rival = priorities.get(priority);
    if (rival !== undefined) {
      const message = `Rule collections ${rival} and ${name} have the same priority ${priority}.`;
      throw refused(around, 'RuleCollectionInvalidPriority', message);
    }
    priorities.set(priority, name);
    const action = fold(text(collection, ...path, 'action', 'type') ?? '');
    const rules = list(collection, ...path, 'rules').filter(isObject);
    const kinds = new Set(rules.map((rule) => kindOf(collection, rule)));
    if (kinds.size > 1) {
      throw refused(around, 'RuleCollectionMixedRuleTypes', `The rules of collection ${name} are of different types.`);
    }
    const fitting = kinds.has('nat') ? ['dnat', 'snat'] : ['allow', 'deny'];
    if (kinds.size > 0 && !fitting.includes(action)) {
      throw refused(
        around,
        'RuleCollectionInvalidAction',
        `The action of rule collection ${name} does not fit its rules.`,
      );
    }
    checkNames(rules, name, around);
    for (const rule of rules) checkRule(rule, kindOf(collection, rule), name, around);
  }
}

function checkNames(rules: readonly ArmObject[], collection: string, around: RulesAround): void {
  const met = new Set<string>();
  for (const rule of rules) {
    const name = text(rule, 'name');
    if (name === undefined || name === '') throw missingValue('rules[].name');
    if (met.has(fold(name))) {
      const message = `Rule collection ${collection} has more than one rule named ${name}.`;
      throw refused(around, 'RuleDuplicateName', message);
    }
    met.add(fold(name));
  }
}

const textsOf = (rule: ArmObject, member: string): string[] =>
  list(rule, member).filter((item): item is string => typeof item === 'string');
const isFilled = (rule: ArmObject, ...members: string[]): boolean =>
  members.some((member) => list(rule, member).length > 0);

/** An address, a block without host bits, a range, `*`. */
function isAddress(value: string): boolean {
  if (value === '*' || value.includes(':')) return true;
  const ends = value.split('-').map((part) => rangeOf(part.trim()));
  const [first, last] = ends;
  if (ends.length === 2) return first?.isCidr === false && last?.isCidr === false && first.first <= last.first;
  return ends.length === 1 && first !== undefined && !first.hasHostBits;
}
/** A tag, of a region or not; a host name has more dots, or none that Azure knows. */
const isTag = (value: string): boolean => /^[A-Za-z][A-Za-z0-9]+(\.[A-Za-z0-9]+)?$/.test(value);
const isPorts = (value: string): boolean => {
  if (value === '*') return true;
  const [, low, high = low] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(value) ?? [];
  return low !== undefined && Number(low) <= Number(high) && Number(high) <= 65535;
};
const isHost = (value: string): boolean => /^(\*|\*?\.?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*)$/.test(value);

function checkRule(
  rule: ArmObject,
  kind: 'nat' | 'network' | 'application',
  _collection: string,
  around: RulesAround,
): void {
  const name = text(rule, 'name') ?? '';
  const words = around.family === 'AzureFirewall' ? 'AzureFirewallRule' : 'FirewallPolicyRule';
  const badAddress = (value: string): ArmError =>
    refused(
      around,
      'RuleInvalidIpAddressOrRangeFormat',
      `${words} ${name}: Invalid IP address value or range or Service Tag ${value}.`,
    );
  if (!isFilled(rule, 'sourceAddresses', 'sourceIpGroups')) {
    const message = `${words} ${name} must have one of sourceAddresses or sourceIpGroups specified.`;
    throw refused(around, 'RuleMissingSource', message);
  }
  // A tag is a destination, never a source.
  for (const value of textsOf(rule, 'sourceAddresses')) if (!isAddress(value)) throw badAddress(value);
  if (kind === 'application') {
    checkApplication(rule, name, around);
    return;
  }
  for (const value of textsOf(rule, 'destinationAddresses')) {
    if (!isAddress(value) && !isTag(value)) throw badAddress(value);
  }
  const ports = textsOf(rule, 'destinationPorts');
  const wrong = ports.find((value) => !isPorts(value));
  if (wrong !== undefined || ports.length === 0) {
    const message = `${words} ${name}: Invalid port value or range ${wrong ?? 'nothing'}.`;
    throw refused(around, 'RuleInvalidPortOrRangeFormat', message);
  }
  if (kind === 'nat') return;
  if (!isFilled(rule, 'destinationAddresses', 'destinationIpGroups', 'destinationFqdns')) {
    const message = `Network Rule ${name} must have one of destinationAddresses, destinationIpGroups or destinationFqdns specified`;
    throw refused(around, 'RuleMissingDestination', message);
  }
}

function checkApplication(rule: ArmObject, name: string, around: RulesAround): void {
  if (!isFilled(rule, 'targetFqdns', 'fqdnTags', 'targetUrls', 'webCategories')) {
    throw refused(around, 'RuleMissingDestination', `Application Rule ${name} must have a target specified.`);
  }
  const wrong = textsOf(rule, 'targetFqdns').find((value) => !isHost(value));
  if (wrong !== undefined) {
    throw refused(around, 'RuleInvalidFqdn', `Application Rule ${name}: ${wrong} is not a valid FQDN.`);
  }
  const protocols = list(rule, 'protocols').filter(isObject);
  const odd = protocols.some((item) => {
    const port = at(item, 'port');
    const number = port instanceof JsonNumber ? Number(port.text) : Number.NaN;
    return !/^(https?|mssql)$/i.test(text(item, 'protocolType') ?? '') || !(number >= 0 && number <= 64000);
  });
  if (odd || (protocols.length === 0 && !isFilled(rule, 'fqdnTags', 'targetUrls'))) {
    throw refused(around, 'RuleInvalidProtocol', `Application Rule ${name} needs protocols with ports.`);
  }
}
