// What an authorization error lacks: the action, the scope, and the built-in role with the fewest rights that holds the action. Pure.
// Roles: learn.microsoft.com/azure/role-based-access-control/built-in-roles, read 2026-11-28.
import { clean, withoutEnd } from '../model/text.ts';

export interface MissingRole {
  readonly action: string;
  readonly scope: string | null;
  readonly role: string;
  /** Assigns the role; null where the text names no scope. */
  readonly command: string | null;
}

/** The first that holds the action; more exact ones stand first. */
const roles: readonly (readonly [RegExp, string])[] = [
  [
    /^microsoft\.\w+\/.*\/privateEndpointConnections(?:Approval)?\/?.*$/i,
    'Azure AI Enterprise Network Connection Approver',
  ],
  [/^microsoft\.machinelearningservices\/registries\/(?!delete)/i, 'AzureML Registry User'],
  [/^microsoft\.machinelearningservices\/workspaces\/computes\/(?!read)/i, 'AzureML Compute Operator'],
  [/^microsoft\.machinelearningservices\/workspaces\/(?:write|delete|connections\/write)/i, 'Contributor'],
  [/^microsoft\.machinelearningservices\/.*\/read$/i, 'Reader'],
  [/^microsoft\.machinelearningservices\/workspaces\/.+/i, 'AzureML Data Scientist'],
  [/^microsoft\.authorization\/roleAssignments\/(?:write|delete)/i, 'Role Based Access Control Administrator'],
  [/^microsoft\.authorization\/locks\/(?!read)/i, 'User Access Administrator'],
  [/^microsoft\.network\/privateDnsZones\/(?!read)/i, 'Private DNS Zone Contributor'],
  [/^microsoft\.network\/.*(?:write|delete|action)$/i, 'Network Contributor'],
  [/^microsoft\.storage\/storageAccounts\/blobServices\/containers\/blobs\/read$/i, 'Storage Blob Data Reader'],
  [/^microsoft\.storage\/storageAccounts\/blobServices\/containers\/blobs\//i, 'Storage Blob Data Contributor'],
  [
    /^microsoft\.storage\/storageAccounts\/fileServices\/fileShares\/files\//i,
    'Storage File Data Privileged Contributor',
  ],
  [/^microsoft\.storage\/storageAccounts\/(?:listKeys|write|delete)/i, 'Storage Account Contributor'],
  [/^microsoft\.containerregistry\/registries\/pull\/read$/i, 'AcrPull'],
  [/^microsoft\.containerregistry\/registries\/push\/write$/i, 'AcrPush'],
  [/^microsoft\.keyvault\/vaults\/secrets\//i, 'Key Vault Secrets User'],
  [/^microsoft\.keyvault\/vaults\/(?!read)/i, 'Key Vault Contributor'],
  [
    /^microsoft\.containerservice\/managedClusters\/listClusterUserCredential/i,
    'Azure Kubernetes Service Cluster User Role',
  ],
  [/^microsoft\.managedidentity\/userAssignedIdentities\/assign\/action$/i, 'Managed Identity Operator'],
  [/\/read$/i, 'Reader'],
  [/^microsoft\./i, 'Contributor'],
];

const action =
  /(?:perform (?:the )?action|permission)\(?s?\)?[ :]*(?:to )?['"\u2018\u201C]?(Microsoft\.[\w./]+\/[\w./]+)/i;
const scopes = /(?:linked |over |the )?scope\(?s?\)? *['"\u2018\u201C]?(\/subscriptions\/[^\s'"\u2019\u201D,;)]+)/i;
const objectId = /object id ['"\u2018\u201C]([0-9a-f-]{36})/i;

/** Undefined where the text names no action. */
export function missingRoleIn(text: string): MissingRole | undefined {
  const named = withoutEnd(action.exec(text)?.[1] ?? '', '.');
  const role = named === '' ? undefined : roles.find(([pattern]) => pattern.test(named))?.[1];
  if (role === undefined) return undefined;
  const at = scopes.exec(text)?.[1];
  const scope = at === undefined ? null : withoutEnd(at, '.');
  const isPlain = scope !== null && /^\/[\w./()-]+$/.test(scope);
  const who = objectId.exec(text)?.[1] ?? 'OBJECT_ID';
  return {
    action: clean(named, 200),
    scope: scope === null ? null : clean(scope, 400),
    role,
    command: isPlain ? `az role assignment create --assignee-object-id ${who} --role "${role}" --scope ${scope}` : null,
  };
}
