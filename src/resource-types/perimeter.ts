// Network security perimeters: who can connect to a storage account or a key vault that is associated with one, as a table, and
// the resource types of its parts. The configuration that the account shows is what Azure applies; the association and the access
// rules are what is written.
import type { Change } from '../model/change.ts';
import { isArray, isObject, type Json, type JsonObject } from '../model/json.ts';
import { updateAt, valueAt } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { fold, nameOf, parentId, sameId, typeOf } from '../model/resource-id.ts';
import { type Addresses, without as minus, noAddress, readPrefixes } from '../net/addresses.ts';
import { defineResourceType } from './define.ts';
import { actionOn, groupOf, withoutComputed } from './parts/bodies.ts';
import { addressCount, effectivelyAny, named, sizeOf } from './parts/effects.ts';
import { type ResourceShape, spelt } from './parts/normal.ts';
import { line } from './parts/shell.ts';
import { enumAt, lazyMembers, listAt, memoizePerResource, textAt, textsAt } from './read.ts';
import type { ChangeSides, Consequence, OwnEffect, ResourceLookup } from './resource-type.ts';

/** How a resource is associated. `none`: with no perimeter. Azure's pages say Transition for Learning. */
export type PerimeterMode = 'none' | 'learning' | 'enforced';
export type AccessSwitch = 'Enabled' | 'Disabled' | 'SecuredByPerimeter';
/** What decides on public inbound traffic; `rules` are the access rules of the perimeter's profile, and its members. */
export type PublicInbound = 'firewall' | 'rules or firewall' | 'rules' | 'closed';
/** What decides on trusted Azure services. `unclear`: Microsoft's pages contradict each other. */
export type TrustedInbound = 'bypass' | 'denied' | 'unclear';

interface Decision {
  readonly inbound: PublicInbound;
  readonly trusted: TrustedInbound;
}
const decision = (inbound: PublicInbound, trusted: TrustedInbound): Decision => ({ inbound, trusted });

/**
 * Who can connect without a private endpoint, by `publicNetworkAccess` and `accessMode`. Private endpoints are allowed in every
 * cell (Microsoft Learn, "Transition to a network security perimeter", 2024-06-04; of trusted services in Learning also
 * "Network security perimeter for Azure Storage", 2025-07-27).
 */
export const perimeterTable: Readonly<Record<AccessSwitch, Readonly<Record<PerimeterMode, Decision>>>> = {
  Enabled: {
    none: decision('firewall', 'bypass'),
    learning: decision('rules or firewall', 'bypass'),
    enforced: decision('rules', 'denied'),
  },
  Disabled: {
    none: decision('closed', 'bypass'),
    learning: decision('rules', 'bypass'),
    enforced: decision('rules', 'denied'),
  },
  SecuredByPerimeter: {
    none: decision('closed', 'denied'),
    learning: decision('rules', 'unclear'),
    enforced: decision('rules', 'denied'),
  },
};

export const storagePerimeterType = 'Microsoft.Storage/storageAccounts/networkSecurityPerimeterConfigurations';
export const vaultPerimeterType = 'Microsoft.KeyVault/vaults/networkSecurityPerimeterConfigurations';
export const perimeterType = 'Microsoft.Network/networkSecurityPerimeters';
const perimeterProfileType = `${perimeterType}/profiles`;
export const perimeterRuleType = `${perimeterProfileType}/accessRules`;
export const perimeterAssociationType = `${perimeterType}/resourceAssociations`;

/** The list of an account's or a vault's configurations, as a path. */
export const perimeterConfigurationsOf = (id: string): string => `${id}/networkSecurityPerimeterConfigurations`;
/** The list of the resources that are associated with a perimeter, as a path. */
export const associationsOf = (perimeter: string): string => `${perimeter}/resourceAssociations`;

export const accessModePointer = '/properties/accessMode';
const configuredModePointer = '/properties/resourceAssociation/accessMode';
export const configuredRulesPointer = '/properties/profile/accessRules';
const modes = ['Enforced', 'Learning', 'Audit'] as const;

export interface AccessRule {
  readonly name: string;
  readonly direction: string | undefined;
  readonly addresses: readonly string[];
  /** Ids of subscriptions. */
  readonly subscriptions: readonly string[];
  /** Whether it has a source of another kind, such as service tags or another perimeter. */
  readonly isOther: boolean;
  /** What `appliesTo` names, where a body has it: no published api-version up to 2026-01-01 does. */
  readonly appliesTo: readonly unknown[];
}
/**
 * Does a rule apply to resources of this type? One that names types, and not this one, does not; anything else in `appliesTo` is not
 * documented (seen in answers of 2025-10).
 */
