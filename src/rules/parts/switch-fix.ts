// The fix of both `public-network-access` rules: back on where rules need the public endpoint, off where nothing does.
import { applyEdits } from '../../model/edit.ts';
import type { JsonObject } from '../../model/json.ts';
import { withResources, worldOf } from '../../model/world.ts';
import { parseClientAddress } from '../../net/ip-rules.ts';
import { strategyOf } from '../../posture/architecture.ts';
import type { Judgement, Proposal } from '../rule.ts';
import type { Wall } from './firewall.ts';
import { admitAddresses, admitSubnet, inTurn, switchOff, switchOn } from './proposals.ts';
import { needs } from './subjects.ts';
import { privateWayIn, stranded } from './way-in.ts';

export function setSwitch(wall: Wall, judgement: Judgement): Proposal | readonly Proposal[] | string {
  if (wall.view.publicNetworkAccess === 'SecuredByPerimeter') {
    return 'A network security perimeter decides here; change its rules instead.';
  }
  if (wall.view.publicNetworkAccess === 'Disabled') return backOn(wall, judgement);
  if (strategyOf(wall.resource.id, judgement.world) === 'service-endpoint') {
    return `The ${wall.name} is reached by service endpoints, which use the public endpoint: it stays on.`;
  }
  const inside = privateWayIn(wall, judgement.world);
  if (inside.outcome !== 'pass') return `${inside.because} Public access stays on until it has.`;
  if (stranded(wall, judgement).length > 0 || wall.acls.ipRules.length > 0) {
    return `Subnets or addresses still rely on rules of the ${wall.name}, which are dead once public access is off.`;
  }
  return switchOff(wall);
}

/**
 * Rules come to life again, and so do the demands on them: whoever will be asked for then is admitted in the same plan, the
 * operator's addresses always, the computes' subnets where the resource is then reached by service endpoints.
 */
function backOn(wall: Wall, judgement: Judgement): readonly Proposal[] | string {
  const { world } = judgement;
  const on = switchOn(wall);
  if (typeof on === 'string') return on;
  const body = applyEdits(wall.resource.body, on.change.edits) as JsonObject;
  const then = worldOf(withResources(world.snapshot, [{ ...wall.resource, body }]));
  const bySubnets = strategyOf(wall.resource.id, then) === 'service-endpoint';
  const clients = (world.snapshot.intents.devClientIps ?? []).filter((client) => parseClientAddress(client).ok);
  return inTurn(wall, [
    () => on,
    (here) => admitAddresses(here, clients),
    ...(bySubnets ? needs(wall.resource.id, judgement) : []).map(
      (subnet) => (here: Wall) => admitSubnet(here, subnet, judgement),
    ),
  ]);
}
