// The subnets of Databricks workspaces in networks of the customer, and the network intent policy that the service keeps on them:
// the delegation and the security group stay while the workspace is there.
import { fold, sameId } from '../../gateway/address.ts';
import { networkError } from '../../gateway/answer.ts';
import { type ArmObject, list, text } from '../../json.ts';
import { idOf, type Store } from '../../store/store.ts';

export const databricksType = 'Microsoft.Databricks/workspaces';
export const databricksDelegation = 'Microsoft.Databricks/workspaces';

export const parameterOf = (workspace: ArmObject | undefined, name: string): string | undefined =>
  text(workspace, 'properties', 'parameters', name, 'value');

/** Ids of the subnets of hosts and of containers; [] for a workspace in a network of Microsoft's. */
export function subnetsOf(workspace: ArmObject | undefined): string[] {
  const network = parameterOf(workspace, 'customVirtualNetworkId');
  if (network === undefined) return [];
  return ['customPublicSubnetName', 'customPrivateSubnetName'].flatMap((name) => {
    const subnet = parameterOf(workspace, name);
    return subnet === undefined ? [] : [`${network}/subnets/${subnet}`];
  });
}

export const isDelegated = (subnet: ArmObject): boolean =>
  list(subnet, 'properties', 'delegations').some(
    (item) => fold(text(item, 'properties', 'serviceName') ?? '') === fold(databricksDelegation),
  );

const policyOf = (workspace: ArmObject): string => {
  const id = idOf(workspace);
  const group = id.slice(0, fold(id).indexOf('/providers/'));
  return `${group}/providers/Microsoft.Network/networkIntentPolicies/adb-${id.slice(id.lastIndexOf('/') + 1)}`;
};

/**
 * Throws when a subnet of a Databricks workspace would lose what its policy keeps (hashicorp/terraform-provider-azurerm issue
 * 11158 and Azure/azure-quickstart-templates issue 6670 show such refusals; read 2026).
 */
export function checkIntentPolicy(before: ArmObject | undefined, after: ArmObject, store: Store): void {
  if (!before) return;
  const id = idOf(before);
  const holder = store.ofType(databricksType).find((one) => subnetsOf(one).some((subnet) => sameId(subnet, id)));
  if (!holder) return;
  const policy = policyOf(holder);
  const group = (subnet: ArmObject) => text(subnet, 'properties', 'networkSecurityGroup', 'id');
  if (group(before) !== undefined && group(after) === undefined) {
    throw networkError(
      400,
      'NetworkSecurityGroupCannotBeRemovedDueToNipOnSubnet',
      `Network security group cannot be removed from subnet ${id} because it has network intent policy ${policy} applied.`,
    );
  }
  if (isDelegated(before) && !isDelegated(after)) {
    throw networkError(
      400,
      'ConflictWithNetworkIntentPolicy',
      `Found conflicts with NetworkIntentPolicy. Details: Subnet or Virtual Network cannot have resources or properties which conflict with network intent policy. Subnet ${id} must be delegated to ${databricksDelegation} for Network Intent Policy: ${policy}.`,
    );
  }
}

/** The workspace whose subnet it is; undefined for any other subnet. */
export const holderOf = (store: Store, subnetId: string): string | undefined => {
  const holder = store.ofType(databricksType).find((one) => subnetsOf(one).some((id) => sameId(id, subnetId)));
  return holder && idOf(holder);
};
