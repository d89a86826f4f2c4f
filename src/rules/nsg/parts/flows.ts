// A flow that compute needs, the rule that allows it, and the result of checking it at a network security group.

import type { FlowQuestion } from '../../../facts/flows.ts';
import { connectsPrivately } from '../../../facts/reach.ts';
import { serviceTagsOf } from '../../../facts/service-tags.ts';
import type { Severity } from '../../../model/finding.ts';
import { fold } from '../../../model/resource-id.ts';
import type { Decision } from '../../../net/decision.ts';
import { regionalTag } from '../../../net/index.ts';
import type { Protocol } from '../../../net/ports.ts';
import { textAt } from '../../../resource-types/read.ts';
import { fail, noted, pass, unknown } from '../../parts/verdict.ts';
import type { CheckResult } from '../../rule.ts';
import type { RuleSpec } from './change.ts';
import { decided, deciders, evidenceOf, hangsOn, type NsgPlace, placeShown, regionOf, stopperShown } from './place.ts';

export interface FlowNeed {
  readonly asked: FlowQuestion;
  /** `Storage.westeurope on TCP 443`. */
  readonly what: string;
  /** The rule that a fix adds. */
  readonly add: RuleSpec;
  /** Informational: a denied flow is shown and does not fail. */
  readonly informational?: true;
  readonly severity?: Severity;
}
/** Flows, or a sentence why none is needed. */
export type Needs = readonly FlowNeed[] | string;

/** What decides which flows are needed: the subnet, not its group. */
export type Asker = Pick<NsgPlace, 'subnet' | 'context' | 'today'>;

/** `TCP 80, 443`; `port 443 (any protocol)`. */
export function portsShown(protocol: Protocol | '*', ports: readonly string[]): string {
  const all = ports.includes('*') ? 'all ports' : ports.join(', ');
  if (protocol !== '*') return `${protocol.toUpperCase()} ${all}`;
  return ports.includes('*') ? all : `port ${all} (any protocol)`;
}

/** A required flow to a tag; `add`: what the rule allows where that is more than the flow. */
export const outbound = (
  slug: string,
  tag: string,
  protocol: Protocol | '*',
  ports: readonly string[],
  add: Pick<RuleSpec, 'protocol' | 'ports'> = { protocol, ports },
): FlowNeed => ({
  asked: { direction: 'Outbound', protocol, remote: [tag], ports },
  what: `${tag} on ${portsShown(protocol, ports)}`,
  add: { slug, direction: 'Outbound', access: 'Allow', sources: ['*'], destinations: [tag], ...add },
});

/** The tag of a region, spelled as in Microsoft's list where that is known. */
export const regional = (place: Asker, tag: string, region: string): string =>
  regionalTag(serviceTagsOf(place.context.index), tag, region);

/** The workspace's region, and that of a resource that is elsewhere and has no private endpoint here. */
export function regions(place: Asker, resourceId: string | undefined, groups?: readonly string[]): string[] {
  const { index } = place.context;
  const own = regionOf(place);
  const resource = resourceId === undefined ? undefined : index.get(resourceId);
  const other = fold(textAt(resource?.body, '/location') ?? own).replaceAll(' ', '');
  if (!resource || other === own || connectsPrivately(resource.id, place.subnet, index, groups)) return [own];
  return [own, other];
}

/** Does a group allow one flow? */
export function judgeNeed(need: FlowNeed, place: NsgPlace): CheckResult {
  const decision = decided(need.asked, place);
  const evidence = evidenceOf(decision, place, need.asked.direction);
  const name = placeShown(place);
  if (decision.verdict === 'allowed')
    return pass(`${name} allows ${need.what}: ${deciders(decision, 'allowed')}.`, evidence);
  if (need.informational) return noteOf(need, place, decision, evidence);
  if (decision.verdict === 'unknown')
    return unknown(
      `Whether ${name} allows ${need.what} is unknown. It depends on ${hangsOn(decision, place)}.`,
      evidence,
    );
  const part = decision.verdict === 'partly' ? 'part of ' : '';
  return fail(
    `${stopperShown(decision, place)} denies ${part}${need.what}: ${deciders(decision, 'denied')}.`,
    evidence,
    need.severity,
  );
}
const noteOf = (need: FlowNeed, place: NsgPlace, decision: Decision, evidence: CheckResult['evidence']): CheckResult =>
  pass('', [noted(place.group.id, decision.verdict, `optional: ${need.what}`), ...(evidence ?? [])]);

/** The tag of the service that opens SSH connections to compute. */
export const sshService = 'AzureMachineLearning';
/** SSH from the service to a port, with the rule that the article lists field by field. */
export const sshNeed = (port: string): FlowNeed => ({
  asked: { direction: 'Inbound', protocol: 'Tcp', remote: [sshService], ports: [port] },
  what: `SSH from ${sshService} on TCP ${port}`,
  add: {
    ...{ slug: `inbound-ssh-azureml${port === '22' ? '' : `-${port}`}`, direction: 'Inbound', access: 'Allow' },
    ...{ protocol: '*', sources: [sshService], destinations: ['*'], ports: [port] },
  },
});
