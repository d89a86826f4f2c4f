// vm.ubuntu-only: what is attached by SSH runs Ubuntu.
import { instanceViewOf, machineView, osNamePointer } from '../../kinds/machine-view.ts';
import { textAt } from '../../kinds/read.ts';
import type { Evidence } from '../../model/finding.ts';
import type { Resource } from '../../model/resource.ts';
import { attachedTo } from '../../posture/machines.ts';
import { defineRule } from '../define.ts';
import { computeType } from '../parts/computes.ts';
import { links } from '../parts/links.ts';
import { isHdinsight, machineEvidence, machineJudged, machineShown, machineSubjects } from '../parts/machines.ts';
import { fail, notApplicable, pass, quoted, seen, unknown } from '../parts/verdict.ts';
import type { Judgement, Verdict } from '../rule.ts';

const isUbuntu = (text: string | undefined): boolean => text?.toLowerCase().includes('ubuntu') === true;

/** What the agent inside says, from the machine's own body or beside it. Throws GapRead where Azure refused to tell. */
function systemInside(machine: Resource, { world }: Judgement): { name: string | undefined; evidence: Evidence[] } {
  const own = machineView(machine).osName;
  if (own !== undefined) return { name: own, evidence: [seen(machine, osNamePointer, 'system, as its agent says')] };
  const view = world.get(instanceViewOf(machine.id));
  return {
    name: textAt(view?.body, '/osName'),
    evidence: view ? [seen(view, '/osName', 'system, as its agent says')] : [],
  };
}

function judge(compute: Resource, judgement: Judgement): Verdict {
  if (isHdinsight(compute)) return notApplicable(`The ${machineShown(compute)} is no virtual machine.`);
  const machine = attachedTo(compute, judgement.world);
  if (!machine) return notApplicable(`The ${machineShown(compute)} does not exist; vm.attached speaks of it.`);
  const { osType, publisher, offer, sku, osName } = machineView(machine);
  const image = '/properties/storageProfile/imageReference';
  const evidence = [
    ...machineEvidence(compute),
    seen(machine, '/properties/storageProfile/osDisk/osType', 'system'),
    seen(machine, image, 'image it was made from'),
  ];
  const name = machineShown(compute);
  if (osType === 'Windows') return fail(`The ${name} runs Windows; only Ubuntu can be attached.`, evidence);
  if (isUbuntu(osName) || isUbuntu(offer) || isUbuntu(sku)) return pass(`The ${name} runs Ubuntu.`, evidence);
  if (osName === undefined && (offer !== undefined || sku !== undefined)) {
    const made = [publisher, offer, sku].filter((text) => text !== undefined).join(' ');
    return fail(`The ${name} was made from ${quoted(made)}, which is not Ubuntu.`, evidence);
  }
  const inside = systemInside(machine, judgement);
  const all = [...evidence, ...inside.evidence];
  if (inside.name === undefined)
    return unknown(`The ${name} was made from an image of yours, and no agent says which system it runs.`, all);
  return isUbuntu(inside.name)
    ? pass(`The ${name} runs Ubuntu, as its agent says.`, all)
    : fail(`The ${name} runs ${quoted(inside.name)}, which is not Ubuntu.`, all);
}

export const vmUbuntuOnly = defineRule({
  id: 'vm.ubuntu-only',
  title: 'Attached virtual machines run Ubuntu',
  severity: 'high',
  for: ['service-endpoint', 'private-endpoint'],
  about: computeType,
  explain: {
    why: 'Attaching a machine installs agents on it by SSH, and they are made for Ubuntu only.',
    fix: 'None: attach a machine that runs Ubuntu and detach this one.',
    breaks: 'Nothing.',
    links: [links.attachedTargets],
  },
  fixKind: 'none',
  instead: 'compute.managed-network-conflict',
  subjects: machineSubjects,
  check: (subject, judgement) => machineJudged(subject, judgement, (compute) => judge(compute, judgement)),
});
