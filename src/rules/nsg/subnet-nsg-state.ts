// nsg.subnet-nsg-state: whether a training subnet has a security group of its operator's, and who shares it.
import { listAt } from '../../kinds/read.ts';
import { securityRulesPointer } from '../../kinds/security-group-view.ts';
import { sharers } from '../../posture/training-subnets.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { placeJudged, placeShown, subnetType, trainingPlaces } from '../parts/nsg-place.ts';
import { noted, pass, subnetShown } from '../parts/verdict.ts';

const group = '/properties/networkSecurityGroup';

export const nsgSubnetNsgState = defineRule({
  id: 'nsg.subnet-nsg-state',
  title: 'Subnet-level NSG is optional',
  severity: 'info',
  for: ['service-endpoint', 'private-endpoint'],
  about: subnetType,
  explain: {
    why: 'A training subnet needs no security group, since Batch puts its own on the nodes; one that is there must let the same traffic pass, and only it is judged.',
    fix: 'None: the other rules of this group say what the security group must let pass.',
    breaks: 'Nothing.',
    links: [links.securedTraffic, links.securityGroups],
  },
  fixKind: 'none',
  subjects: trainingPlaces,
  check: (subject, judgement) =>
    placeJudged(
      subject,
      judgement,
      (place) => {
        const rules = listAt(place.group.body, securityRulesPointer).length;
        const all = [...sharers(place.group.id, judgement.world)];
        return pass(`${placeShown(place)} is judged by the rules of this group.`, [
          noted(place.subnet, place.group.id, 'the security group of the subnet'),
          noted(place.group.id, rules, 'rules beside Azure’s own six'),
          noted(place.group.id, all, 'where it stands'),
        ]);
      },
      (subnet) =>
        pass(`${subnetShown(subnet)} has no network security group, and needs none; Batch guards the nodes itself.`, [
          { resource: subnet, pointer: group, value: null, note: 'no security group' },
        ]),
    ),
});
