// Who connects to a service by what it is, whatever its address: trusted Azure services, and resources that the firewall names. Pure.
import type { EffectEnd } from '../../model/effect.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, nameInParent, nameOf, sameId, typeOf } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { aclsOf } from '../../resource-types/network-acls.ts';
import { workspaceType } from '../../resource-types/workspace-view.ts';
import { perimeterOf } from '../perimeter.ts';
import { serviceFirewallAccessOf } from './service-firewall.ts';
import { serviceKindOf } from './services.ts';

export interface IdentityChange {
  readonly kind: 'opens' | 'cutsOff';
  readonly from: EffectEnd;
  readonly to: EffectEnd;
  readonly service: string;
  readonly certain: boolean;
}

/** Who gains and who loses access to the services that differ. What is open to all networks is open to these as well. */
export function changedIdentities(
  before: SnapshotIndex,
  after: SnapshotIndex,
  changed: readonly string[],
): IdentityChange[] {
  return changed.flatMap((id) => {
    const kind = serviceKindOf(id);
    const [was, is] = [before.peek(id), after.peek(id)];
    if (kind === undefined || sameId(kind.type, workspaceType)) return [];
    if (was.state !== 'read' || is.state !== 'read') return [];
    const [old, fresh] = [admitted(was.resource, before), admitted(is.resource, after)];
    const to: EffectEnd = { kind: 'service', id, name: nameOf(id) };
    const told = (one: IdentityChange['kind'], from: EffectEnd): IdentityChange => ({
      ...{ kind: one, from, to, service: id, certain: old.certain && fresh.certain },
    });
    return [
      ...(fresh.all ? [] : only(fresh, old)).map((from) => told('opens', from)),
      ...only(old, fresh).map((from) => told('cutsOff', from)),
    ];
  });
}

interface Admitted {
  readonly certain: boolean;
  readonly all: boolean;
  readonly ends: readonly EffectEnd[];
}

const trusted: EffectEnd = { kind: 'trustedServices', id: null, name: 'trusted Azure services' };

function admitted(service: Resource, index: SnapshotIndex): Admitted {
  const { access, trusts } = serviceFirewallAccessOf(service, perimeterOf(service.id, index));
  const acls = aclsOf(service);
  const named = typeof acls === 'string' ? [] : acls.resourceRules.map(({ resourceId }) => instance(resourceId));
  const decides = access === 'rules' || access === 'disabled';
  return {
    certain: access === 'open' || access === 'rules',
    all: access === 'open',
    ends: access === 'open' ? [trusted, ...named] : decides ? [...(trusts ? [trusted] : []), ...named] : [],
  };
}

const instance = (id: string): EffectEnd => ({
  kind: fold(typeOf(id)) === fold(workspaceType) ? 'workspace' : 'service',
  id,
  // `*` stands for every resource of its type in the scope before it.
  name: id.includes('*') ? `every resource of ${id}` : nameInParent(id),
});

/** Those that the first admits and the second does not. */
const only = (first: Admitted, second: Admitted): EffectEnd[] =>
  second.all
    ? []
    : first.ends.filter(
        (one) => !second.ends.some(({ kind, id }) => kind === one.kind && sameId(id ?? '', one.id ?? '')),
      );
