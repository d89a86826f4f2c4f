// Key vaults: only the firewall and public network access are written, and the rules only after they were read.
import { writeVersionOf } from '../model/api-versions.ts';
import type { Json } from '../model/json.ts';
import type { Resource } from '../model/resource.ts';
import { fold, nameOf } from '../model/resource-id.ts';
import { vaultIpLegality } from '../net/ip-rules.ts';
import { defineResourceType } from './define.ts';
import { aclsOf, aclsPointer, endpointConnectionsOf, type Firewall, publicNetworkAccessOf } from './network-acls.ts';
import { groupOf, isUnder, patchAsPut } from './parts/bodies.ts';
import { firewallEffects } from './parts/firewall-effects.ts';
import {
  accessPointer,
  accessSetting,
  aclsMeanings,
  addressesPointer,
  firewallColumns,
  firewallLines,
  firewallLists,
  firewallPatch,
  firewallReferences,
  joinedSubnets,
  madeExplicit,
  openAcls,
  type PlainSettings,
  refusedAddress,
  subnetsPointer,
} from './parts/firewall-write.ts';
import { emptyIsNone, type ResourceShape, spelt } from './parts/normal.ts';
import { lines } from './parts/shell.ts';
import { connectionsPointer } from './private-link.ts';
import { lazyMembers, memoizePerResource, objectAt, textAt } from './read.ts';
import { bypassNormal } from './storage-account.ts';

export interface VaultView extends Firewall {
  readonly sku: string | undefined;
  readonly provisioningState: string | undefined;
  /** The rules may be hidden rather than absent: Azure returns none while public network access is Disabled. */
  readonly hidden: boolean;
}

export const vaultView = memoizePerResource(
  (resource: Resource): VaultView =>
    lazyMembers<VaultView>({
      acls: () => aclsOf(resource),
      publicNetworkAccess: () => publicNetworkAccessOf(resource),
      location: () => textAt(resource.body, '/location'),
      endpointConnections: () => endpointConnectionsOf(resource),
      sku: () => textAt(resource.body, '/properties/sku/name'),
      provisioningState: () => textAt(resource.body, '/properties/provisioningState'),
      hidden: () => aclsOf(resource) === 'absent' && publicNetworkAccessOf(resource) === 'Disabled',
    }),
);

/** What is written beside the firewall. */
const settings: PlainSettings = { ...accessSetting };

const accessNormal = (value: Json | undefined): Json | undefined =>
  typeof value === 'string' ? fold(value) : (value ?? 'enabled');

const shape: ResourceShape = {
  sets: firewallLists,
  rewrite: {
    [connectionsPointer]: emptyIsNone,
    // Azure returns a single address as /32, in whichever form it was sent.
    [`${addressesPointer}/*/value`]: (value) => (typeof value === 'string' ? value.replace(/\/32$/, '') : value),
    [`${subnetsPointer}/*/ignoreMissingVnetServiceEndpoint`]: (value) => (value === false ? undefined : value),
    [`${aclsPointer}/bypass`]: bypassNormal,
    [`${aclsPointer}/defaultAction`]: spelt(['Allow', 'Deny'], 'Allow'),
    [accessPointer]: accessNormal,
    // Absent while public network access is Disabled means hidden, so no default applies.
    [aclsPointer]: (value, properties) =>
      value ??
      (accessNormal(properties.publicNetworkAccess) === 'disabled'
        ? undefined
        : { bypass: openAcls.bypass ?? null, defaultAction: 'Allow' }),
  },
};

const vaultType = 'Microsoft.KeyVault/vaults';
export const vault = defineResourceType({
  type: vaultType,
  label: 'key vault',
  decidesPackets: true,
  plural: 'key vaults',
  shape,
  columns: firewallColumns,
  references: (body) => firewallReferences(vaultView({ id: '', type: '', apiVersion: '', body })),
  instead: madeExplicit(aclsMeanings),
  effects: firewallEffects,
  refuses: (edit) => refusedAddress(edit, vaultIpLegality),
  write(change, current) {
    if (current && vaultView(current).hidden && change.edits.some((edit) => isUnder(edit, aclsPointer))) {
      return 'The rules of the key vault may be hidden while public network access is Disabled. Bastide changes them only after reading them.';
    }
    const properties = firewallPatch('key vault', change, current, ['ipRules', 'virtualNetworkRules'], settings);
    if (typeof properties === 'string') return properties;
    return { method: 'PATCH', id: change.resource, apiVersion: writeVersionOf(vaultType), body: { properties } };
  },
  toTemplatePut(after, patch) {
    const put = patchAsPut(after, patch, ['vaultUri', 'hsmPoolResourceId']);
    // Absent in a vault, it means access policies; absent in a PUT that makes one, Azure roles.
    const properties = { ...objectAt(put.body, '/properties') };
    return typeof properties.enableRbacAuthorization === 'boolean'
      ? put
      : { ...put, body: { ...put.body, properties: { ...properties, enableRbacAuthorization: false } } };
  },
  az(change) {
    const at = ['-g', groupOf(change.resource), '-n', nameOf(change.resource)];
    return lines(
      firewallLines(
        {
          update: ['az', 'keyvault', 'update', ...at],
          rule: [['az', 'keyvault', 'network-rule'], at],
          acls: 'properties.networkAcls',
          settings,
        },
        change.edits,
      ),
    );
  },
  alsoNeeds: (change, current) => joinedSubnets(change, current),
});
