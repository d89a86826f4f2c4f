// The bodies of what models are trained on and served from outside the workspace, as JSON text: virtual machines with their
// network interfaces (and the network watcher that reports on them), HDInsight, Kubernetes, Databricks and container groups.
import { stringifyJson } from '../json.ts';
import {
  addressDocument,
  balancerDocument,
  groupDocument,
} from '../providers/microsoft.containerservice/node-balancer-documents.ts';
import { etag, guidOf, joined, list, name } from './bodies.ts';
import { cluster, inGroup, region, registry, subscription, tenant, workspace } from './names.ts';

const watcherGroup = `/subscriptions/${subscription}/resourceGroups/NetworkWatcherRG`;
export const nicId = (machine: string): string => inGroup('Microsoft.Network/networkInterfaces', `nic-${machine}`);
/** The address configuration that a subnet shows of a machine's interface. */
export const nicConfiguration = (machine: string): string => `${nicId(machine)}/ipConfigurations/ipconfig1`;
export const machineId = (machine: string): string => inGroup('Microsoft.Compute/virtualMachines', machine);

export interface MachineSpec {
  readonly name: string;
  readonly subnet: string;
  readonly address: string;
  readonly power: 'running' | 'deallocated';
  /** A security group of the interface itself. */
  readonly group?: string;
  /** Id of a public address that the interface has. */
  readonly publicAddress?: string;
  /** What it was made from: publisher, offer and sku; Ubuntu unless said. */
  readonly image?: readonly [publisher: string, offer: string, sku: string];
  /** Made from a custom image; the operating system that its agent reports. */
  readonly ownImage?: string;
}

/** The machine and its interface: two bodies. */
export function machineBodies(machine: MachineSpec): string[] {
  const [id, nic] = [machineId(machine.name), nicId(machine.name)];
  const [publisher, offer, sku] = machine.image ?? ['Canonical', '0001-com-ubuntu-server-jammy', '22_04-lts-gen2'];
  const image =
    machine.ownImage === undefined
      ? `{"publisher": "${publisher}", "offer": "${offer}", "sku": "${sku}", "version": "latest"}`
      : `{"id": "${inGroup('Microsoft.Compute/images', `img-${machine.name}`)}"}`;
  const agent = machine.ownImage === undefined ? '' : `"osName": "${machine.ownImage}", "osVersion": "22.04",`;
  const outside = machine.publicAddress === undefined ? '' : `"publicIPAddress": {"id": "${machine.publicAddress}"},`;
  const own = machine.group === undefined ? '' : `"networkSecurityGroup": {"id": "${machine.group}"},`;
  return [
    `{"name": "${machine.name}", "id": "${id}", "type": "Microsoft.Compute/virtualMachines", "location": "${region}", "tags": {},
      "properties": {"provisioningState": "Succeeded", "vmId": "${guidOf(machine.name)}",
        "hardwareProfile": {"vmSize": "Standard_B2s"},
        "storageProfile": {"imageReference": ${image},
          "osDisk": {"name": "${machine.name}-os", "osType": "Linux", "createOption": "FromImage", "caching": "ReadWrite"}},
        "networkProfile": {"networkInterfaces": [{"id": "${nic}", "properties": {"primary": true}}]},
        "instanceView": {${agent} "statuses": [
          {"code": "ProvisioningState/succeeded", "level": "Info", "displayStatus": "Provisioning succeeded"},
          {"code": "PowerState/${machine.power}", "level": "Info", "displayStatus": "VM ${machine.power}"}]}}}`,
    `{"name": "${name(nic)}", "id": "${nic}", "etag": "${etag}", "type": "Microsoft.Network/networkInterfaces", "location": "${region}",
      "properties": {"provisioningState": "Succeeded", "resourceGuid": "${guidOf(nic)}",
        "ipConfigurations": [{"name": "ipconfig1", "id": "${nicConfiguration(machine.name)}", "etag": "${etag}",
          "type": "Microsoft.Network/networkInterfaces/ipConfigurations", "properties": {"provisioningState": "Succeeded",
            "privateIPAddress": "${machine.address}", "privateIPAllocationMethod": "Dynamic", "subnet": {"id": "${machine.subnet}"}, ${outside}
            "primary": true, "privateIPAddressVersion": "IPv4"}}],
        "dnsSettings": {"dnsServers": [], "appliedDnsServers": []}, ${own} "enableAcceleratedNetworking": false, "enableIPForwarding": false,
        "primary": true, "virtualMachine": {"id": "${id}"}, "hostedWorkloads": [], "tapConfigurations": [], "nicType": "Standard"}}`,
  ];
}

