// Container registries: the SKU, the firewall, public network access and bypass. A rule set that is written at an api-version
// without virtual network rules loses them: it is written at the one that showed them.
import { writeVersionOf } from '../model/api-versions.ts';
import type { Change } from '../model/change.ts';
import { applyEdits, type Edit } from '../model/edit.ts';
import { isArray, isObject, type Json, type JsonObject } from '../model/json.ts';
import { type Pointer, valueAt, withMember } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { fold, nameOf } from '../model/resource-id.ts';
import { defineResourceType } from './define.ts';
import { ruleSetPlaces, ruleSetPointer } from './network-acls.ts';
import { groupOf, isUnder, patchAsPut, twinSpelling } from './parts/bodies.ts';
import { firewallEffects } from './parts/firewall-effects.ts';
import {
  accessPointer,
  firewallColumns,
  firewallReferences,
  joinedSubnets,
  madeExplicit,
  openRuleSet,
  rebuiltRules,
  ruleSetLists,
} from './parts/firewall-write.ts';
import { emptyIsNone, type ResourceShape, spelt } from './parts/normal.ts';
import { line, lines } from './parts/shell.ts';
import { connectionsPointer } from './private-link.ts';
import { objectAt, textAt } from './read.ts';
import {
  registryType,
  registryView,
  rulesAt,
  rulesById,
  rulesVersionOf,
  shownAtSku,
  subnetRulesVersions,
} from './registry-view.ts';
import type { ChangeSides, Consequence, ExtraMembers, OwnEffect, ResourceLookup } from './resource-type.ts';
import { allowedByDefault } from './storage-account.ts';

export const skuPointer = '/sku/name';
export const tasksPointer = '/properties/networkRuleBypassAllowedForTasks';
const beside: ExtraMembers = {
  members: [ruleSetPlaces.subnets],
  gap: '/virtualNetworkRules',
};
/** Whether ACR Tasks pass a closed firewall: no question where the registry is open. */
const tasks: ExtraMembers = {
  members: [tasksPointer],
  gap: '/networkRuleBypassAllowedForTasks',
  when: (body) =>
    fold(textAt(body, ruleSetPlaces.action) ?? '') === 'deny' || fold(textAt(body, accessPointer) ?? '') === 'disabled',
};
const { bypass } = ruleSetPlaces;

const shape: ResourceShape = {
  volatile: ['/sku/tier', '/properties/status'],
  sets: ruleSetLists,
  rewrite: {
    [connectionsPointer]: emptyIsNone,
    [`${ruleSetPlaces.subnets}/*/action`]: allowedByDefault,
    [`${ruleSetPlaces.addresses}/*/action`]: allowedByDefault,
    [ruleSetPlaces.action]: spelt(['Allow', 'Deny'], 'Allow'),
    // A registry below Premium has none, which allows all networks, like the explicit open one.
    [ruleSetPointer]: (value) => value ?? { defaultAction: 'Allow' },
    [bypass]: spelt(['AzureServices', 'None'], 'AzureServices'),
    [accessPointer]: spelt(['Enabled', 'Disabled', 'SecuredByPerimeter'], 'Enabled'),
    [skuPointer]: spelt(['Classic', 'Basic', 'Standard', 'Premium']),
  },
};

/** Every pointer that is written, and the value that unsets the member. */
const plain: Readonly<Record<string, Json>> = { [accessPointer]: 'Enabled', [bypass]: 'AzureServices' };
/** What members mean that are not set. */
const meanings: Readonly<Record<Pointer, Json>> = {
  ...plain,
  [ruleSetPointer]: openRuleSet,
  [ruleSetPlaces.action]: 'Allow',
  [tasksPointer]: false,
};
const isWritten = (edit: Edit): boolean =>
  edit.pointer === skuPointer ||
  edit.pointer === tasksPointer ||
  edit.pointer in plain ||
  isUnder(edit, ruleSetPointer);