export function ruleAppliesTo({ appliesTo }: AccessRule, type: string): boolean | undefined {
  if (appliesTo.length === 0) return true;
  const types = appliesTo.flatMap((one) =>
    typeof one === 'string' && /^[a-z]+\.[a-z.]+\/[a-z/]+$/i.test(one) ? [one] : [],
  );
  if (types.some((one) => sameId(one, type))) return true;
  return types.length === appliesTo.length ? false : undefined;
}
const appliesToOf = (value: Json): readonly unknown[] => (value === null ? [] : isArray(value) ? value : [value]);
const accessRule = (name: string, properties: Json | undefined): AccessRule => ({
  name,
  direction: enumAt(properties, '/direction', ['Inbound', 'Outbound']),
  addresses: textsAt(properties, '/addressPrefixes'),
  subscriptions: listAt(properties, '/subscriptions').flatMap((one) =>
    typeof one === 'string' ? [one] : (textAt(one, '/id') ?? []),
  ),
  isOther: ['networkSecurityPerimeters', 'serviceTags'].some((member) => listAt(properties, `/${member}`).length > 0),
  appliesTo: appliesToOf(valueAt(properties, '/appliesTo') ?? null),
});

export const accessRuleView = memoizePerResource(
  ({ id, body }: Resource): AccessRule => accessRule(nameOf(id), objectOf(valueAt(body, '/properties'))),
);
const objectOf = (value: Json | undefined): JsonObject | undefined => (isObject(value) ? value : undefined);

export interface AssociationView {
  /** Id of the associated resource. */
  readonly resource: string | undefined;
  readonly profile: string | undefined;
  readonly mode: string | undefined;
}
export const associationView = memoizePerResource(
  ({ body }: Resource): AssociationView =>
    lazyMembers<AssociationView>({
      resource: () => textAt(body, '/properties/privateLinkResource/id'),
      profile: () => textAt(body, '/properties/profile/id'),
      mode: () => enumAt(body, accessModePointer, modes),
    }),
);

export interface PerimeterConfigurationView {
  readonly perimeter: string | undefined;
  /** Name of the association. */
  readonly association: string | undefined;
  /** Name of the profile. */
  readonly profile: string | undefined;
  readonly mode: string | undefined;
  readonly rules: readonly AccessRule[];
  /** Descriptions of the issues of severity Error: what is shown may not be what applies. */
  readonly errors: readonly string[];
}
export const perimeterConfigurationView = memoizePerResource(
  ({ body }: Resource): PerimeterConfigurationView =>
    lazyMembers<PerimeterConfigurationView>({
      perimeter: () => textAt(body, '/properties/networkSecurityPerimeter/id'),
      association: () => textAt(body, '/properties/resourceAssociation/name'),
      profile: () => textAt(body, '/properties/profile/name'),
      mode: () => enumAt(body, configuredModePointer, modes),
      rules: () =>
        listAt(body, configuredRulesPointer).map((one) =>
          accessRule(textAt(one, '/name') ?? '', objectOf(valueAt(one, '/properties'))),
        ),
      errors: () =>
        listAt(body, '/properties/provisioningIssues').flatMap((one) =>
          fold(textAt(one, '/properties/severity') ?? '') === 'error'
            ? [textAt(one, '/properties/description') ?? textAt(one, '/name') ?? 'Error']
            : [],
        ),
    }),
);

/** What the accounts show of a perimeter: read only, Azure makes it of the association and the profile. */
const configurationOf = (type: string) =>
  defineResourceType({
    type,
    label: 'perimeter configuration',
    decidesPackets: true,
    plural: 'perimeter configurations',
    computed: ['provisioningState', 'provisioningIssues'],
    shape: { volatile: ['/properties/profile/accessRulesVersion', '/properties/profile/diagnosticSettingsVersion'] },
    columns: [
      {
        title: 'Perimeter',
        value: (resource) => nameOf(perimeterConfigurationView(resource).perimeter ?? ''),
      },
      { title: 'Access mode', value: (resource) => perimeterConfigurationView(resource).mode ?? '' },
    ],
    references(body) {
      const id = textAt(body, '/properties/networkSecurityPerimeter/id');
      return id === undefined ? [] : [id];
    },
  });
const storageConfiguration = configurationOf(storagePerimeterType);
const vaultConfiguration = configurationOf(vaultPerimeterType);

/** `NSP/PROFILE` of a child, for `az`. */
const atPerimeter = (perimeter: string): string[] => ['--perimeter-name', nameOf(perimeter), '-g', groupOf(perimeter)];

