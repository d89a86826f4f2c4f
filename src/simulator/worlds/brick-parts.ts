// The bodies of Databricks workspaces, of container groups, and of what the latter leave behind in a subnet, as JSON text.
import { inGroup, region, registry, subscription } from './names.ts';
import { guidOf, list, name } from './parts.ts';

export const databricks = inGroup('Microsoft.Databricks/workspaces', 'dbw-sim');
/** The group in which the service makes its machines. */
export const databricksGroup = `/subscriptions/${subscription}/resourceGroups/databricks-rg-dbw-sim`;

interface Place {
  readonly network: string;
  /** Names of the two subnets. */
  readonly host: string;
  readonly container: string;
}

export function databricksBody({ network, host, container }: Place): string {
  const parameter = (member: string, value: string): string => `"${member}": {"type": "String", "value": ${value}}`;
  return `{"id": "${databricks}", "name": "${name(databricks)}", "type": "Microsoft.Databricks/workspaces", "location": "${region}", "tags": {},
    "sku": {"name": "premium"},
    "properties": {"managedResourceGroupId": "${databricksGroup}", "provisioningState": "Succeeded", "publicNetworkAccess": "Enabled",
      "parameters": {${parameter('customVirtualNetworkId', `"${network}"`)}, ${parameter('customPublicSubnetName', `"${host}"`)},
        ${parameter('customPrivateSubnetName', `"${container}"`)}, "enableNoPublicIp": {"type": "Bool", "value": true}},
      "workspaceId": "2345678901234567", "workspaceUrl": "adb-2345678901234567.7.azuredatabricks.net",
      "createdDateTime": "2024-03-07T08:00:00.1234567Z"}}`;
}

/** What of a machine of Databricks a subnet shows. */
export const databricksCard = (number: number): string =>
  `${databricksGroup}/providers/Microsoft.Network/networkInterfaces/worker-${number}/ipConfigurations/privateIpConfig`;

export const containerGroup = (groupName: string): string =>
  inGroup('Microsoft.ContainerInstance/containerGroups', groupName);

/** A model that the workspace deployed: at a public address, or in a subnet. */
export function containerGroupBody(groupName: string, subnetId: string | null): string {
  const id = containerGroup(groupName);
  const where = subnetId === null ? '' : `"subnetIds": [{"id": "${subnetId}"}],`;
  return `{"id": "${id}", "name": "${groupName}", "type": "Microsoft.ContainerInstance/containerGroups", "location": "${region}", "tags": {},
    "properties": {"provisioningState": "Succeeded", "osType": "Linux", "restartPolicy": "Always", "sku": "Standard", ${where}
      "containers": [{"name": "scoring", "properties": {"image": "${name(registry)}.azurecr.io/azureml/${groupName}:3",
        "ports": [{"port": 5001, "protocol": "TCP"}], "resources": {"requests": {"cpu": 0.5, "memoryInGB": 1.5}}}}],
      "ipAddress": {"type": "${subnetId === null ? 'Public' : 'Private'}", "ip": "${subnetId === null ? '203.0.113.90' : '10.0.12.4'}",
        "ports": [{"port": 5001, "protocol": "TCP"}]},
      "instanceView": {"events": [], "state": "Running"}}}`;
}

const linkProperties = `{"provisioningState": "Succeeded", "linkedResourceType": "Microsoft.ContainerInstance/containerGroups",
    "allowDelete": false, "locations": []}`;

/** A member of a subnet's `properties`, with a comma in front. */
export const boundSubnet = (subnetId: string): string =>
  `, "serviceAssociationLinks": ${list([
    `{"name": "acisal", "id": "${subnetId}/serviceAssociationLinks/acisal", "etag": "${guidOf(subnetId)}",
      "type": "Microsoft.Network/virtualNetworks/subnets/serviceAssociationLinks", "properties": ${linkProperties}}`,
  ])}`;

/** The same link as the service itself holds it. */
export const associationLinkBody = (subnetId: string): string =>
  `{"id": "${subnetId}/providers/Microsoft.ContainerInstance/serviceAssociationLinks/default", "name": "default",
    "type": "Microsoft.ContainerInstance/serviceAssociationLinks", "properties": ${linkProperties}}`;
