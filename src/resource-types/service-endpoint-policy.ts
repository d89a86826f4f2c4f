// Service endpoint policies: which storage accounts a subnet reaches through its service endpoint. A definition is added or
// removed with a PUT of the whole policy.
import type { ListKey } from '../model/edit.ts';
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import { updateAt, valueAt } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { fold, nameOf } from '../model/resource-id.ts';
import { defineResourceType } from './define.ts';
import { eachObject, groupOf, isUnder, sendable, without, withoutComputed } from './parts/bodies.ts';
import type { ResourceShape } from './parts/normal.ts';
import { line, lines } from './parts/shell.ts';
import { lazyMembers, listAt, memoizePerResource, textAt, textsAt } from './read.ts';

export const servicePolicyType = 'Microsoft.Network/serviceEndpointPolicies';
export const policyDefinitionsPointer = '/properties/serviceEndpointPolicyDefinitions';
const byName: ListKey = { member: 'name', fold: true };
const computed = ['provisioningState', 'resourceGuid', 'subnets'];
const shape: ResourceShape = {
  volatile: [
    ...['id', 'etag', 'type', 'properties/provisioningState'].map((name) => `${policyDefinitionsPointer}/*/${name}`),
  ],
  sets: {
    [policyDefinitionsPointer]: byName,
    [`${policyDefinitionsPointer}/*/properties/serviceResources`]: { member: null, fold: true },
  },
};

export interface ServicePolicyView {
  readonly definitions: readonly {
    readonly name: string;
    /** `Microsoft.Storage`, `Global`. */
    readonly service: string | undefined;
    /** Ids, or aliases such as `/services/Azure/MachineLearning`. */
    readonly resources: readonly string[];
  }[];
}
export const servicePolicyView = memoizePerResource(
  ({ body }: Resource): ServicePolicyView =>
    lazyMembers<ServicePolicyView>({
      definitions: () =>
        listAt(body, policyDefinitionsPointer).map((item) => ({
          name: textAt(item, '/name') ?? '',
          service: textAt(item, '/properties/service'),
          resources: textsAt(item, '/properties/serviceResources'),
        })),
    }),
);

export const serviceEndpointPolicy = defineResourceType({
  type: servicePolicyType,
  label: 'service endpoint policy',
  decidesPackets: true,
  plural: 'service endpoint policies',
  computed,
  shape,
  columns: [
    {
      title: 'Allows',
      value: (resource) =>
        servicePolicyView(resource)
          .definitions.flatMap((one) => one.resources)
          .map(nameOf)
          .join(', '),
    },
    { title: 'Region', value: ({ body }) => textAt(body, '/location') ?? '' },
  ],
  references: (body) =>
    listAt(body, policyDefinitionsPointer)
      .flatMap((item) => textsAt(item, '/properties/serviceResources'))
      .filter((id) => /^\/subscriptions\//i.test(id)),
  effects({ id, before, after, seen }) {
    if (before === null || after === null) return [];
    const [was, is] = [before, after].map((one) =>
      servicePolicyView(one).definitions.flatMap((item) => item.resources),
    );
    const only = (a: readonly string[] = [], b: readonly string[] = []) =>
      a.filter((one) => !b.some((other) => fold(other) === fold(one)));
    // Accounts that were read are told by the flows to them; others, aliases and whole groups only here.
    const told = (one: string, now: 'opens' | 'cutsOff') => (seen.resource(one) ? {} : { now });
    return [
      ...only(is, was).map((one) => ({
        kind: 'allows' as const,
        ...told(one, 'opens'),
        detail: `Subnets with policy ${nameOf(id)} reach ${nameOf(one)} through their service endpoint.`,
        subject: one,
      })),
      ...only(was, is).map((one) => ({
        kind: 'restricts' as const,
        ...told(one, 'cutsOff'),
        detail: `Subnets with policy ${nameOf(id)} no longer reach ${nameOf(one)} through their service endpoint.`,
        subject: one,
      })),
    ];
  },
  write: { body: sent, create: true, delete: true, edits: (edit) => isUnder(edit, policyDefinitionsPointer) },
  az(change) {
    const [group, name] = [groupOf(change.resource), nameOf(change.resource)];
    const policy = (verb: string, ...words: string[]) =>
      line('az', 'network', 'service-endpoint', 'policy', verb, '-g', group, '-n', name, words);
    const definition = (verb: string, item: Json) =>
      line('az', 'network', 'service-endpoint', 'policy-definition', verb, '-g', group, '--policy-name', name, [
        ...['-n', textAt(item, '/name') ?? ''],
        ...(verb === 'create' ? ['--service', textAt(item, '/properties/service') ?? ''] : []),
        ...(verb === 'create' ? ['--service-resources', ...textsAt(item, '/properties/serviceResources')] : []),
      ]);
    if (change.kind === 'delete') return policy('delete');
    if (change.kind === 'create') {
      const items = listAt(change.body, policyDefinitionsPointer);
      const start = policy('create', '-l', textAt(change.body, '/location') ?? '');
      return lines([start, ...items.map((item) => definition('create', item))]);
    }
    return lines(
      change.edits.flatMap((edit) => {
        if (edit.op === 'add') return [definition('create', edit.after)];
        return edit.op === 'remove' ? [definition('delete', edit.before)] : [];
      }),
    );
  },
});

/** The body of a PUT: without what Azure computes in the policy and in each definition. */
function sent(body: JsonObject): JsonObject {
  const bare = withoutComputed(body, computed);
  const items = eachObject(valueAt(bare, policyDefinitionsPointer), (item) => {
    const own = without(item, ['id', 'etag', 'type']);
    return isObject(own.properties) ? { ...own, properties: without(own.properties, ['provisioningState']) } : own;
  });
  const after = updateAt(bare, ['properties', 'serviceEndpointPolicyDefinitions'], () => items);
  return isObject(after) ? after : sendable(body);
}
