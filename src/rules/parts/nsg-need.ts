// One flow that training traffic needs, with the rule that lets it pass, and the words to write one in.
import { vnetOf } from '../../kinds/index.ts';
import { textAt } from '../../kinds/read.ts';
import type { Severity } from '../../model/finding.ts';
import { fold } from '../../model/resource-id.ts';
import { regionalTag } from '../../net/index.ts';
import type { Protocol } from '../../net/ports.ts';
import { reachedPrivately } from '../../posture/endpoints.ts';
import type { Asked } from '../../posture/flows.ts';
import { serviceTagsOf } from '../../posture/service-tags.ts';
import type { RuleSpec } from './nsg-change.ts';
import { modeOf, type Place, regionOf } from './nsg-place.ts';

export interface Need {
  readonly asked: Asked;
  /** `Storage.westeurope on Tcp 443`. */
  readonly what: string;
  /** The rule that a fix adds. */
  readonly add: RuleSpec;
  /** A denial is told, and fails nothing. */
  readonly onlyNote?: true;
  readonly severity?: Severity;
}
/** Flows, or the sentence why none is asked for. */
export type Needs = readonly Need[] | string;

/** What decides which flows are needed: the subnet, not its group. */
export type Asker = Pick<Place, 'subnet' | 'judgement' | 'today'>;

/** A need to reach a tag; `add` says what the rule opens where that is more than the flow. */
export const outbound = (
  slug: string,
  tag: string,
  protocol: Protocol | '*',
  ports: readonly string[],
  add: Pick<RuleSpec, 'protocol' | 'ports'> = { protocol, ports },
): Need => ({
  asked: { direction: 'Outbound', protocol, remote: [tag], ports },
  what: `${tag} on ${protocol === '*' ? 'any protocol' : protocol} ${ports.join(', ')}`,
  add: { slug, direction: 'Outbound', access: 'Allow', sources: ['*'], destinations: [tag], ...add },
});

export const azureml = 'AzureMachineLearning';
export const anything = { protocol: '*', ports: ['*'] } as const;
/** What the article asks for names no port; today's list does. */
export const wideIn2020 = ({ today }: Asker, ports: readonly string[]) =>
  today ? { protocol: 'Tcp' as const, ports } : anything;

/** The tag of a region, spelled as Microsoft's list spells it where the list is at hand. */
export const regional = (place: Asker, tag: string, region: string): string =>
  regionalTag(serviceTagsOf(place.judgement.world), tag, region);

/** The workspace's region, and that of a resource that lies elsewhere and is not reached privately. */
export function regions(place: Asker, resourceId: string | undefined, groups?: readonly string[]): string[] {
  const { world } = place.judgement;
  const own = regionOf(place);
  const resource = resourceId === undefined ? undefined : world.get(resourceId);
  const other = fold(textAt(resource?.body, '/location') ?? own).replaceAll(' ', '');
  if (!resource || other === own || reachedPrivately(resource.id, vnetOf(place.subnet), world, groups)) return [own];
  return [own, other];
}

/** Asked only where outbound traffic is not open. */
export const limitedOnly =
  (needs: (place: Place) => Needs) =>
  (place: Place): Needs =>
    modeOf(place) === 'open' ? 'Outbound is open here, so nothing needs an exception.' : needs(place);
