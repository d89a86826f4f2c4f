// What Azure Resource Manager says about the request itself.
import { type KnownError, sources } from '../known-error.ts';

export const requestErrors: readonly KnownError[] = [
  {
    names: ['PreconditionFailed'],
    means: 'Somebody changed the resource after it was read, or it exists though it was to be made.',
    next: 'Read it again and plan anew; nothing was overwritten.',
    rules: [],
    source: 'RFC 9110, 15.5.13, 2022',
  },
  {
    names: ['SubscriptionRequestsThrottled', 'TooManyRequests'],
    text: /Number of '\w+' requests for subscription .{1,300} exceeded/is,
    means: 'Too many requests in a short time, by you or by others of the subscription.',
    next: 'Wait the seconds that the message or Retry-After names.',
    rules: [],
    source: sources.requests,
  },
  {
    names: ['NoRegisteredProviderFound', 'InvalidApiVersionParameter'],
    text: /No registered resource provider found for location/i,
    means: 'The service does not know this api-version, or not in this region.',
    next: 'Use one of the api-versions that the message lists; clouds other than the public one are often behind.',
    rules: [],
    source: sources.deployment,
  },
  {
    names: ['ResourceNotFound', 'ResourceGroupNotFound', 'SubscriptionNotFound', 'NotFound'],
    text: /under resource group .{1,200} was not found/is,
    means: 'What is named is gone, was never there, or lies where you may not look.',
    next: 'Check the id, the subscription and the tenant you are signed in to.',
    rules: [
      'workspace.exists',
      'workspace.network-preexists',
      'storage.default-account',
      'keyvault.resolved',
      'acr.resolved',
      'storage.vnet-rule-state',
    ],
    source: sources.deployment,
  },
];
