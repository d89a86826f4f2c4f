// What a workspace uses: storage accounts, key vaults, container registries, and locks.
import type { Json, JsonObject } from '../../model/json.ts';
import { withMember } from '../../model/pointer.ts';
import type { TerraformBlock } from '../block.ts';
import {
  inProperties,
  mapped,
  members,
  type TerraformPart,
  type TerraformResource,
  type TerraformTypes,
} from '../type.ts';

/** Azure takes the exceptions as one text. */
const exceptions = (list: Json | undefined, fallback: string): Json => {
  if (list === undefined) return fallback;
  if (!Array.isArray(list)) return list;
  const unknown = list.find((one: Json) => typeof one !== 'string');
  return unknown ?? (list.length === 0 ? 'None' : list.join(', '));
};

const storageRules = (rules: TerraformBlock, fallback: string): JsonObject =>
  members({
    defaultAction: rules.value('default_action'),
    bypass: exceptions(rules.value('bypass'), fallback),
    ipRules: mapped(rules.or('ip_rules', []), (value) => ({ value, action: 'Allow' })),
    virtualNetworkRules: mapped(rules.links('virtual_network_subnet_ids'), (id) => ({ id, action: 'Allow' })),
    resourceAccessRules: rules.each('private_link_access', (access) =>
      members({ resourceId: access.link('endpoint_resource_id'), tenantId: access.value('endpoint_tenant_id') }),
    ),
  });

/** Without a block the provider sends this. */
const openStorage: JsonObject = {
  ...{ defaultAction: 'Allow', bypass: 'AzureServices' },
  ...{ ipRules: [], virtualNetworkRules: [], resourceAccessRules: [] },
};

const account: TerraformResource = {
  arm: 'Microsoft.Storage/storageAccounts',
  body: (block) => ({
    ...members({ location: block.value('location'), kind: block.or('account_kind', 'StorageV2') }),
    sku: members({ tier: block.value('account_tier') }),
    properties: members({
      isHnsEnabled: block.or('is_hns_enabled', false),
      allowSharedKeyAccess: block.or('shared_access_key_enabled', true),
      publicNetworkAccess: block.choice('public_network_access_enabled', true, 'Enabled', 'Disabled'),
      networkAcls: block.within('network_rules', (rules) => storageRules(rules, 'AzureServices')) ?? openStorage,
    }),
  }),
};

/** Takes the place of the account's own block. */
const accountRules: TerraformPart = {
  onto: (block, names) =>
    block.link('storage_account_id') ??
    names.named(block, 'storage_account_name', 'azurerm_storage_account', 'Microsoft.Storage/storageAccounts'),
  add: (body, block) =>
    inProperties(body, (properties) => withMember(properties, 'networkAcls', storageRules(block, 'AzureServices'))),
};

const vault: TerraformResource = {
  arm: 'Microsoft.KeyVault/vaults',
  body: (block) => ({
    ...members({ location: block.value('location') }),
    properties: members({
      sku: members({ name: block.value('sku_name') }),
      publicNetworkAccess: block.choice('public_network_access_enabled', true, 'Enabled', 'Disabled'),
      enableRbacAuthorization: block.value('rbac_authorization_enabled') ?? block.value('enable_rbac_authorization'),
      networkAcls: block.within('network_acls', (rules) =>
        members({
          defaultAction: rules.value('default_action'),
          bypass: rules.value('bypass'),
          ipRules: mapped(rules.or('ip_rules', []), (value) => ({ value })),
          virtualNetworkRules: mapped(rules.links('virtual_network_subnet_ids'), (id) => ({ id })),
        }),
      ),
    }),
  }),
};

const registry: TerraformResource = {
  arm: 'Microsoft.ContainerRegistry/registries',
  body: (block) => ({
    ...members({ location: block.value('location') }),
    sku: members({ name: block.value('sku') }),
    properties: members({
      adminUserEnabled: block.or('admin_enabled', false),
      publicNetworkAccess: block.choice('public_network_access_enabled', true, 'Enabled', 'Disabled'),
      networkRuleBypassOptions: block.or('network_rule_bypass_option', 'AzureServices'),
      // Of 5.0 and newer.
      networkRuleBypassAllowedForTasks: block.value('network_rule_bypass_for_tasks_enabled'),
      networkRuleSet: block.within('network_rule_set', (rules) =>
        members({
          defaultAction: rules.or('default_action', 'Allow'),
          ipRules: rules.each('ip_rule', (rule) =>
            members({ action: rule.or('action', 'Allow'), value: rule.value('ip_range') }),
          ),
          virtualNetworkRules: rules.each('virtual_network', (rule) =>
            members({ action: rule.or('action', 'Allow'), id: rule.link('subnet_id') }),
          ),
        }),
      ),
    }),
  }),
};

const lock: TerraformResource = {
  arm: 'Microsoft.Authorization/locks',
  parent: (block) => block.link('scope'),
  body: (block) => ({ properties: members({ level: block.value('lock_level'), notes: block.value('notes') }) }),
};

export const services: TerraformTypes = {
  azurerm_storage_account: account,
  azurerm_storage_account_network_rules: accountRules,
  azurerm_key_vault: vault,
  azurerm_container_registry: registry,
  azurerm_management_lock: lock,
};