/** The public address of a machine's interface. */
export function machineAddress(machine: string, tier: 'Basic' | 'Standard', address: string): string {
  const id = addressId(machine);
  return `{"name": "${name(id)}", "id": "${id}", "etag": "${etag}", "type": "Microsoft.Network/publicIPAddresses", "location": "${region}",
    "sku": {"name": "${tier}", "tier": "Regional"}, "properties": {"provisioningState": "Succeeded", "resourceGuid": "${guidOf(id)}",
      "ipAddress": "${address}", "publicIPAddressVersion": "IPv4", "publicIPAllocationMethod": "Static", "idleTimeoutInMinutes": 4,
      "ipTags": [], "ipConfiguration": {"id": "${nicConfiguration(machine)}"}}}`;
}
export const addressId = (machine: string): string => inGroup('Microsoft.Network/publicIPAddresses', `pip-${machine}`);

export const hdinsightId = (cluster: string): string => inGroup('Microsoft.HDInsight/clusters', cluster);

/** An HDInsight cluster; a null subnet is one outside every network of the customer. */
export function hdinsightBody(cluster: string, subnet: string | null): string {
  const id = hdinsightId(cluster);
  const network = subnet?.slice(0, subnet.indexOf('/subnets/'));
  const inside = subnet === null ? '' : `, "virtualNetworkProfile": {"id": "${network}", "subnet": "${subnet}"}`;
  const role = (which: string, count: number): string =>
    `{"name": "${which}", "targetInstanceCount": ${count}, "hardwareProfile": {"vmSize": "standard_d3_v2"},
      "osProfile": {"linuxOperatingSystemProfile": {"username": "sshuser"}}${inside}}`;
  return `{"id": "${id}", "name": "${cluster}", "type": "Microsoft.HDInsight/clusters", "location": "${region}", "tags": {},
    "etag": "${guidOf(id)}", "properties": {"clusterVersion": "5.1.3000.0", "osType": "Linux", "tier": "Standard",
      "clusterDefinition": {"kind": "Spark", "blueprint": "https://blueprints.azurehdinsight.net/spark-5.1.json"},
      "computeProfile": {"roles": [${joined([role('headnode', 2), role('workernode', 3)])}]},
      "provisioningState": "Succeeded", "clusterState": "Running", "createdDate": "2024-03-06T06:00:00.000",
      "networkProperties": {"resourceProviderConnection": "Inbound", "privateLink": "Disabled"},
      "connectivityEndpoints": [{"name": "SSH", "protocol": "TCP", "location": "${cluster}-ssh.azurehdinsight.net", "port": 22},
        {"name": "HTTPS", "protocol": "TCP", "location": "${cluster}.azurehdinsight.net", "port": 443}]}}`;
}

/** Azure makes one for each region, in a group of its own. */
export function networkWatcher(): string {
  const id = `${watcherGroup}/providers/Microsoft.Network/networkWatchers/NetworkWatcher_${region}`;
  return `{"name": "${name(id)}", "id": "${id}", "etag": "${etag}", "type": "Microsoft.Network/networkWatchers", "location": "${region}",
    "properties": {"provisioningState": "Succeeded"}}`;
}

