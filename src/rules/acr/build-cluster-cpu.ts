// acr.build-cluster-cpu: the cluster that builds images has no graphics card.
import { textAt } from '../../kinds/read.ts';
import { computeView } from '../../kinds/workspace-view.ts';
import { clean } from '../../model/text.ts';
import { registryType } from '../../posture/links.ts';
import { defineRule } from '../define.ts';
import { builderOf, builderPointer, isGpu, sizePointer } from '../parts/image-build.ts';
import { links } from '../parts/links.ts';
import { registries } from '../parts/subjects.ts';
import { fail, notApplicable, pass, quoted, seen, unknown } from '../parts/verdict.ts';
import { isOdd, oddVerdict } from '../parts/workspace.ts';
import type { Judgement, Verdict } from '../rule.ts';

function judge({ world }: Judgement): Verdict {
  const workspace = world.workspace();
  if (!workspace) return notApplicable('There is no workspace that would build images.');
  if (isOdd(workspace, builderPointer, 'string')) return oddVerdict(workspace, builderPointer, 'image build compute');
  const builder = builderOf(workspace, world);
  if (!builder) return notApplicable('No compute that stands is set to build images.');
  const name = clean(computeView(builder).name, 60);
  const size = textAt(builder.body, sizePointer);
  const evidence = [
    seen(workspace, builderPointer, 'the compute that builds images'),
    seen(builder, sizePointer, 'size'),
  ];
  if (size === undefined) return unknown(`The size of ${name}, which builds the images, is not shown.`, evidence);
  return isGpu(builder)
    ? fail(`${name} builds the images and is ${quoted(size)}: sizes with a graphics card do not build.`, evidence)
    : pass(`${name} builds the images and is ${quoted(size)}.`, evidence);
}

export const acrBuildClusterCpu = defineRule({
  id: 'acr.build-cluster-cpu',
  title: 'Build cluster is a CPU size',
  severity: 'medium',
  profiles: ['current'],
  about: registryType,
  explain: {
    why: 'Images are built on CPU sizes alone; a cluster with graphics cards is not supported for it.',
    fix: 'None by itself: set another cluster to build images (az ml workspace update --image-build-compute).',
    breaks: 'Nothing.',
    links: [links.secureWorkspace],
  },
  fixKind: 'none',
  subjects: registries,
  check: (_subject, judgement) => judge(judgement),
});
