// The bodies of a workspace and of its parts, as JSON text: computes, datastores, online endpoints and the managed network with
// its outbound rules. The names and tags of the rules that the service creates itself are those of real workspaces
// (learn.microsoft.com, "Workspace managed virtual network isolation", required rules, 2025).
import { requiredTags as serviceTags } from '../providers/microsoft.machinelearningservices/required-tags.ts';
import { guidOf, joined, list, name } from './bodies.ts';
import {
  account,
  group,
  insights,
  principal,
  region,
  registry,
  subscription,
  tenant,
  vault,
  workspace,
} from './names.ts';

export interface WorkspaceOptions {
  /** The id of the hub that holds all this; the workspace is then one of its projects, with a body of its own. */
  readonly hub?: string;
  /** Is it meant for data of high business impact? */
  readonly hbiWorkspace?: boolean;
  readonly publicNetworkAccess?: 'Enabled' | 'Disabled';
  /** Does it refuse the v2 API? */
  readonly v1LegacyMode?: boolean;
  /** Text of the member; off unless said. */
  readonly managedNetwork?: string;
}

/** `extra`: more members of `properties`, each with a comma in front. */
export function workspaceBody(extra = '', options: WorkspaceOptions = {}): string {
  const isPublic = options.publicNetworkAccess !== 'Disabled';
  const { hub } = options;
  const id = hub ?? workspace;
  return `{"id": "${id}", "name": "${name(id)}", "type": "Microsoft.MachineLearningServices/workspaces", "location": "${region}",
    "tags": {"team": "vision"}, "etag": null, "kind": "${hub === undefined ? 'Default' : 'Hub'}", "sku": {"name": "Basic", "tier": "Basic"},
    "identity": {"type": "SystemAssigned", "principalId": "${principal}", "tenantId": "${tenant}"},
    "properties": {"friendlyName": "${name(id)}", "description": "", "provisioningState": "Succeeded",
      "storageAccount": "${`${group}/providers/Microsoft.Storage/storageAccounts/stmlsim`.toLowerCase()}",
      "keyVault": "${vault.toLowerCase()}", "applicationInsights": "${insights}", "containerRegistry": "${registry}",
      "hbiWorkspace": ${options.hbiWorkspace ?? false}, "tenantId": "${tenant}", "creationTime": "2024-03-04T08:12:07.9603954+00:00",
      "notebookInfo": {"resourceId": "ac1da12724f346c09a3eaf3da59910d5", "fqdn": "ml-mlw-sim-westeurope.westeurope.notebooks.azure.net",
        "isPrivateLinkEnabled": ${!isPublic}, "notebookPreparationError": null},
      "storageHnsEnabled": false, "workspaceId": "66666666-6666-6666-6666-666666666666", "linkedModelInventoryArmId": null,
      "allowPublicAccessWhenBehindVnet": ${isPublic}, "publicNetworkAccess": "${isPublic ? 'Enabled' : 'Disabled'}", "v1LegacyMode": ${options.v1LegacyMode ?? false},
      "discoveryUrl": "https://westeurope.api.azureml.ms/discovery",
      "mlFlowTrackingUri": "azureml://westeurope.api.azureml.ms/mlflow/v1.0${id}",
      "managedNetwork": ${options.managedNetwork ?? '{"isolationMode": "Disabled"}'},
      "unknownToClients": {"ratio": 1.0, "serial": 12345678901234567890, "2024": "kept in its place", "text": null}${extra}},
    "systemData": {"createdAt": "2024-03-04T08:12:07.9603954Z", "createdBy": "anna@example.org", "createdByType": "User"}}`;
}

/** A project: what its own answer shows of the settings of its hub differs from one to the next, and says nothing. */
export const projectBody = (id: string, hub: string, shown: readonly string[]): string =>
  `{"id": "${id}", "name": "${name(id)}", "type": "Microsoft.MachineLearningServices/workspaces", "location": "${region}",
    "kind": "Project", "sku": {"name": "Basic", "tier": "Basic"},
    "identity": {"type": "SystemAssigned", "principalId": "${principal}", "tenantId": "${tenant}"},
    "properties": {"friendlyName": "${name(id)}", "provisioningState": "Succeeded", "hubResourceId": "${hub}", "hbiWorkspace": false,
      "workspaceId": "${guidOf(id)}", "tenantId": "${tenant}", ${joined(shown)}}}`;

