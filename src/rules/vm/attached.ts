// vm.attached: what the workspace calls attached is there and healthy.
import { listAt, textAt } from '../../kinds/read.ts';
import { computeView } from '../../kinds/workspace-view.ts';
import { valueAt } from '../../model/pointer.ts';
import type { Resource } from '../../model/resource.ts';
import { fold } from '../../model/resource-id.ts';
import { attachedTo } from '../../posture/machines.ts';
import { defineRule } from '../define.ts';
import { computeType } from '../parts/computes.ts';
import { links } from '../parts/links.ts';
import { isHdinsight, machineEvidence, machineJudged, machineShown, machineSubjects } from '../parts/machines.ts';
import { fail, pass, quoted, seen, shown, unknown } from '../parts/verdict.ts';
import type { Judgement, Verdict } from '../rule.ts';

const errorsPointer = '/properties/provisioningErrors';

/** The first error the service tells; undefined when it tells none. */
function firstError({ body }: Resource): string | undefined {
  const [first] = listAt(body, errorsPointer);
  if (first === undefined) return undefined;
  const said = ['/error/message', '/message', '/error/code', '/code'].flatMap(
    (pointer) => textAt(first, pointer) ?? [],
  );
  return quoted(said[0] ?? first);
}

function judge(compute: Resource, { world, profile }: Judgement): Verdict {
  const { provisioningState: state = 'Succeeded', resourceId } = computeView(compute);
  const name = machineShown(compute);
  const evidence = [
    ...machineEvidence(compute),
    seen(compute, '/properties/provisioningState', 'state'),
    seen(compute, errorsPointer, 'errors'),
    seen(compute, '/properties/isAttachedCompute', 'attached rather than made'),
  ];
  const error = firstError(compute);
  if (error !== undefined) return fail(`Attaching the ${name} went wrong: ${error}.`, evidence);
  if (['failed', 'canceled', 'deleting'].includes(fold(state)))
    return fail(`The ${name} is in state ${quoted(state)}.`, evidence);
  if (fold(state) !== 'succeeded') return unknown(`The ${name} is in state ${quoted(state)}, which passes.`, evidence);
  if (resourceId === undefined) {
    return (valueAt(compute.body, '/properties/resourceId') ?? null) === null
      ? fail(`The ${name} is attached and names no machine.`, evidence)
      : unknown(`Which machine the ${name} stands for is not in a form that can be judged.`, evidence);
  }
  if (!attachedTo(compute, world)) return fail(`The ${name} is attached, and ${shown(resourceId)} is gone.`, evidence);
  const legacy = profile !== 'seed-2020' && !isHdinsight(compute) ? '; attaching machines is an old way by now' : '';
  return pass(`The ${name} is attached and healthy${legacy}.`, evidence);
}

export const vmAttached = defineRule({
  id: 'vm.attached',
  title: 'The machine is attached and healthy',
  severity: 'low',
  for: ['service-endpoint', 'private-endpoint'],
  about: computeType,
  explain: {
    why: 'Jobs that are sent to a target which is gone or failed wait or fail.',
    fix: 'None: attaching takes the key of the machine, which stays with you. Detach it and attach it anew.',
    breaks: 'Nothing.',
    links: [links.attachedTargets],
  },
  fixKind: 'none',
  instead: 'compute.managed-network-conflict',
  subjects: machineSubjects,
  check: (subject, judgement) => machineJudged(subject, judgement, (compute) => judge(compute, judgement)),
});
