// aci.subnet-exclusive: a subnet that is handed to container instances holds nothing else.
import { subnetType } from '../../kinds/network-view.ts';
import { itemsAt } from '../../kinds/read.ts';
import { associationLinks, isContainerLink } from '../../kinds/subnet.ts';
import type { Resource } from '../../model/resource.ts';
import { sameId } from '../../model/resource-id.ts';
import { GapRead } from '../../model/world.ts';
import { containerSubnets } from '../../posture/container-instances.ts';
import { subnetUses, unreadUses } from '../../posture/needs.ts';
import { defineRule } from '../define.ts';
import { aciJudged, strangersIn, userMembers } from '../parts/container-instances.ts';
import { links } from '../parts/links.ts';
import { fail, few, notApplicable, pass, seen, shown, subnetShown, together, unknown } from '../parts/verdict.ts';
import { isOdd } from '../parts/workspace.ts';
import type { Judgement, Subject, Verdict } from '../rule.ts';

/** Each subnet that is handed over; the workspace where there is none. */
function subjects({ world }: Judgement): Subject[] {
  const { workspace } = world.snapshot;
  if (workspace === null) return [];
  const found = containerSubnets(world).map(({ id }) => ({ resource: id }));
  return found.length > 0 ? found : [{ resource: workspace }];
}

function judge(id: string, { world }: Judgement): Verdict {
  if (id === world.snapshot.workspace) return notApplicable('No subnet is delegated to container instances.');
  const subnet = world.get(id);
  return subnet
    ? together('high', [() => shownAlone(subnet), () => withoutComputes(id, { world })])
    : notApplicable(`${subnetShown(id)} does not exist.`);
}

function shownAlone(subnet: Resource): Verdict {
  const name = subnetShown(subnet.id);
  const members = [...userMembers, associationLinks];
  const evidence = members.map((pointer) => seen(subnet, pointer, 'what sits in it'));
  if (members.some((pointer) => isOdd(subnet, pointer, 'list'))) {
    return unknown(`What sits in ${name} is not in a form that can be judged.`, evidence);
  }
  const strangers = strangersIn(subnet);
  const named = strangers.filter((id) => id !== null).map(shown);
  const services = itemsAt(subnet.body, associationLinks).filter(({ item }) => !isContainerLink(item));
  if (named.length > 0)
    return fail(`${name} is handed to container instances and holds ${few(named)} as well.`, evidence);
  if (services.length > 0)
    return fail(`${name} is handed to container instances, and another service is bound to it.`, evidence);
  return strangers.length > 0
    ? unknown(`Something sits in ${name} that does not say what it is.`, evidence)
    : pass(`Nothing but container groups sits in ${name}.`, evidence);
}

/** A cluster of no nodes shows nothing in its subnet, and will not start there. */
function withoutComputes(id: string, { world }: Pick<Judgement, 'world'>): Verdict {
  const computes = subnetUses(world)
    .filter((use) => sameId(use.subnet, id))
    .flatMap(({ by }) => by);
  if (computes.length > 0) {
    const them = computes.flatMap((one) => world.get(one) ?? []);
    const evidence = them.map((one) => seen(one, '/properties', 'it names the subnet'));
    return fail(
      `${subnetShown(id)} is handed to container instances, and ${few(computes.map(shown))} is to sit there.`,
      evidence,
    );
  }
  const [unread] = unreadUses(world);
  if (unread) throw new GapRead(unread.gap);
  return pass(`No compute is to sit in ${subnetShown(id)}.`);
}

export const aciSubnetExclusive = defineRule({
  id: 'aci.subnet-exclusive',
  title: 'The delegated subnet holds only container groups',
  severity: 'high',
  for: ['service-endpoint', 'private-endpoint'],
  about: subnetType,
  explain: {
    why: 'Azure refuses container groups beside anything else, and anything else beside them. So the subnet of container instances cannot be the one that computes and private endpoints share.',
    fix: 'None: give container instances a subnet of their own (aci.subnet-delegated), and move whatever else sits in this one.',
    breaks: 'Nothing.',
    links: [links.containerConcepts, links.delegation],
  },
  fixKind: 'none',
  instead: 'workspace.managed-network-provisioned',
  subjects,
  check: ({ resource }, judgement) => aciJudged(judgement, () => judge(resource, judgement)),
});
