// Errors of permissions: locks, policies, missing actions, sign-in, provider registration.
import { type KnownError, sources } from '../known-error.ts';

export const permissionErrors: readonly KnownError[] = [
  {
    names: ['PrivateEndpointApprovalAuthorization'],
    text: /(?:perform (?:the )?action\S{0,3}|permissions?\b.{0,40}|authori[sz]\w+\b.{0,40}) ['"‘“]?Microsoft\.[\w./]+\/privateEndpointConnections/i,
    means: 'The identity of the workspace may not read or approve private endpoint connections of a resource.',
    next: 'Assign it the role Azure AI Enterprise Network Connection Approver on the resource.',
    rules: ['workspace.managed-network-approver', 'workspace.managed-network-provisioned'],
    source: 'learn.microsoft.com/azure/machine-learning/how-to-troubleshoot-managed-network, 2025-11',
  },
  {
    names: ['ScopeLocked'],
    text: /following scope\(s\) are locked/i,
    means: 'A lock on the resource, its resource group or its subscription prevents the change.',
    next: 'Ask the owner of the lock; its notes may give the reason. Nothing was changed.',
    rules: ['compute.locks'],
    source: 'the wording of Azure Resource Manager, 409',
  },
  {
    names: ['RequestDisallowedByPolicy'],
    text: /was disallowed by policy|(?:blocked|denied) by (?:an? )?azure policy/i,
    means: 'An Azure Policy denies the resource with these settings.',
    next: 'Ask the owner of the policy assignment for an exemption, or change the settings to comply.',
    rules: ['compute.policy'],
    source: sources.deployment,
  },
  {
    names: ['AmbiguousPolicyEvaluationPaths'],
    text: /one or more ambiguous paths/i,
    means: 'The request body has one property twice, in different letter case, and a policy cannot evaluate it.',
    next: 'Send the property once. If Bastide sent the request, please report it as a bug.',
    rules: [],
    source: 'Azure/azure-powershell #22472',
  },
  {
    names: ['LinkedAuthorizationFailed'],
    text: /does not have permission to perform action .{1,300} on the linked scope/is,
    means: 'You may write the resource, but not join a resource it refers to: a subnet, an NSG, a key vault.',
    next: 'Ask for the join action on the linked resource, for example Network Contributor on the subnet.',
    rules: ['compute.caller-can-join', 'aks.identity-network-contributor'],
    source: 'coreos/tectonic-installer #1954',
  },
  {
    names: ['AuthorizationFailed'],
    text: /do(?:es)?(?: not|n['’]t) have authorization to perform action/i,
    means: 'The signed-in identity has no role with this action at this scope.',
    next: 'Ask for a role with the action named in the message. Sign in again after it is assigned.',
    rules: ['compute.caller-can-join', 'workspace.exists', 'aks.identity-network-contributor'],
    source: sources.deployment,
  },
  {
    names: [
      'AuthenticationFailed',
      'InvalidAuthenticationToken',
      'ExpiredAuthenticationToken',
      'InvalidAuthenticationTokenTenant',
    ],
    means: 'The access token is missing, expired, or from another tenant.',
    next: 'Sign in again to the tenant of the subscription: `az login --tenant TENANT`.',
    rules: [],
    source: sources.deployment,
  },
  {
    names: ['MissingSubscriptionRegistration'],
    text: /subscription is not registered to use namespace/i,
    means: 'The resource provider is not registered in the subscription.',
    next: 'Run `az provider register --namespace NAMESPACE`, and retry when it is Registered.',
    rules: [],
    source: sources.deployment,
  },
];
