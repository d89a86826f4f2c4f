// databricks.subnet-shape: the two subnets are delegated to Databricks, large enough, and its alone.
import { databricksDelegation, databricksView } from '../../kinds/databricks-workspace.ts';
import { findSubnet, subnetView, vnetView } from '../../kinds/network-view.ts';
import { listAt, textAt } from '../../kinds/read.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, isWithin } from '../../model/resource-id.ts';
import { contains, parseBlock } from '../../net/ipv4.ts';
import { defineRule } from '../define.ts';
import { computeType } from '../parts/computes.ts';
import { databricksSubjects, type Injected, injectedJudged, subnetsJudged } from '../parts/databricks.ts';
import { links } from '../parts/links.ts';
import { fail, notApplicable, pass, quoted, seen, shown, subnetShown, together, unknown } from '../parts/verdict.ts';
import { isOdd } from '../parts/workspace.ts';
import type { Judgement, Verdict } from '../rule.ts';

/** Lengths of prefixes: the longest of a subnet, and those of the range that holds it (Microsoft Learn, read 2026). */
const [subnetAtMost, rangeAtLeast, rangeAtMost] = [26, 16, 24];
const [services, cards] = ['/properties/delegations', '/properties/ipConfigurations'];

const judge = (injected: Injected, { world }: Judgement): Verdict =>
  subnetsJudged(injected, (ids) => {
    const network = world.get(injected.network);
    if (!network) return notApplicable(`The network ${shown(injected.network)} does not exist.`);
    return together(
      'medium',
      ids.flatMap((id) => {
        const subnet = findSubnet(world, id);
        if (!subnet)
          return [
            () => notApplicable(`${subnetShown(id)} does not exist; databricks.workspace-subnets speaks of that.`),
          ];
        return [() => delegated(subnet), () => large(subnet, network), () => alone(subnet, injected)];
      }),
    );
  });

function delegated(subnet: Resource): Verdict {
  const name = subnetShown(subnet.id);
  const evidence = [seen(subnet, services, 'delegations')];
  if (isOdd(subnet, services, 'list')) return unknown(`The delegations of ${name} are not a list.`, evidence);
  const { delegations } = subnetView(subnet);
  return delegations.some((service) => fold(service) === fold(databricksDelegation))
    ? pass(`${name} is delegated to Databricks.`, evidence)
    : fail(`${name} is not delegated to ${databricksDelegation}.`, evidence);
}

function large(subnet: Resource, network: Resource): Verdict {
  const name = subnetShown(subnet.id);
  const evidence = [
    seen(subnet, '/properties/addressPrefix', 'range of the subnet'),
    seen(network, '/properties/addressSpace/addressPrefixes', 'ranges of its network'),
  ];
  const own = blocksIn(subnetView(subnet).prefixes);
  const spaces = blocksIn(vnetView(network).prefixes);
  const [block] = own ?? [];
  if (!own || !spaces || !block) return unknown(`The range of ${name} is not in a form that can be judged.`, evidence);
  const small = own.every(({ prefix }) => prefix > subnetAtMost);
  if (small) return fail(`${name} is a /${block.prefix}, and Databricks needs a /${subnetAtMost} at least.`, evidence);
  const space = spaces.find((one) => contains(one, block));
  if (!space) return unknown(`The range of ${name} lies in none of its network’s.`, evidence);
  return space.prefix < rangeAtLeast || space.prefix > rangeAtMost
    ? fail(
        `${name} lies in a /${space.prefix} of ${shown(network.id)}, and Databricks takes a range between /${rangeAtLeast} and /${rangeAtMost}.`,
        evidence,
      )
    : pass(`${name} is large enough.`, evidence);
}

/** Undefined where one of them is not written as a block of IPv4; IPv6 ones say nothing here. */
function blocksIn(prefixes: readonly string[]) {
  const blocks = prefixes.filter((prefix) => !prefix.includes(':')).map(parseBlock);
  return blocks.length > 0 && blocks.every((block) => block.ok) ? blocks.map(({ value }) => value) : undefined;
}

/** Its machines live in a resource group that the service keeps for itself; whatever else has an address there is a stranger. */
function alone(subnet: Resource, { resource }: Injected): Verdict {
  const name = subnetShown(subnet.id);
  const evidence = [
    seen(subnet, cards, 'who has an address in it'),
    seen(resource, '/properties/managedResourceGroupId', 'the group of its own machines'),
  ];
  if (isOdd(subnet, cards, 'list'))
    return unknown(`Who sits in ${name} is not in a form that can be judged.`, evidence);
  const sitters = listAt(subnet.body, cards).map((item) => textAt(item, '/id'));
  if (sitters.length === 0) return pass(`Nothing else sits in ${name}.`, evidence);
  const { managedGroup } = databricksView(resource);
  if (managedGroup === undefined || sitters.includes(undefined)) {
    return unknown(`Whether only machines of Databricks sit in ${name} is not shown.`, evidence);
  }
  const stranger = sitters.find((id) => id !== undefined && !isWithin(id, managedGroup));
  return stranger === undefined
    ? pass(`Only machines of Databricks sit in ${name}.`, evidence)
    : fail(`${quoted(stranger)} sits in ${name}, which must be Databricks’ alone.`, evidence);
}

export const databricksSubnetShape = defineRule({
  id: 'databricks.subnet-shape',
  title: 'Subnets are delegated, big enough, not shared',
  severity: 'medium',
  about: computeType,
  explain: {
    why: 'A subnet of the wrong shape lets no cluster start, or lets few nodes come. Databricks keeps the rules of the security group there itself: do not edit them.',
    fix: 'None: the range of a used subnet cannot be changed, and Databricks cannot be moved to other subnets. Delegate the subnet by hand where only that is missing; take strangers out of it.',
    breaks: 'Nothing.',
    links: [links.databricksNetwork],
  },
  fixKind: 'none',
  subjects: databricksSubjects,
  check: (subject, judgement) => injectedJudged(subject, judgement, (injected) => judge(injected, judgement)),
});
