// What a change does through an object that others use too: subnets and NICs that a group or policy names and that were not read, and the
// gateway, group or table of another owner that a subnet gets.
import { pairsOf, type ResourcePair } from '../../audit/changed.ts';
import type { EffectReason } from '../../model/effect.ts';
import { listed } from '../../model/effect-words.ts';
import { fold, nameInParent, nameOf, sameId } from '../../model/resource-id.ts';
import { securityGroupType, securityRulesPointer, subnetType, subnetView } from '../../resource-types/index.ts';
import { natGatewayType } from '../../resource-types/nat-gateway.ts';
import { listAt, textAt } from '../../resource-types/read.ts';
import type { BesideInput } from '../beside.ts';
import { isMadeIn } from '../simulate.ts';

interface Sharing {
  readonly type: string;
  /** What it decides for those that use it. */
  readonly decides: readonly string[];
  /** Lists of its body that name them. */
  readonly users: readonly string[];
}
/** Route tables tell it as traffic that may leave an appliance. */
const shared: readonly Sharing[] = [
  {
    type: securityGroupType,
    decides: [securityRulesPointer],
    users: ['/properties/subnets', '/properties/networkInterfaces'],
  },
  {
    type: 'Microsoft.Network/serviceEndpointPolicies',
    decides: ['/properties/serviceEndpointPolicyDefinitions'],
    users: ['/properties/subnets'],
  },
  {
    type: natGatewayType,
    decides: ['/properties/publicIpAddresses', '/properties/publicIpPrefixes'],
    users: ['/properties/subnets'],
  },
];

/** Who uses what is changed, by its own body, and was not read: what it opens or cuts off for them is not known. */
export const unseenUsers = ({ before: index }: BesideInput, pairs: readonly ResourcePair[]): EffectReason[] =>
  shared.flatMap(({ type, decides, users }) =>
    pairsOf(pairs, type).flatMap(({ before, after }): EffectReason[] => {
      if (!before || !after) return [];
      const [was, is] = [before, after].map(({ body }) => decides.flatMap((list) => listAt(body, list)));
      const [gone, fresh] = [lacking(was, is), lacking(is, was)];
      if (gone.length + fresh.length === 0) return [];
      const ids = users.flatMap((list) => listAt(after.body, list).flatMap((item) => textAt(item, '/id') ?? []));
      const unread = ids.filter((id) => index.peek(id).state !== 'read').map(nameInParent);
      if (unread.length === 0) return [];
      const use = unread.length === 1 ? 'it uses' : 'they use';
      const were = unread.length === 1 ? 'was' : 'were';
      const told = (kind: 'opens' | 'cutsOff', verb: string): EffectReason => ({
        ...{ kind, reason: 'unknown' },
        data: { why: `${verb} ${listed(unread, 4)}: ${use} ${nameOf(after.id)}, and ${were} not read.` },
      });
      // Of other types each change may do both.
      const may = (access: string, side: typeof fresh) =>
        !sameId(type, securityGroupType) ||
        side.some((rule) => fold(textAt(rule, '/properties/access') ?? access) === access);
      return [
        ...(may('allow', fresh) || may('deny', gone) ? [told('opens', 'whether more is allowed to and from')] : []),
        ...(may('deny', fresh) || may('allow', gone) ? [told('cutsOff', 'whether less is allowed to and from')] : []),
      ];
    }),
  );

/** Members of the first list that the second has not. */
const lacking = <T>(list: readonly T[] = [], other: readonly T[] = []): T[] =>
  list.filter((one) => !other.includes(one));

/** The gateway, group and table that subnets get and that this history, or the plan, did not create. */
export const attachedTo = (
  { isOwn, before: index }: BesideInput,
  pairs: readonly ResourcePair[],
): readonly { readonly id: string; readonly subnet: string }[] =>
  pairsOf(pairs, subnetType).flatMap(({ before, after }) => {
    if (!before || !after) return [];
    const of = ({ natGateway, nsg, routeTable }: ReturnType<typeof subnetView>) => [natGateway, nsg, routeTable];
    const was = of(subnetView(before));
    return of(subnetView(after)).flatMap((id, at) =>
      id === undefined || sameId(id, was[at]) || isOwn(id) || isMadeIn(id, index.snapshot)
        ? []
        : [{ id, subnet: after.id }],
    );
  });