/** Object id of the identity of the cluster. */
const clusterPrincipal = 'bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb';
/** Where scoring is called from outside: of the range for documentation (RFC 5737). */
export const scoringAddress = '203.0.113.80';
/** The address that the nodes of a cluster go out with. */
const outboundAddress = '203.0.113.81';

export interface PoolText {
  readonly name: string;
  readonly subnet: string;
  readonly count: number;
  /** It grows by itself up to this. */
  readonly maxCount: number;
}

const poolMembers = ({ subnet, count, maxCount }: PoolText): string =>
  `"count": ${count}, "vmSize": "Standard_DS2_v2", "osDiskSizeGB": 128, "maxPods": 30, "enableAutoScaling": true, "minCount": 1,
    "maxCount": ${maxCount}, "mode": "System", "type": "VirtualMachineScaleSets", "osType": "Linux", "vnetSubnetID": "${subnet}",
    "orchestratorVersion": "1.29", "currentOrchestratorVersion": "1.29.7", "nodeImageVersion": "AKSUbuntu-2204gen2containerd-202410.15.0",
    "upgradeSettings": {"maxSurge": "1"}, "provisioningState": "Succeeded", "unknownToClients": {"weight": 1.0}`;

/** What the cluster has in the resource group of its nodes while scoring has a public address. */
function nodeGroupBodies(id: string, groupId: string): string[] {
  const group = { id: groupId, region, newId: guidOf };
  const [outbound, front] = [guidOf(`${id} way out`), `a${guidOf(`${id} scoring`).replaceAll('-', '').slice(0, 31)}`];
  return [
    groupDocument(group, id),
    addressDocument(group, outbound, outboundAddress),
    addressDocument(group, front, scoringAddress),
    balancerDocument(group, 'public', [{ name: front, met: 'public' }], outbound),
  ].map((body) => stringifyJson(body));
}

/** A cluster with flat networking, each of its pools, and the group of its nodes: its body and theirs. */
/** `members`: texts of more members of `properties`. */
export function clusterBodies(id: string, pools: readonly PoolText[], members: readonly string[] = []): string[] {
  const profiles = pools.map((pool) => `{"name": "${pool.name}", ${poolMembers(pool)}}`);
  return [
    `{"id": "${id}", "name": "${name(id)}", "type": "Microsoft.ContainerService/managedClusters", "location": "${region}",
      "tags": {}, "sku": {"name": "Base", "tier": "Free"},
      "identity": {"type": "SystemAssigned", "principalId": "${clusterPrincipal}", "tenantId": "${tenant}"},
      "properties": {"provisioningState": "Succeeded", "powerState": {"code": "Running"}, "kubernetesVersion": "1.29", "dnsPrefix": "aksmlsim",
        "fqdn": "aksmlsim.hcp.westeurope.azmk8s.io", "nodeResourceGroup": "MC_rg-ml_${name(id)}_${region}", "agentPoolProfiles": ${list(profiles)},
        "networkProfile": {"networkPlugin": "azure", "loadBalancerSku": "standard", "serviceCidr": "10.200.0.0/16", "dnsServiceIP": "10.200.0.10",
          "outboundType": "loadBalancer"}${members.map((one) => `, ${one}`).join('')}}}`,
    ...pools.map(
      (pool) =>
        `{"id": "${id}/agentPools/${pool.name}", "name": "${pool.name}", "type": "Microsoft.ContainerService/managedClusters/agentPools",
          "properties": {${poolMembers(pool)}}}`,
    ),
    ...nodeGroupBodies(id, `/subscriptions/${subscription}/resourceGroups/MC_rg-ml_${name(id)}_${region}`),
  ];
}