/** Nodes of a cluster that does not rest at zero. */
interface Allocation {
  readonly current: number;
  readonly target: number;
  readonly idle: number;
  readonly unusable: number;
}

export interface ComputeOptions {
  readonly allocation?: Allocation;
  readonly publicIp?: boolean;
  /** Of a cluster only: is SSH open to the Internet? */
  readonly ssh?: 'Enabled' | 'Disabled';
}
const subnetText = (id: string | null): string => (id === null ? 'null' : `{"id": "${id}"}`);

/** An AmlCompute cluster; a null subnet is what a cluster in no network of the customer shows. */
export function clusterCompute(
  compute: string,
  subnetId: string | null,
  vmSize: string,
  maxNodes: number,
  options: ComputeOptions = {},
): string {
  const { current, target, idle, unusable } = options.allocation ?? { current: 0, target: 0, idle: 0, unusable: 0 };
  return `{"id": "${workspace}/computes/${compute}", "name": "${compute}", "type": "Microsoft.MachineLearningServices/workspaces/computes",
    "location": "${region}", "tags": {}, "properties": {"createdOn": "2024-03-04T09:19:39.0074366+00:00",
      "modifiedOn": "2024-03-04T09:19:45.7161131+00:00", "disableLocalAuth": true, "description": null, "resourceId": null,
      "computeType": "AmlCompute", "computeLocation": "${region}", "provisioningState": "Succeeded", "provisioningErrors": null,
      "isAttachedCompute": false, "properties": {"vmSize": "${vmSize}", "vmPriority": "Dedicated",
        "scaleSettings": {"maxNodeCount": ${maxNodes}, "minNodeCount": 0, "nodeIdleTimeBeforeScaleDown": "PT120S"},
        "subnet": ${subnetText(subnetId)}, "currentNodeCount": ${current}, "targetNodeCount": ${target},
        "nodeStateCounts": {"preparingNodeCount": 0, "runningNodeCount": 0, "idleNodeCount": ${idle}, "unusableNodeCount": ${unusable},
          "leavingNodeCount": 0, "preemptedNodeCount": 0},
        "allocationState": "Steady", "allocationStateTransitionTime": "2024-03-04T09:19:43.44+00:00", "errors": null,
        "remoteLoginPortPublicAccess": "${options.ssh ?? 'Disabled'}", "osType": "Linux", "virtualMachineImage": null, "isolatedNetwork": false,
        "enableNodePublicIp": ${options.publicIp ?? true}}}}`;
}

export function instanceCompute(compute: string, subnetId: string | null, options: ComputeOptions = {}): string {
  return `{"id": "${workspace}/computes/${compute}", "name": "${compute}", "type": "Microsoft.MachineLearningServices/workspaces/computes",
    "location": "${region}", "tags": {}, "properties": {"createdOn": "2024-03-05T07:01:02.0000000+00:00",
      "modifiedOn": "2024-03-05T07:04:02.0000000+00:00", "disableLocalAuth": true, "description": null, "resourceId": null,
      "computeType": "ComputeInstance", "computeLocation": "${region}", "provisioningState": "Succeeded", "provisioningErrors": null,
      "isAttachedCompute": false, "properties": {"vmSize": "STANDARD_DS3_V2", "subnet": ${subnetText(subnetId)},
        "applicationSharingPolicy": "Personal", "sshSettings": {"sshPublicAccess": "Disabled", "adminUserName": "azureuser", "sshPort": 22},
        "state": "Running", "enableNodePublicIp": ${options.publicIp ?? true}, "errors": [], "createdBy": {"userName": "Anna", "userId": "77777777-7777-7777-7777-777777777777"}}}}`;
}

/** Where a machine or a cluster's head node is reached. */
export const sshAt = (address: string, port = 22) => ({ sshPort: port, address });

/** An attached cluster or machine that jobs are sent to. `type`: `HDInsight`, `VirtualMachine`, `AKS`. */
export const attachedCompute = (
  compute: string,
  type: string,
  resource: string,
  settings: Readonly<Record<string, string | number>> = sshAt(`${compute}-ssh.azurehdinsight.net`),
): string =>
  `{"id": "${workspace}/computes/${compute}", "name": "${compute}", "type": "Microsoft.MachineLearningServices/workspaces/computes",
    "location": "${region}", "tags": {}, "properties": {"createdOn": "2024-03-06T07:01:02.0000000+00:00",
      "modifiedOn": "2024-03-06T07:04:02.0000000+00:00", "disableLocalAuth": false, "description": null, "resourceId": "${resource}",
      "computeType": "${type}", "computeLocation": "${region}", "provisioningState": "Succeeded", "provisioningErrors": null,
      "isAttachedCompute": true, "properties": ${JSON.stringify(settings)}}}`;

