// The bodies of online endpoints and of what is deployed there, as JSON text.
import { principal, region, tenant, workspace } from './names.ts';
import { guidOf } from './parts.ts';

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
  ];
}

/** Endpoints by name, each with who meets it. */
export const onlineEndpoints = (named: Readonly<Record<string, 'Enabled' | 'Disabled'>>): string[] =>
  Object.entries(named).flatMap(([name, access]) => bodiesOf(name, access));