/** The compute of the workspace that leads to a cluster, with a public front end. */
export const clusterAttached = (compute: string, id = cluster): string =>
  `{"id": "${workspace}/computes/${compute}", "name": "${compute}", "type": "Microsoft.MachineLearningServices/workspaces/computes",
    "location": "${region}", "tags": {}, "properties": {"createdOn": "2024-03-06T07:01:02.0000000+00:00",
      "modifiedOn": "2024-03-06T07:04:02.0000000+00:00", "disableLocalAuth": false, "description": null, "resourceId": "${id}",
      "computeType": "AKS", "computeLocation": "${region}", "provisioningState": "Succeeded", "provisioningErrors": null,
      "isAttachedCompute": true, "properties": {"clusterFqdn": "aksmlsim.hcp.westeurope.azmk8s.io", "agentCount": 1,
        "agentVmSize": "Standard_DS2_v2", "clusterPurpose": "FastProd", "sslConfiguration": {"status": "Disabled"},
        "aksNetworkingConfiguration": null,
        "systemServices": [{"systemServiceType": "ScoringFrontend", "publicIpAddress": "${scoringAddress}", "version": "1"}]}}}`;

/** The right of the workspace to call the API server of a cluster. */
export const trustedAccess = (id: string): string =>
  `{"id": "${id}/trustedAccessRoleBindings/azureml", "name": "azureml",
    "type": "Microsoft.ContainerService/managedClusters/trustedAccessRoleBindings", "properties": {"provisioningState": "Succeeded",
      "sourceResourceId": "${workspace}", "roles": ["Microsoft.MachineLearningServices/workspaces/mlworkload"]}}`;

/** A built-in role for the identity of the cluster. */
export const clusterRole = (scope: string, role: string, assignment: string): string =>
  `{"id": "${scope}/providers/Microsoft.Authorization/roleAssignments/${assignment}", "name": "${assignment}",
    "type": "Microsoft.Authorization/roleAssignments", "properties": {"scope": "${scope}", "principalId": "${clusterPrincipal}",
      "principalType": "ServicePrincipal", "roleDefinitionId": "${scope.slice(0, scope.indexOf('/resourceGroups/'))}/providers/Microsoft.Authorization/roleDefinitions/${role}"}}`;

export const databricks = inGroup('Microsoft.Databricks/workspaces', 'dbw-sim');
/** The group in which the service makes its machines. */
const databricksGroup = `/subscriptions/${subscription}/resourceGroups/databricks-rg-dbw-sim`;

interface InjectionSpec {
  readonly network: string;
  /** Names of the two subnets. */
  readonly host: string;
  readonly container: string;
}

export function databricksBody({ network, host, container }: InjectionSpec): string {
  const parameter = (member: string, value: string): string => `"${member}": {"type": "String", "value": ${value}}`;
  return `{"id": "${databricks}", "name": "${name(databricks)}", "type": "Microsoft.Databricks/workspaces", "location": "${region}", "tags": {},
    "sku": {"name": "premium"},
    "properties": {"managedResourceGroupId": "${databricksGroup}", "provisioningState": "Succeeded", "publicNetworkAccess": "Enabled",
      "parameters": {${parameter('customVirtualNetworkId', `"${network}"`)}, ${parameter('customPublicSubnetName', `"${host}"`)},
        ${parameter('customPrivateSubnetName', `"${container}"`)}, "enableNoPublicIp": {"type": "Bool", "value": true}},
      "workspaceId": "2345678901234567", "workspaceUrl": "adb-2345678901234567.7.azuredatabricks.net",
      "createdDateTime": "2024-03-07T08:00:00.1234567Z"}}`;
}

/** The address configuration that a subnet shows of a Databricks machine. */
export const databricksNic = (number: number): string =>
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

/** The same link as the service lists it. */
export const associationLinkBody = (subnetId: string): string =>
  `{"id": "${subnetId}/providers/Microsoft.ContainerInstance/serviceAssociationLinks/default", "name": "default",
    "type": "Microsoft.ContainerInstance/serviceAssociationLinks", "properties": ${linkProperties}}`;