/** The configurations that follow a change of the perimeter, each with its body made anew. */
function configured(
  seen: ResourceLookup,
  concerns: (view: PerimeterConfigurationView, resource: Resource) => boolean,
  change: (body: JsonObject) => JsonObject,
): Consequence {
  const all = [...seen.ofType(storagePerimeterType), ...seen.ofType(vaultPerimeterType)];
  const put = all
    .filter((one) => concerns(perimeterConfigurationView(one), one))
    .map((one) => ({ ...one, body: change(one.body) }));
  return { put, gone: [] };
}
const setIn = (body: JsonObject, path: readonly string[], value: Json): JsonObject =>
  objectOf(updateAt(body, path, () => value)) ?? body;

const associationShape: ResourceShape = {
  rewrite: { [accessModePointer]: spelt(modes, 'Learning') },
};
const associationComputed = ['hasProvisioningIssues'];

const modeOf = (resource: Resource | null): PerimeterMode => {
  if (resource === null) return 'none';
  return associationView(resource).mode === 'Enforced' ? 'enforced' : 'learning';
};

/** In Enforced mode the own rules of the resource have no effect; otherwise they apply beside the access rules. */
function associationEffects({ id, before, after }: ChangeSides): OwnEffect[] {
  const [was, is] = [modeOf(before), modeOf(after)];
  if (was === is) return [];
  const target = (after ?? before) as Resource;
  const { resource = id } = associationView(target);
  const [name, perimeter] = [nameOf(resource), nameOf(parentId(id) ?? id)];
  const subject = resource;
  if (is === 'enforced') {
    return [
      {
        kind: 'restricts',
        detail: `${perimeter} is enforced for ${name}: its network rules and trusted Azure services lose access, and only access rules apply.`,
        subject,
      },
    ];
  }
  if (was === 'enforced') {
    const rest = is === 'none' ? '' : ', beside the access rules';
    return [
      {
        kind: 'relaxes',
        // Whom its own firewall lets connect by identity, and where it connects to, is in no flow.
        now: 'opens',
        detail: `${perimeter} is no longer enforced for ${name}: its own firewall applies again${rest}, and outbound access rules no longer limit it.`,
        subject,
      },
    ];
  }
  return is === 'learning'
    ? [{ kind: 'relaxes', detail: `The access rules of ${perimeter} also allow access to ${name}.`, subject }]
    : [{ kind: 'restricts', detail: `The access rules of ${perimeter} no longer allow access to ${name}.`, subject }];
}

const perimeterAssociation = defineResourceType({
  type: perimeterAssociationType,
  label: 'perimeter association',
  decidesPackets: true,
  plural: 'perimeter associations',
  shape: associationShape,
  computed: associationComputed,
  columns: [
    { title: 'Resource', value: (resource) => nameOf(associationView(resource).resource ?? '') },
    { title: 'Access mode', value: (resource) => associationView(resource).mode ?? '' },
  ],
  references(body) {
    const view = associationView({ id: '', type: '', apiVersion: '', body });
    return [view.resource, view.profile].flatMap((id) => id ?? []);
  },
  effects: associationEffects,
  sideEffects(change, seen) {
    const here = seen.resource(change.resource);
    if (change.kind !== 'edit' || here === undefined) return { put: [], gone: [] };
    const { resource, mode = 'Learning' } = associationView(here);
    return configured(
      seen,
      (_view, { id }) => sameId(parentId(id), resource),
      (body) => setIn(body, ['properties', 'resourceAssociation', 'accessMode'], mode),
    );
  },
  write: {
    body: (body) => withoutComputed(body, associationComputed),
    edits: ({ op, pointer }) => op === 'set' && pointer === accessModePointer,
  },
  alsoNeeds(_change, current) {
    const { resource, profile } = current ? associationView(current) : { resource: undefined, profile: undefined };
    return [
      ...(resource === undefined ? [] : [actionOn(`${typeOf(resource)}/joinPerimeter/action`, resource)]),
      ...(profile === undefined ? [] : [actionOn(`${perimeterProfileType}/join/action`, profile)]),
    ];
  },
  az: (change) =>
    change.kind !== 'edit'
      ? ''
      : line('az', 'network', 'perimeter', 'association', 'update', [
          ...['-n', nameOf(change.resource)],
          ...atPerimeter(parentId(change.resource) ?? ''),
          ...change.edits.flatMap((edit) =>
            edit.op === 'set' && typeof edit.after === 'string' ? ['--access-mode', edit.after] : [],
          ),
        ]),
});

const addressesIn = (texts: readonly string[]): Addresses => readPrefixes(texts).addresses;

