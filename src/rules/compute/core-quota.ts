// compute.core-quota: the workspace's region has cores for every node that may still come.
import { growthOf, nodesView } from '../../kinds/cluster-view.ts';
import {
  coreUsagesOf,
  type MachineSize,
  machineSizesIn,
  machineSizesOf,
  type Usage,
  usagesIn,
} from '../../kinds/service-answers.ts';
import { computeView } from '../../kinds/workspace-view.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, sameId, subscriptionOf } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import type { World } from '../../model/world.ts';
import { defineRule } from '../define.ts';
import {
  clusterSubjects,
  computeEvidence,
  computeJudged,
  computeShown,
  computeType,
  managedComputes,
} from '../parts/computes.ts';
import { links } from '../parts/links.ts';
import { hasOddScale } from '../parts/scale.ts';
import { fail, few, noted, pass, seen, shown, unknown } from '../parts/verdict.ts';
import type { Judgement, Verdict } from '../rule.ts';

const letters = (text: string): string => fold(text).replaceAll(/[^a-z0-9]/g, '');

/** The row of a family: its name, letters and digits only, begins with the family's (rules-catalogue R14). */
function rowOf(family: string, rows: readonly Usage[]): Usage | undefined {
  const wanted = letters(family);
  return rows.find(
    ({ type, name }) => /vmfamily\/usages$/i.test(type ?? '') && name !== undefined && letters(name).startsWith(wanted),
  );
}

interface Sized {
  readonly compute: Resource;
  readonly size: MachineSize;
}

/** The clusters of dedicated nodes in a region whose size is of this family. */
function ofFamily(family: string, region: string | undefined, sizes: readonly MachineSize[], world: World): Sized[] {
  return managedComputes(world).flatMap((compute) => {
    const { vmSize, vmPriority } = nodesView(compute);
    const size = sizes.find(({ name }) => sameId(name, vmSize));
    const isHere = sameId(computeView(compute).location, region) && vmPriority !== 'LowPriority';
    return size !== undefined && isHere && sameId(size.family, family) ? [{ compute, size }] : [];
  });
}

function judge(cluster: Resource, { world }: Judgement): Verdict {
  const name = computeShown(cluster);
  const evidence = computeEvidence(cluster);
  if (hasOddScale(cluster))
    return unknown(`How far the ${name} may grow is not in a form that can be judged.`, evidence);
  if (growthOf(cluster) === 0) return pass(`The ${name} asks for no more nodes.`, evidence);
  const { vmSize, vmPriority } = nodesView(cluster);
  if (vmPriority === 'LowPriority') {
    return unknown(
      `Nodes of low priority have a quota of their own, which is not shown by family (${name}).`,
      evidence,
    );
  }
  const { location } = computeView(cluster);
  const subscription = subscriptionOf(cluster.id);
  if (location === undefined || subscription === undefined || vmSize === undefined) {
    return unknown(`The region or the size of the ${name} is not shown.`, evidence);
  }
  const [sizes, usages] = [
    world.get(machineSizesOf(subscription, location)),
    world.get(coreUsagesOf(subscription, location)),
  ];
  const known = sizes ? machineSizesIn(sizes) : [];
  const size = known.find((one) => sameId(one.name, vmSize));
  const row = size?.family === undefined || !usages ? undefined : rowOf(size.family, usagesIn(usages));
  if (!size || size.cores === undefined || size.family === undefined || !row || !usages || !sizes) {
    return unknown(`The family of ${clean(vmSize, 80)} is not among the quotas of ${clean(location, 60)}.`, evidence);
  }
  const same = ofFamily(size.family, location, known, world);
  const need = same.reduce((sum, one) => sum + growthOf(one.compute) * (one.size.cores ?? 0), 0);
  const free = row.limit - row.used;
  const all = [
    ...evidence,
    seen(sizes, size.pointer, 'its size'),
    seen(usages, row.pointer, 'cores of the family used, and how many there may be'),
    ...same.map((one) =>
      noted(one.compute.id, growthOf(one.compute) * (one.size.cores ?? 0), 'cores it may still ask for'),
    ),
  ];
  const family = clean(row.name ?? size.family, 80);
  const who = few(same.map((one) => shown(one.compute.id)));
  return free >= need
    ? pass(`${family}: ${free} cores are free, and ${who} may ask for ${need}.`, all)
    : fail(`${family}: ${Math.max(0, free)} of ${row.limit} cores are free, but ${who} may ask for ${need} more.`, all);
}

export const computeCoreQuota = defineRule({
  id: 'compute.core-quota',
  title: 'Enough ML cores for the targeted nodes',
  severity: 'low',
  about: computeType,
  explain: {
    why: 'Cores are counted by family and region. Once they are used up a cluster stays smaller than it wants to be.',
    fix: 'None: ask for more cores of the family in the portal, lower the largest number of nodes, or take a size of another family.',
    breaks: 'Nothing.',
    links: [links.quotas],
  },
  fixKind: 'none',
  subjects: clusterSubjects,
  check: (subject, judgement) => computeJudged(subject, judgement, (compute) => judge(compute, judgement)),
});
