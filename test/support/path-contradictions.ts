// Where the rules about private endpoints say one thing, and path or map another: each as a sentence.
import { audit } from '../../src/audit/index.ts';
import { customerEndpoints } from '../../src/facts/endpoints.ts';
import { endpointsInHand } from '../../src/facts/endpoints-in-hand.ts';
import { networkMap } from '../../src/facts/map/map.ts';
import { knownNeedsOf } from '../../src/facts/needs.ts';
import { answerPath } from '../../src/facts/path/path.ts';
import { endpointPorts, usedEndpoints } from '../../src/facts/reach.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { PathAnswer } from '../../src/model/path.ts';
import { attempt } from '../../src/model/readable.ts';
import { nameOf, sameId } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { indexSnapshot, type SnapshotIndex } from '../../src/model/snapshot-index.ts';
import { rules } from '../../src/rules/index.ts';

const ofPaths = ['compute.endpoint-path', 'keyvault.private-endpoint', 'acr.private-endpoint'];

interface Compared {
  readonly contradictions: readonly string[];
  /** How many paths were compared. */
  readonly count: number;
}

export function compareWithPaths(snapshot: Snapshot): Compared {
  const index = indexSnapshot(snapshot);
  const judged = audit(
    snapshot,
    rules.filter(({ id }) => ofPaths.includes(id)),
    'current',
  ).findings;
  const pairs = judged.filter(
    ({ rule, where, outcome }) => rule === 'compute.endpoint-path' && where !== null && outcome !== 'notApplicable',
  );
  const each = pairs.flatMap((finding) => byAddress(finding, index));
  const named = judged.filter(({ rule }) => rule !== 'compute.endpoint-path').flatMap((one) => byName(one, index));
  const drawn = onMap(pairs, index);
  const all = [...each, ...named, ...drawn];
  return { contradictions: all.filter((one) => one !== ''), count: all.length };
}

const answered = (source: string, destination: string, ports: readonly string[], index: SnapshotIndex) =>
  attempt<PathAnswer | undefined, undefined>(
    () => {
      const answer = answerPath({ source, destination, protocol: 'Tcp', ports }, index);
      return 'reason' in answer ? undefined : answer;
    },
    () => undefined,
  );

/** The finding of an endpoint, and the path to each of its addresses. An empty text: they agree. */
function byAddress(finding: Finding, index: SnapshotIndex): string[] {
  const endpoint = endpointsInHand(index).find((one) => sameId(one.endpoint.id, finding.where));
  const groups = usedEndpoints(index).endpoints.filter(({ id }) => sameId(id, finding.where));
  const ports = [...new Set(groups.flatMap(({ service }) => endpointPorts(service.group)))];
  const instead = finding.because.includes('of the same resource instead');
  const answers = (endpoint?.addresses ?? []).flatMap((one) => answered(finding.resource, one, ports, index) ?? []);
  if (answers.length === 0 || instead) return [];
  const verdicts = answers.map(({ verdict }) => verdict);
  const stopped = verdicts.some((one) => one === 'denied' || one === 'partly');
  const arrives = verdicts.every((one) => one === 'allowed');
  const agree = finding.outcome === 'pass' ? arrives : finding.outcome === 'fail' ? stopped : !arrives;
  return [agree ? '' : `${finding.id} is ${finding.outcome} (${finding.because}), and the path is ${verdicts.join()}`];
}

/** Does the path by name use a private endpoint? */
const byEndpoint = ({ hops }: PathAnswer): boolean =>
  hops.some(({ hop, because }) => hop === 'service' && because.includes('uses the private endpoint'));
const isStopped = ({ verdict, stoppedBy }: PathAnswer): boolean =>
  (verdict === 'denied' || verdict === 'partly') && stoppedBy !== 'name';

/** A vault or registry that all networks reach, and the path to its name from each subnet that needs it. */
function byName({ id, resource, outcome }: Finding, index: SnapshotIndex): string[] {
  if (outcome !== 'pass' && outcome !== 'fail') return [];
  return attempt(
    () => {
      if (customerEndpoints(resource, index).length === 0) return [];
      const answers = knownNeedsOf(resource, index).flatMap((one) => answered(one, resource, ['443'], index) ?? []);
      const wrong = outcome === 'pass' && answers.some((answer) => byEndpoint(answer) && isStopped(answer));
      return [wrong ? `${id} passes, and a path to it is denied` : ''];
    },
    () => [],
  );
}

/** What the map says a subnet reaches by an endpoint, and the findings of its endpoints. */
function onMap(pairs: readonly Finding[], index: SnapshotIndex): string[] {
  const { networks, targets } = networkMap(index);
  return networks.flatMap(({ subnets }) =>
    subnets.flatMap(({ id, reach }) =>
      reach.flatMap(({ target, verdict, stoppedBy }) => {
        const resource = targets[target]?.resource ?? undefined;
        const own = pairs.filter(
          (one) =>
            sameId(one.resource, id) &&
            usedEndpoints(index).endpoints.some(
              (use) => sameId(use.id, one.where) && sameId(use.service.resource, resource),
            ),
        );
        const path = resource === undefined ? undefined : answered(id, resource, ['443'], index);
        if (own.length === 0 || !path || !byEndpoint(path)) return [];
        const same = path.verdict === verdict && path.stoppedBy === stoppedBy;
        const failing = own.every(({ outcome }) => outcome === 'fail');
        const passing = own.every(({ outcome }) => outcome === 'pass');
        const agree = same && !(failing && verdict === 'allowed') && !(passing && isStopped(path));
        return [agree ? '' : `${nameOf(id)} to ${nameOf(resource ?? '')}: the map says ${verdict}`];
      }),
    ),
  );
}