/** Are there subnet rules, or may there be? Then no write uses an api-version that would lose them. */
const rests = (registry: Resource): boolean => {
  const { acls, subnetRulesHidden } = registryView(registry);
  return subnetRulesHidden || (typeof acls !== 'string' && acls.subnetRules.length > 0);
};

/** `properties` of the PATCH, or a sentence why the rules are not sent. */
function propertiesOf(edits: readonly Edit[], current: Resource, after: JsonObject): JsonObject | string {
  let properties: JsonObject = {};
  for (const [pointer, unset] of Object.entries(plain)) {
    if (!edits.some((edit) => edit.pointer === pointer)) continue;
    properties = withMember(properties, pointer.split('/').at(-1) ?? '', valueAt(after, pointer) ?? unset);
  }
  if (!edits.some((edit) => isUnder(edit, ruleSetPointer))) return properties;
  if (registryView(current).subnetRulesHidden) {
    return `The subnet rules of the registry were not read (they need api-version ${subnetRulesVersions.join(' or ')}). Bastide changes the rules only after reading them.`;
  }
  const rules = valueAt(after, ruleSetPointer) ?? openRuleSet;
  if (!isObject(rules)) return 'The network rules of the container registry have an unexpected format.';
  const rebuilt = rebuiltRules(rules, ['virtualNetworkRules', 'ipRules']);
  return withMember(properties, 'networkRuleSet', rulesAt(rebuilt, rulesVersionOf(current)));
}

/** Other changes in a registry after a change of its SKU. */
function skuSideEffects(change: Change, seen: ResourceLookup): Consequence {
  const after = seen.resource(change.resource);
  const resized = change.kind === 'edit' && change.edits.some((edit) => edit.pointer === skuPointer);
  return { put: after && resized ? [shownAtSku(after)] : [], gone: [] };
}

/** What a run of ACR Tasks does with its identity, it does past the firewall. */
function tasksEffects({ id, before, after }: ChangeSides): OwnEffect[] {
  const [was, is] = [before, after].map((one) => valueAt(one?.body ?? {}, tasksPointer) === true);
  if (was === is) return [];
  const detail = `ACR Tasks of every user ${is ? 'bypass' : 'no longer bypass'} the firewall of ${nameOf(id)}.`;
  return [{ kind: is ? 'relaxes' : 'restricts', now: is ? 'opens' : 'cutsOff', detail, subject: 'ACR Tasks' }];
}

export const registry = defineResourceType({
  type: registryType,
  label: 'container registry',
  decidesPackets: true,
  plural: 'container registries',
  shape,
  extraMembers: [beside, tasks],
  asRead: rulesById,
  columns: [{ title: 'SKU', value: (resource) => registryView(resource).sku ?? '' }, ...firewallColumns],
  references: (body) => firewallReferences(registryView({ id: '', type: registryType, apiVersion: '', body })),
  instead: madeExplicit(meanings),
  mayRefuseUndo: ({ edits }) =>
    edits.some(({ pointer }) => pointer === skuPointer)
      ? 'the smaller SKU can be restored only when no feature of the larger SKU is in use.'
      : null,
  effects: (sides) => [...firewallEffects(sides), ...tasksEffects(sides)],
  sideEffects: skuSideEffects,
  write(change, current) {
    if (change.kind !== 'edit') return 'Bastide does not create or delete a container registry.';
    if (current === null)
      return 'The container registry was not read. Bastide changes its firewall only after reading it.';
    const { edits, resource: id } = change;
    const strange = edits.find((edit) => !isWritten(edit));
    if (strange) return `Bastide does not write ${strange.pointer} of a container registry.`;
    const twin = twinSpelling(current.body, edits);
    if (twin !== undefined) return twin;
    const after = applyEdits(current.body, edits);
    if (edits.some((edit) => edit.pointer === tasksPointer)) {
      if (edits.length > 1) return 'The bypass for ACR Tasks is written alone: apply the other changes first.';
      const value = valueAt(after, tasksPointer) ?? false;
      const body = { properties: { networkRuleBypassAllowedForTasks: value } };
      return { method: 'PATCH', id, apiVersion: writeVersionOf(registryType), body };
    }
    const properties = propertiesOf(edits, current, after);
    if (typeof properties === 'string') return properties;
    const others = Object.keys(properties).length > 0;
    const resized = edits.some((edit) => edit.pointer === skuPointer);
    const bare: JsonObject = resized ? { sku: { name: valueAt(after, skuPointer) ?? null } } : {};
    const withRules = others && ('networkRuleSet' in properties || rests(current));
    return {
      method: 'PATCH',
      id,
      apiVersion: withRules ? rulesVersionOf(current) : writeVersionOf(registryType),
      body: others ? { ...bare, properties } : bare,
    };
  },
  toTemplatePut(after, patch) {
    const view = registryView({ id: patch.id, type: registryType, apiVersion: patch.apiVersion, body: after });
    const { acls, subnetRulesHidden } = view;
    if (subnetRulesHidden || (typeof acls !== 'string' && acls.subnetRules.length > 0)) {
      return 'Azure may ignore the virtual network rules of a registry in a template, which would block the subnets they allow.';
    }
    const put = patchAsPut(after, patch, ['loginServer', 'creationDate', 'status']);
    return { ...put, body: { ...put.body, sku: { name: objectAt(after, '/sku')?.name ?? null } } };
  },
  az: (change) => lines(registryLines(['-g', groupOf(change.resource), '-n', nameOf(change.resource)], change.edits)),
  alsoNeeds: (change, current) => joinedSubnets(change, current, registryType),
});

