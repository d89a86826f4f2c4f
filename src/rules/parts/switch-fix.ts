// The fix of both `public-network-access` rules: back on where rules need the public endpoint, off where nothing does.
import { strategyOf } from '../../posture/architecture.ts';
import type { Judgement, Proposal } from '../rule.ts';
import type { Wall } from './firewall.ts';
import { switchOff, switchOn } from './proposals.ts';
import { privateWayIn, stranded } from './way-in.ts';

export function setSwitch(wall: Wall, judgement: Judgement): Proposal | string {
  if (wall.view.publicNetworkAccess === 'SecuredByPerimeter') {
    return 'A network security perimeter decides here; change its rules instead.';
  }
  if (wall.view.publicNetworkAccess === 'Disabled') return switchOn(wall);
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
