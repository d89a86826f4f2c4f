// acr.trusted-services: the workspace service may pass the rules of the registry.
import { editChange } from '../../model/change.ts';
import { EditConflict, setMember } from '../../model/edit.ts';
import { valueAt } from '../../model/pointer.ts';
import { registryType } from '../../posture/links.ts';
import { defineRule } from '../define.ts';
import { registryJudged, type Wall, wallOf } from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { notClosed } from '../parts/shared-subnet.ts';
import { proposalsOn, registries } from '../parts/subjects.ts';
import { fail, pass, seen, unknown } from '../parts/verdict.ts';
import type { Proposal, Verdict } from '../rule.ts';

function judge(wall: Wall): Verdict {
  const early = notClosed(wall);
  if (early) return early;
  const { resource, name, at } = wall;
  const evidence = [seen(resource, at.bypass, 'who may pass the rules')];
  const stated = valueAt(resource.body, at.bypass) ?? undefined;
  const value = typeof stated === 'string' ? stated.trim().toLowerCase() : stated;
  const note = 'as far as the identity of the workspace may pull and push';
  if (value === undefined)
    return pass(`Trusted services may pass the rules of the ${name}, which is the default, ${note}.`, evidence);
  if (value === 'azureservices') return pass(`Trusted services may pass the rules of the ${name}, ${note}.`, evidence);
  return value === 'none'
    ? fail(
        `The ${name} shuts trusted services out, the workspace service among them: no image is written or read by it.`,
        evidence,
      )
    : unknown(`Who may pass the rules of the ${name} is not in a form that can be judged.`, evidence);
}

/** Beside the rule set, which stays as it is. */
function mend({ resource, name, at }: Wall): Proposal | string {
  try {
    const change = editChange(resource.id, [setMember(resource.body, at.bypass, 'AzureServices')]);
    const risk = 'Every service on the vendor’s trusted list may pass, as far as its own permissions go.';
    return { change, phase: 2, risk };
  } catch (error) {
    if (error instanceof EditConflict) return `The body of the ${name} cannot be edited at ${error.edit.pointer}.`;
    throw error;
  }
}

export const acrTrustedServices = defineRule({
  id: 'acr.trusted-services',
  title: "Trusted services may bypass the registry's rules",
  severity: 'high',
  profiles: ['current'],
  for: ['private-endpoint', 'managed-network'],
  about: registryType,
  explain: {
    why: 'The workspace service pulls and pushes images as a trusted service from outside your network; shut out, environments and deployments fail. For subnets that come by service endpoints the switch does nothing.',
    fix: 'Lets trusted services pass, by a switch beside the rules.',
    breaks: 'Nothing: a trusted service still needs a role on the registry.',
    links: [links.registryTrusted],
  },
  fixKind: 'auto',
  undo: 'exact',
  instead: 'acr.vnet-rule-compute-subnet',
  subjects: registries,
  check: (subject, judgement) => registryJudged(subject.resource, judgement, judge),
  fix: (finding, judgement) => proposalsOn(finding, judgement, (registry) => mend(wallOf(registry, 'registry'))),
});