/** `kind`: AzureBlob, AzureFile or AzureDataLakeGen2; `inside`: container, share or file system. */
export function datastore(store: string, kind: string, accountName: string, inside: string, isDefault = false): string {
  const member = kind === 'AzureBlob' ? 'containerName' : kind === 'AzureFile' ? 'fileShareName' : 'filesystem';
  return `{"id": "${workspace}/datastores/${store}", "name": "${store}", "type": "Microsoft.MachineLearningServices/workspaces/datastores",
    "properties": {"description": null, "tags": null, "properties": null, "isDefault": ${isDefault}, "datastoreType": "${kind}",
      "credentials": {"credentialsType": "AccountKey", "secrets": {"secretsType": "AccountKey"}}, "accountName": "${accountName}", "${member}": "${inside}", "endpoint": "core.windows.net",
      "protocol": "https", "serviceDataAccessAuthIdentity": "None", "subscriptionId": "${subscription}", "resourceGroup": "rg-ml"},
    "systemData": {"createdAt": "2024-03-04T08:15:00.0000000Z", "createdBy": "anna@example.org", "createdByType": "User"}}`;
}

/** The datastores of every new workspace, without the two that are hardly used. */
export function defaultDatastores(): string[] {
  return [
    datastore('workspaceblobstore', 'AzureBlob', 'stmlsim', 'azureml-blobstore-66666666', true),
    datastore('workspacefilestore', 'AzureFile', 'stmlsim', 'azureml-filestore-66666666'),
  ];
}

/** The workspace's own link to its registry: a member of its `properties`. */
export const sharedLink = (status: 'Approved' | 'Pending'): string =>
  `"sharedPrivateLinkResources": [{"name": "Acr", "properties": {"privateLinkResourceId": "${registry}/privateLinkResources/registry",
    "groupId": "registry", "requestMessage": "Approve", "status": "${status}"}}]`;

/** The connections of its private endpoints: members of its `properties`. */
export const workspaceConnections = (connections: readonly string[]): string =>
  `"privateLinkCount": ${connections.length}, "privateEndpointConnections": ${list(connections)}`;

/** An endpoint on machines of the service's, with one deployment `blue` that takes all its traffic. */
function bodiesOf(name: string, publicNetworkAccess: 'Enabled' | 'Disabled'): string[] {
  const id = `${workspace}/onlineEndpoints/${name}`;
  const type = 'Microsoft.MachineLearningServices/workspaces/onlineEndpoints';
  const made = `"systemData": {"createdAt": "2024-03-07T09:01:02.1234567Z", "createdBy": "anna@example.org", "createdByType": "User"}`;
  return [
    `{"tags": {}, "location": "${region}", "kind": "Managed", "id": "${id}", "name": "${name}", "type": "${type}",
      "identity": {"type": "SystemAssigned", "principalId": "${guidOf(id)}", "tenantId": "${tenant}"},
      "properties": {"authMode": "Key", "description": null, "provisioningState": "Succeeded",
        "scoringUri": "https://${name}.${region}.inference.ml.azure.com/score",
        "swaggerUri": "https://${name}.${region}.inference.ml.azure.com/swagger.json",
        "properties": {"azureml.onlineendpointid": "${id.toLowerCase()}", "createdBy": "${principal}"},
        "publicNetworkAccess": "${publicNetworkAccess}", "traffic": {"blue": 100}, "mirrorTraffic": {}, "compute": null}, ${made}}`,
    `{"tags": {}, "location": "${region}", "kind": "Managed", "id": "${id}/deployments/blue", "name": "blue",
      "type": "${type}/deployments", "sku": {"name": "Default", "capacity": 1},
      "properties": {"endpointComputeType": "Managed", "provisioningState": "Succeeded", "instanceType": "Standard_DS3_v2",
        "model": "azureml:${name}:1", "environmentId": "azureml:${name}-serving:1", "appInsightsEnabled": false,
        "egressPublicNetworkAccess": "Enabled", "scaleSettings": {"scaleType": "Default"},
        "requestSettings": {"maxConcurrentRequestsPerInstance": 1, "requestTimeout": "PT5S", "maxQueueWait": "PT0.5S"}}, ${made}}`,
    roleOf(guidOf(id), registry, '7f951dda-4ed3-4680-a7ca-43fe172d538d'),
    roleOf(guidOf(id), account('stmlsim'), '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'),
  ];
}