// The Azure CLI lines for a change of a registry.

const text = (value: Json | undefined, otherwise: string): string => (typeof value === 'string' ? value : otherwise);
const yes = (value: boolean): string => (value ? 'true' : 'false');

/** Flags of `az acr update` for a member. */
const flagsOf: Readonly<Record<Pointer, (value: Json | undefined) => readonly string[]>> = {
  [skuPointer]: (value) => ['--sku', text(value, 'Basic')],
  [ruleSetPlaces.action]: (value) => ['--default-action', text(value, 'Allow')],
  [accessPointer]: (value) => ['--public-network-enabled', yes(text(value, 'Enabled').toLowerCase() !== 'disabled')],
  [ruleSetPlaces.bypass]: (value) => [
    '--allow-trusted-services',
    yes(text(value, 'AzureServices').toLowerCase() !== 'none'),
  ],
  [tasksPointer]: (value) => ['--set', `networkRuleBypassAllowedForTasks=${yes(value === true)}`],
};

/** The lines of a change, the flags of one `az acr update` together. `at`: `-g RG -n NAME`. */
function registryLines(at: readonly string[], edits: readonly Edit[]): string[] {
  const flags: string[] = [];
  const rules: string[] = [];
  const one = (op: 'add' | 'remove', item: Json): void => {
    const subnet = textAt(item, '/id');
    const address = typeof item === 'string' ? item : textAt(item, '/value');
    const words = subnet !== undefined ? ['--subnet', subnet] : address !== undefined ? ['--ip-address', address] : [];
    if (words.length > 0) rules.push(line('az', 'acr', 'network-rule', op, at, words));
  };
  for (const edit of edits) {
    if (edit.op === 'add') one('add', edit.after);
    else if (edit.op === 'remove') one('remove', edit.before);
    else if (edit.pointer === ruleSetPointer) {
      const whole = edit.after ?? openRuleSet;
      flags.push(...(flagsOf[ruleSetPlaces.action]?.(textAt(whole, '/defaultAction')) ?? []));
      for (const list of ['virtualNetworkRules', 'ipRules']) {
        const items = valueAt(whole, `/${list}`);
        if (isArray(items)) for (const item of items) one('add', item);
      }
    } else flags.push(...(flagsOf[edit.pointer]?.(edit.after) ?? []));
  }
  return [...rules, ...(flags.length > 0 ? [line('az', 'acr', 'update', at, flags)] : [])];
}
