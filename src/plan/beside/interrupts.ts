// What a change interrupts: connections that Azure resets, names that lose their address for a while, and what a resource type says of
// work that ends.
import {
  type ChangedHops,
  isPublicText,
  mayBeOccupied,
  occupantsOf,
  pairsOf,
  type ResourcePair,
  unresolvedNames,
} from '../../audit/changed.ts';
import type { EffectReason } from '../../model/effect.ts';
import { attempt } from '../../model/readable.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, typeOf } from '../../model/resource-id.ts';
import { resourceIn, type SnapshotIndex } from '../../model/snapshot-index.ts';
import {
  resourceTypeOf,
  securityGroupType,
  securityRulesPointer,
  subnetType,
  subnetView,
} from '../../resource-types/index.ts';
import { booleanAt, listAt, textAt } from '../../resource-types/read.ts';
import type { BesideInput } from '../beside.ts';

export const interruptsOf = (
  input: BesideInput,
  pairs: readonly ResourcePair[],
  hops: Pick<ChangedHops, 'left' | 'entered'>,
): EffectReason[] => [
  ...resets(pairs, input.before),
  ...rerouted(hops, input.before),
  ...evaluated(pairs),
  ...unresolvedNames(pairs, input.before, input.after).map(
    (data): EffectReason => ({ kind: 'interrupts', reason: 'name-unresolved', data }),
  ),
  ...ended(input),
];

/**
 * A service endpoint that is added or removed changes the source address of the subnet, which closes the open connections to its
 * service (Microsoft Learn, "Virtual network service endpoints").
 */
function resets(pairs: readonly ResourcePair[], index: SnapshotIndex): EffectReason[] {
  return pairsOf(pairs, subnetType).flatMap(({ before, after }) => {
    if (!before || !after) return [];
    const [was, is] = [servicesOf(before), servicesOf(after)];
    const moved = [...is].filter(([key]) => !was.has(key)).concat([...was].filter(([key]) => !is.has(key)));
    if (moved.length === 0 || !isOccupied(before, index)) return [];
    return moved.map(
      ([, service]): EffectReason => ({
        kind: 'interrupts',
        reason: 'connections-reset',
        data: { subnet: before.id, service },
      }),
    );
  });
}

/**
 * What passes an appliance to a public address has its address there, or that of a gateway: packets on another way have another one. A
 * stateful appliance has no state of connections that enter it.
 */
const rerouted = ({ left, entered }: Pick<ChangedHops, 'left' | 'entered'>, index: SnapshotIndex): EffectReason[] =>
  [...left, ...entered].flatMap(({ subnet, to, hop }): EffectReason[] => {
    const seen = index.peek(subnet);
    if (!to.some(isPublicText) || (seen.state === 'read' && !isOccupied(seen.resource, index))) return [];
    return [{ kind: 'interrupts', reason: 'connections-moved', data: { subnet, hop } }];
  });

const servicesOf = (subnet: Resource): ReadonlyMap<string, string> =>
  new Map(subnetView(subnet).serviceEndpoints.map(({ service }) => [fold(service), service]));

/** What could not be read may be there. */
const isOccupied = (subnet: Resource, index: SnapshotIndex): boolean =>
  mayBeOccupied(subnet, index) ||
  attempt(
    () => occupantsOf(subnet, index).length > 0,
    () => true,
  );

/**
 * Open connections outlive a change of security rules, unless the group says otherwise (Microsoft Learn, "Network security group
 * overview"). Only what may deny more ends any.
 */
const evaluated = (pairs: readonly ResourcePair[]): EffectReason[] =>
  pairsOf(pairs, securityGroupType).flatMap(({ before, after }): EffectReason[] => {
    if (!before || !after || booleanAt(after.body, '/properties/flushConnection') !== true) return [];
    const [old, now] = [before, after].map(({ body }) => listAt(body, securityRulesPointer));
    const only = (a: typeof old = [], b: typeof old = []) => a.filter((rule) => !b.includes(rule));
    const is = (rule: (typeof only extends (...args: never) => infer All ? All : never)[number], access: string) =>
      fold(textAt(rule, '/properties/access') ?? '') === access;
    const denies = only(now, old).some((rule) => is(rule, 'deny')) || only(old, now).some((rule) => is(rule, 'allow'));
    return denies ? [{ kind: 'interrupts', reason: 'connections-evaluated', data: { group: after.id } }] : [];
  });

/** What the resource type says: nodes that go, jobs that end, an address that changes. */
function ended({ change, before, after, isOwn }: BesideInput): EffectReason[] {
  const { resource: id } = change;
  const kind = resourceTypeOf(typeOf(id));
  const side = (index: SnapshotIndex): Resource | null => {
    const seen = index.peek(id);
    return seen.state === 'read' ? seen.resource : null;
  };
  const was = side(before);
  const sides = {
    id,
    isOwn,
    // What a deletion ends follows from the body that it is made from.
    before: was !== null && change.kind === 'delete' ? { ...was, body: change.body } : was,
    after: side(after),
    seen: { resource: (one: string) => resourceIn(before.snapshot, one) },
  };
  if (sides.before === null && sides.after === null) return [];
  return attempt(
    () => kind.effects(sides),
    () => [],
  ).flatMap((one): EffectReason[] =>
    one.kind === 'outage' || one.now === 'interrupts'
      ? [{ kind: 'interrupts', reason: 'setting', data: { says: one.detail } }]
      : [],
  );
}