/** A role that the service gives the identity of an endpoint with the endpoint: AcrPull and Storage Blob Data Reader. */
function roleOf(endpoint: string, scope: string, role: string): string {
  const id = `${scope}/providers/Microsoft.Authorization/roleAssignments/${guidOf(`${endpoint} ${role}`)}`;
  return `{"properties": {"roleDefinitionId": "/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/${role}",
    "principalId": "${endpoint}", "principalType": "ServicePrincipal", "scope": "${scope}"}, "id": "${id}",
    "type": "Microsoft.Authorization/roleAssignments", "name": "${name(id)}"}`;
}

/** Endpoints by name, each with who meets it. */
export const onlineEndpoints = (named: Readonly<Record<string, 'Enabled' | 'Disabled'>>): string[] =>
  Object.entries(named).flatMap(([name, access]) => bodiesOf(name, access));

export interface OutboundRule {
  readonly name: string;
  /** Texts of the members of its `properties`. */
  readonly properties: string;
}

export interface ManagedNetwork {
  readonly mode: 'AllowInternetOutbound' | 'AllowOnlyApprovedOutbound';
  readonly status: 'Active' | 'Inactive';
  readonly rules: readonly OutboundRule[];
}

type Status = 'Active' | 'Inactive';

/** A private endpoint of the managed network to a group of a resource. One that the service creates itself is `Required`. */
export function endpointRule(
  target: string,
  group: string,
  isRequired: boolean,
  status: Status = 'Active',
): OutboundRule {
  const rule = isRequired
    ? `__SYS_PE_${name(target)}_${group}_${guidOf(`${target} ${group}`).slice(0, 8)}`
    : `${name(target)}-${group}`;
  return {
    name: rule,
    properties: `"type": "PrivateEndpoint", "destination": {"serviceResourceId": "${target}", "subresourceTarget": "${group}",
      "sparkEnabled": false, "sparkStatus": "Inactive"}, "status": "${status}", "category": "${isRequired ? 'Required' : 'UserDefined'}"`,
  };
}

/** A host name that nodes may reach; only a network of approved outbound takes one. */
export const hostRule = (rule: string, host: string, status: Status = 'Active'): OutboundRule => ({
  name: rule,
  properties: `"type": "FQDN", "destination": "${host}", "status": "${status}", "category": "UserDefined"`,
});

/** The service tags that the service itself needs, in a network of approved outbound. */
export function requiredTags(status: Status = 'Active'): OutboundRule[] {
  return serviceTags(region).map(({ name: rule, serviceTag, protocol, portRanges }) => ({
    name: rule,
    properties: `"type": "ServiceTag", "destination": {"serviceTag": "${serviceTag}", "protocol": "${protocol}", "portRanges": "${portRanges}",
      "action": "Allow"}, "status": "${status}", "category": "Required"`,
  }));
}

/** The member `managedNetwork` of the workspace. */
export function managedNetworkMember({ mode, status, rules }: ManagedNetwork): string {
  const inside = rules.map((rule) => `"${rule.name}": {${rule.properties}}`);
  const next = mode === 'AllowOnlyApprovedOutbound' ? '[]' : '["AllowOnlyApprovedOutbound"]';
  return `{"isolationMode": "${mode}", "networkId": "${guidOf(`${workspace} network`)}", "outboundRules": {${joined(inside)}},
    "status": {"status": "${status}", "sparkReady": ${status === 'Active'}}, "changeableIsolationModes": ${next}}`;
}

/** The rules as resources. */
export const outboundRuleBodies = ({ rules }: ManagedNetwork): string[] =>
  rules.map(
    (rule) => `{"id": "${workspace}/outboundRules/${rule.name}", "name": "${rule.name}",
      "type": "Microsoft.MachineLearningServices/workspaces/outboundRules", "properties": {${rule.properties}}}`,
  );
