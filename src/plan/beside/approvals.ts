// What a change approves: a private endpoint that reaches its target from then on, whoever sends through it.
import type { ResourcePair } from '../../audit/changed.ts';
import { isDeferred } from '../../model/change.ts';
import type { EffectReason } from '../../model/effect.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, parentId } from '../../model/resource-id.ts';
import { connectionState } from '../../resource-types/index.ts';
import { textAt } from '../../resource-types/read.ts';
import type { BesideInput } from '../beside.ts';

export type Approval = EffectReason & { readonly kind: 'opens'; readonly reason: 'approval' };
export const isApproval = (one: EffectReason): one is Approval => one.kind === 'opens' && one.reason === 'approval';

const isConnection = ({ type }: Resource): boolean => /\/privateEndpointConnections$/i.test(type);
const isApproved = ({ body }: Resource): boolean =>
  fold(textAt(body, `${connectionState}/status`) ?? '') === 'approved';

/** Connections that are there and are approved from then on. */
export const approvalsOf = ({ after: index }: BesideInput, pairs: readonly ResourcePair[]): Approval[] =>
  pairs.flatMap(({ before, after }): Approval[] => {
    if (!before || !after || !isConnection(after) || isApproved(before) || !isApproved(after)) return [];
    const endpoint = textAt(after.body, '/properties/privateEndpoint/id') ?? null;
    const isRead = endpoint !== null && index.peek(endpoint).state === 'read';
    return [{ kind: 'opens', reason: 'approval', data: { endpoint, target: parentId(after.id) ?? after.id, isRead } }];
  });

/** Did this history, or the plan itself, ask for it? Any other approval is the decision of an operator. */
export const isOwnApproval = ({ data: { endpoint } }: Approval, { change, isOwn }: BesideInput): boolean =>
  isDeferred(change) || (endpoint !== null && isOwn(endpoint));
