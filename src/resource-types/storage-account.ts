// Storage accounts: only the firewall and public network access are written.
import { writeVersionOf } from '../model/api-versions.ts';
import type { Edit } from '../model/edit.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { Resource } from '../model/resource.ts';
import { fold, nameOf } from '../model/resource-id.ts';
import { storageIpLegality } from '../net/ip-rules.ts';
import { defineResourceType } from './define.ts';
import {
  aclsOf,
  aclsPointer,
  endpointConnectionsOf,
  type Firewall,
  formatBypass,
  parseBypass,
  publicNetworkAccessOf,
} from './network-acls.ts';
import { groupOf, patchAsPut } from './parts/bodies.ts';
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
import { enumAt, lazyMembers, memoizePerResource, objectAt, textAt } from './read.ts';

export interface StorageView extends Firewall {
  /** `StorageV2`, `BlockBlobStorage`, ... */
  readonly kind: string | undefined;
  readonly sku: string | undefined;
  readonly provisioningState: string | undefined;
}

export const storageView = memoizePerResource(
  (resource: Resource): StorageView =>
    lazyMembers<StorageView>({
      acls: () => aclsOf(resource),
      publicNetworkAccess: () => publicNetworkAccessOf(resource),
      location: () => textAt(resource.body, '/location'),
      endpointConnections: () => endpointConnectionsOf(resource),
      kind: () =>
        enumAt(resource.body, '/kind', ['StorageV2', 'BlockBlobStorage', 'BlobStorage', 'FileStorage', 'Storage']),
      sku: () => textAt(resource.body, '/sku/name'),
      provisioningState: () => textAt(resource.body, '/properties/provisioningState'),
    }),
);

/** What is written beside the firewall. */
const settings: PlainSettings = { ...accessSetting };

export const bypassNormal = (value: Json | undefined): Json =>
  typeof value === 'string' ? formatBypass(parseBypass(value)) : (value ?? 'AzureServices');
/** The action of every rule is `Allow`; some answers omit it. */
export const allowedByDefault = (value: Json | undefined): Json | undefined =>
  typeof value === 'string' && fold(value) === 'allow' ? undefined : value;

const shape: ResourceShape = {
  volatile: [`${subnetsPointer}/*/state`, '/properties/creationTime', '/properties/keyCreationTime'],
  sets: firewallLists,
  rewrite: {
    [connectionsPointer]: emptyIsNone,
    [`${subnetsPointer}/*/action`]: allowedByDefault,
    [`${addressesPointer}/*/action`]: allowedByDefault,
    [`${aclsPointer}/bypass`]: bypassNormal,
    [`${aclsPointer}/defaultAction`]: spelt(['Allow', 'Deny'], 'Allow'),
    [aclsPointer]: (value) => value ?? { bypass: openAcls.bypass ?? null, defaultAction: 'Allow' },
    [accessPointer]: spelt(['Enabled', 'Disabled', 'SecuredByPerimeter'], 'Enabled'),
  },
};

/** A rule in one of these states has no effect, and Azure would validate it again like a new one. */
function deadRule(edit: Edit): string | null {
  if (edit.op !== 'add' || edit.pointer !== subnetsPointer) return null;
  const state = fold(textAt(edit.after, '/state') ?? 'succeeded');
  if (!['networksourcedeleted', 'failed', 'deprovisioning'].includes(state)) return null;
  return `the inactive rule for ${textAt(edit.after, '/id') ?? 'a subnet'} is not restored: it had no effect.`;
}

const storageType = 'Microsoft.Storage/storageAccounts';
export const storageAccount = defineResourceType({
  type: storageType,
  label: 'storage account',
  decidesPackets: true,
  plural: 'storage accounts',
  shape,
  columns: firewallColumns,
  references: (body) => firewallReferences(storageView({ id: '', type: '', apiVersion: '', body })),
  effects: firewallEffects,
  instead: madeExplicit(aclsMeanings),
  refuses: (edit) => refusedAddress(edit, storageIpLegality) ?? deadRule(edit),
  write(change, current) {
    const properties = firewallPatch('storage account', change, current, [], settings);
    if (typeof properties === 'string') return properties;
    return { method: 'PATCH', id: change.resource, apiVersion: writeVersionOf(storageType), body: { properties } };
  },
  /** Omitted properties of an existing account keep their values; the members that identify it are required. */
  toTemplatePut(after, patch) {
    const put = patchAsPut(after, patch, []);
    const sku = objectAt(after, '/sku');
    const named: JsonObject = sku?.name === undefined ? {} : { sku: { name: sku.name } };
    return { ...put, body: { ...put.body, ...named, properties: objectAt(patch.body, '/properties') ?? {} } };
  },
  az(change) {
    const at = ['-g', groupOf(change.resource)];
    const name = nameOf(change.resource);
    return lines(
      firewallLines(
        {
          update: ['az', 'storage', 'account', 'update', ...at, '-n', name],
          rule: [
            ['az', 'storage', 'account', 'network-rule'],
            [...at, '--account-name', name],
          ],
          acls: 'networkRuleSet',
          settings,
        },
        change.edits,
      ),
    );
  },
  alsoNeeds: (change, current) => joinedSubnets(change, current),
});