/** What inbound rules open; those for other directions concern no one who connects. */
function ruleEffects({ id, before, after }: ChangeSides): OwnEffect[] {
  const [was, is] = [before, after].map((one) => {
    const view = one === null ? undefined : accessRuleView(one);
    return view?.direction === 'Inbound' ? view : undefined;
  });
  const where = `Access rule ${nameOf(id)} of ${nameOf(parentId(parentId(id) ?? '') ?? id)}`;
  const only = (a: readonly string[] = [], b: readonly string[] = []) =>
    a.filter((one) => !b.some((other) => fold(one) === fold(other)));
  const moved = (from: AccessRule | undefined, to: AccessRule | undefined, opens: boolean): OwnEffect[] => {
    const ranges = minus(addressesIn(to?.addresses ?? []), addressesIn(from?.addresses ?? []));
    const subscriptions = only(to?.subscriptions, from?.subscriptions);
    const values = only(to?.addresses, from?.addresses);
    const verb = opens ? 'allows' : 'no longer allows';
    const wide = sizeOf(ranges) >= BigInt(effectivelyAny);
    return [
      ...(noAddress(ranges)
        ? []
        : [
            {
              kind: opens ? (wide ? ('relaxes' as const) : ('allows' as const)) : ('restricts' as const),
              detail: `${where} ${verb} ${named(values)}: ${addressCount(ranges)}, at every resource of its profile.`,
              subject: values.join(', '),
            },
          ]),
      ...subscriptions.map((subscription) => ({
        kind: opens ? ('allows' as const) : ('restricts' as const),
        // The flows of the networks that were read are a part of them.
        now: opens ? ('opens' as const) : ('cutsOff' as const),
        detail: `${where} ${verb} managed identities of subscription ${nameOf(subscription)}, at every resource of its profile.`,
        subject: subscription,
      })),
    ];
  };
  return [...moved(was, is, true), ...moved(is, was, false)];
}

/** The list of rules that a configuration shows, after a change of one of them. */
function listedAfter(body: JsonObject, change: Change, here: Resource | undefined): Json[] {
  const name = nameOf(change.resource);
  const others = listAt(body, configuredRulesPointer).filter((one) => fold(textAt(one, '/name') ?? '') !== fold(name));
  const properties = change.kind === 'delete' ? undefined : objectOf(valueAt(here?.body, '/properties'));
  return properties === undefined ? [...others] : [...others, { name, properties }];
}

const perimeterRule = defineResourceType({
  type: perimeterRuleType,
  label: 'perimeter access rule',
  decidesPackets: true,
  plural: 'perimeter access rules',
  columns: [
    { title: 'Direction', value: (resource) => accessRuleView(resource).direction ?? '' },
    {
      title: 'Allows',
      value: (resource) => {
        const { addresses, subscriptions } = accessRuleView(resource);
        return [...addresses, ...subscriptions.map(nameOf)].join(', ');
      },
    },
  ],
  references: (body) => accessRuleView({ id: '', type: '', apiVersion: '', body }).subscriptions,
  effects: ruleEffects,
  sideEffects(change, seen) {
    const profile = parentId(change.resource) ?? '';
    const here = seen.resource(change.resource);
    return configured(
      seen,
      (view) => sameId(parentId(profile), view.perimeter) && fold(view.profile ?? '') === fold(nameOf(profile)),
      (body) => setIn(body, ['properties', 'profile', 'accessRules'], listedAfter(body, change, here)),
    );
  },
  write: { create: true, delete: true },
  alsoNeeds: (change) =>
    change.kind !== 'create'
      ? []
      : accessRule('', objectOf(change.body.properties)).subscriptions.map((id) =>
          actionOn('Microsoft.Resources/subscriptions/joinPerimeterRule/action', id),
        ),
  az(change) {
    const profile = parentId(change.resource) ?? '';
    const at = [
      ...['-n', nameOf(change.resource), '--profile-name', nameOf(profile)],
      ...atPerimeter(parentId(profile) ?? ''),
    ];
    const rule = (verb: string, more: readonly string[]) =>
      line('az', 'network', 'perimeter', 'profile', 'access-rule', verb, [...at, ...more]);
    if (change.kind === 'delete') return rule('delete', ['--yes']);
    if (change.kind === 'edit') return '';
    const { direction = 'Inbound', addresses, subscriptions } = accessRule('', objectOf(change.body.properties));
    const ids = subscriptions.map((id) => `{id:${id}}`).join(',');
    return rule('create', [
      ...['--direction', direction],
      ...(addresses.length === 0 ? [] : ['--address-prefixes', `[${addresses.join(',')}]`]),
      ...(ids === '' ? [] : ['--subscriptions', `[${ids}]`]),
    ]);
  },
});

export const perimeterTypes = [storageConfiguration, vaultConfiguration, perimeterAssociation, perimeterRule];
