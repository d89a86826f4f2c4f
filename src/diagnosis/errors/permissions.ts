// Who may not: locks, policies, missing actions, sign-in.
import { type KnownError, sources } from '../known-error.ts';

export const permissionErrors: readonly KnownError[] = [
  {
    names: ['ScopeLocked'],
    text: /following scope\(s\) are locked/i,
    means: 'A lock on the resource, its group or its subscription forbids the write.',
    next: 'Ask whoever set the lock; its notes may say why it is there. Nothing was changed.',
    rules: ['compute.locks'],
    source: 'the wording of Azure Resource Manager, 409',
  },
  {
    names: ['RequestDisallowedByPolicy'],
    text: /was disallowed by policy/i,
    means: 'A policy of the organisation denies the resource as it was to be made.',
    next: 'Ask the owner of the assignment for an exemption, or meet what the policy demands.',
    rules: ['compute.policy'],
    source: sources.deployment,
  },
  {
    names: ['AmbiguousPolicyEvaluationPaths'],
    text: /one or more ambiguous paths/i,
    means: 'A body held one member twice in two letter cases, and a policy could not tell which counts.',
    next: 'Send the member once. Where Bastide sent it, this is a bug: please report it.',
    rules: [],
    source: 'Azure/azure-powershell #22472',
  },
  {
    names: ['LinkedAuthorizationFailed'],
    text: /does not have permission to perform action .{1,300} on the linked scope/is,
    means: 'You may write the resource, and may not join what it names: a subnet, a security group, a vault.',
    next: 'Ask for the join action on the linked resource; Network Contributor on the subnet holds it.',
    rules: ['compute.caller-can-join', 'aks.identity-network-contributor'],
    source: 'coreos/tectonic-installer #1954',
  },
  {
    names: ['AuthorizationFailed'],
    text: /does not have authorization to perform action/i,
    means: 'The signed-in identity has no role that holds the action on this scope.',
    next: 'Ask for a role with the action that the message names, and sign in again after it was granted.',
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
    means: 'The token is missing, too old, or of another tenant.',
    next: 'Sign in again, in the tenant of the subscription: `az login --tenant TENANT`.',
    rules: [],
    source: sources.deployment,
  },
  {
    names: ['MissingSubscriptionRegistration'],
    text: /subscription is not registered to use namespace/i,
    means: 'The subscription does not know the resource provider yet.',
    next: 'Register it: `az provider register --namespace NAMESPACE`, and try again when it is Registered.',
    rules: [],
    source: sources.deployment,
  },
];
