// The bodies of a workspace, its computes and its datastores, as JSON text.
import { group, insights, principal, region, registry, subscription, tenant, vault, workspace } from './names.ts';
import { list } from './parts.ts';

interface WorkspaceOptions {
  readonly publicNetworkAccess?: 'Enabled' | 'Disabled';
  /** Text of the member; off unless said. */
  readonly managedNetwork?: string;
  readonly identity?: 'SystemAssigned' | 'None';
}

/** `extra`: more members of `properties`, each with a comma in front. */
export function workspaceBody(extra = '', options: WorkspaceOptions = {}): string {
  const isPublic = options.publicNetworkAccess !== 'Disabled';
  const identity =
    options.identity === 'None'
      ? '{"type": "None"}'
      : `{"type": "SystemAssigned", "principalId": "${principal}", "tenantId": "${tenant}"}`;
  return `{"id": "${workspace}", "name": "mlw-sim", "type": "Microsoft.MachineLearningServices/workspaces", "location": "${region}",
    "tags": {"team": "vision"}, "etag": null, "kind": "Default", "sku": {"name": "Basic", "tier": "Basic"},
    "identity": ${identity},
    "properties": {"friendlyName": "mlw-sim", "description": "", "provisioningState": "Succeeded",
      "storageAccount": "${`${group}/providers/Microsoft.Storage/storageAccounts/stmlsim`.toLowerCase()}",
      "keyVault": "${vault.toLowerCase()}", "applicationInsights": "${insights}", "containerRegistry": "${registry}",
      "hbiWorkspace": false, "tenantId": "${tenant}", "creationTime": "2024-03-04T08:12:07.9603954+00:00",
      "notebookInfo": {"resourceId": "ac1da12724f346c09a3eaf3da59910d5", "fqdn": "ml-mlw-sim-westeurope.westeurope.notebooks.azure.net",
        "isPrivateLinkEnabled": ${!isPublic}, "notebookPreparationError": null},
      "storageHnsEnabled": false, "workspaceId": "66666666-6666-6666-6666-666666666666", "linkedModelInventoryArmId": null,
      "allowPublicAccessWhenBehindVnet": ${isPublic}, "publicNetworkAccess": "${isPublic ? 'Enabled' : 'Disabled'}", "v1LegacyMode": false,
      "discoveryUrl": "https://westeurope.api.azureml.ms/discovery",
      "mlFlowTrackingUri": "azureml://westeurope.api.azureml.ms/mlflow/v1.0${workspace}",
      "managedNetwork": ${options.managedNetwork ?? '{"isolationMode": "Disabled"}'},
      "unknownToClients": {"ratio": 1.0, "serial": 12345678901234567890, "2024": "kept in its place", "text": null}${extra}},
    "systemData": {"createdAt": "2024-03-04T08:12:07.9603954Z", "createdBy": "anna@example.org", "createdByType": "User"}}`;
}

interface ComputeOptions {
  readonly publicIp?: boolean;
  /** Of a cluster only: may anybody reach SSH? */
  readonly ssh?: 'Enabled' | 'Disabled';
}
const subnetText = (id: string | null): string => (id === null ? 'null' : `{"id": "${id}"}`);

/** An AmlCompute cluster; a null subnet is what one outside every network of the customer shows. */
export function clusterCompute(
  compute: string,
  subnetId: string | null,
  vmSize: string,
  maxNodes: number,
  options: ComputeOptions = {},
): string {
  return `{"id": "${workspace}/computes/${compute}", "name": "${compute}", "type": "Microsoft.MachineLearningServices/workspaces/computes",
    "location": "${region}", "tags": {}, "properties": {"createdOn": "2024-03-04T09:19:39.0074366+00:00",
      "modifiedOn": "2024-03-04T09:19:45.7161131+00:00", "disableLocalAuth": true, "description": null, "resourceId": null,
      "computeType": "AmlCompute", "computeLocation": "${region}", "provisioningState": "Succeeded", "provisioningErrors": null,
      "isAttachedCompute": false, "properties": {"vmSize": "${vmSize}", "vmPriority": "Dedicated",
        "scaleSettings": {"maxNodeCount": ${maxNodes}, "minNodeCount": 0, "nodeIdleTimeBeforeScaleDown": "PT120S"},
        "subnet": ${subnetText(subnetId)}, "currentNodeCount": 0, "targetNodeCount": 0,
        "nodeStateCounts": {"preparingNodeCount": 0, "runningNodeCount": 0, "idleNodeCount": 0, "unusableNodeCount": 0,
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

/** A cluster or machine of its own that jobs are sent to. `type`: `HDInsight`, `VirtualMachine`, `AKS`. */
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

/** The three datastores every workspace is born with, less the two nobody uses. */
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
