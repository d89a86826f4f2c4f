// Azure Virtual Network Verifier: the reachability of a workspace's subnets as its intents, and its results beside our own paths.
// The forms are those of Microsoft.Network/networkManagers/verifierWorkspaces, API version 2024-05-01. Pure.
import { isArray, isObject, type Json, type JsonObject, parseJson } from '../model/json.ts';
import type { NetworkMap } from '../model/network-map.ts';
import type { PathAnswer, PathVerdict } from '../model/path.ts';
import { nameInParent, nameOf, sameId, typeOf } from '../model/resource-id.ts';
import { clean } from '../model/text.ts';

const intentType = 'Microsoft.Network/networkManagers/verifierWorkspaces/reachabilityAnalysisIntents';

export interface VerifierIntent {
  readonly name: string;
  readonly type: typeof intentType;
  readonly properties: {
    readonly description: string;
    readonly sourceResourceId: string;
    readonly destinationResourceId: string;
    readonly ipTraffic: {
      readonly sourceIps: readonly string[];
      readonly destinationIps: readonly string[];
      readonly sourcePorts: readonly string[];
      readonly destinationPorts: readonly string[];
      readonly protocols: readonly ('Any' | 'TCP' | 'UDP' | 'ICMP')[];
    };
  };
}

/** The only services that the verifier takes as a destination (concept-virtual-network-verifier, 2026). */
const verifiable = 'Microsoft.Storage/storageAccounts';

/** From each subnet with computes to each storage account, TCP 443; `notes`: what the verifier has no form for. */
export function verifierIntents({ networks, targets }: NetworkMap): {
  readonly intents: readonly VerifierIntent[];
  readonly notes: readonly string[];
} {
  const accounts = targets.flatMap(({ resource }) =>
    resource !== null && sameId(typeOf(resource), verifiable) ? [resource] : [],
  );
  const others = targets.filter(({ resource }) => resource === null || !accounts.includes(resource));
  const sources = networks.flatMap(({ subnets }) => subnets).filter(({ reach }) => reach.length > 0);
  const names = new Set<string>();
  const intents = sources.flatMap(({ id, prefixes }) =>
    accounts.map((account): VerifierIntent => {
      const plain = `${nameInParent(id)}-to-${nameOf(account)}-443`.replace(/[^A-Za-z0-9_.-]/g, '-').slice(0, 60);
      let name = plain;
      for (let position = 2; names.has(name.toLowerCase()); position += 1) name = `${plain}-${position}`;
      names.add(name.toLowerCase());
      return {
        ...{ name, type: intentType },
        properties: {
          description: `${nameInParent(id)} to ${nameOf(account)}, TCP 443`,
          ...{ sourceResourceId: id, destinationResourceId: account },
          ipTraffic: {
            ...{ sourceIps: prefixes, destinationIps: ['*'], sourcePorts: ['*'] },
            ...{ destinationPorts: ['443'], protocols: ['TCP'] },
          },
        },
      };
    }),
  );
  const notes = [
    ...(others.length === 0
      ? []
      : [
          `Virtual Network Verifier does not support these destinations: ${others.map(({ name }) => clean(name, 80)).join(', ')}.`,
        ]),
    ...(sources.length === 0 ? ['No subnet with computes was read, so there is no intent.'] : []),
  ];
  return { intents, notes };
}

/** What the verifier found for one intent. */
export interface VerifierRun {
  readonly name: string;
  readonly source: string;
  readonly destination: string;
  readonly ports: readonly string[];
  readonly protocols: readonly string[];
  /** As Azure says it: `NoPacketsReached`. */
  readonly outcome: string;
  readonly verdict: PathVerdict;
  /** The last resource of the trace of a packet that does not arrive, with Azure's reason; null where there is none. */
  readonly stoppedAt: { readonly resource: string; readonly code: string; readonly description: string } | null;
}

export interface VerifierComparison extends VerifierRun {
  readonly agrees: boolean;
  /** One sentence. */
  readonly says: string;
}

const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
const texts = (value: Json | undefined): string[] =>
  isArray(value) ? value.map(text).filter((one) => one !== '') : [];
const object = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});

/** Text that holds JSON, as Azure nests it; a trace that is no JSON is none. */
function nested(value: Json | undefined): Json | undefined {
  if (typeof value !== 'string') return value;
  try {
    return parseJson(value);
  } catch {
    return undefined;
  }
}

/** The runs of a file: one, a list, or a page `{"value":[...]}`. A run without a result is left out. */
export function readRuns(json: Json): VerifierRun[] {
  const pages = isArray(json) ? json : isObject(json) && isArray(json.value) ? json.value : [json];
  return pages.flatMap((one) => {
    const run = object(one);
    const properties = object(run.properties);
    const content = object(properties.intentContent);
    const result = object(nested(properties.analysisResult));
    const outcome = text(result.resultOutcome);
    const source = text(content.sourceResourceId);
    const destination = text(content.destinationResourceId);
    if (outcome === '' || source === '' || destination === '') return [];
    const traffic = object(content.ipTraffic);
    const trace = nested(result.unreachedTrace);
    const last = object(isArray(trace) ? trace.at(-1) : undefined);
    const why = object(last.explanation);
    return [
      {
        name: text(run.name),
        ...{ source, destination, outcome, verdict: verdictOf(outcome) },
        ...{ ports: texts(traffic.destinationPorts), protocols: texts(traffic.protocols) },
        stoppedAt:
          last.resourceId === undefined && last.name === undefined
            ? null
            : {
                resource: text(last.resourceId) || text(last.name),
                ...{ code: text(why.explanationCode), description: text(why.description) },
              },
      },
    ];
  });
}

function verdictOf(outcome: string): PathVerdict {
  const plain = outcome.replace(/[^a-z]/gi, '').toLowerCase();
  if (plain.startsWith('no')) return 'denied';
  if (plain.startsWith('all')) return 'allowed';
  return plain.startsWith('some') || plain.startsWith('partial') ? 'partly' : 'unknown';
}

/** The runs between the ends of a path, each beside its answer. */
export function compareRuns(answer: PathAnswer, runs: readonly VerifierRun[]): VerifierComparison[] {
  const isEnd = (id: string, end: PathAnswer['source']) => end.resource !== null && sameId(id, end.resource);
  return runs
    .filter((run) => isEnd(run.source, answer.source) && isEnd(run.destination, answer.destination))
    .map((run) => {
      const agrees = run.verdict === answer.verdict;
      const at =
        run.stoppedAt === null
          ? ''
          : ` Azure stops it at ${nameOf(run.stoppedAt.resource)}: ${run.stoppedAt.description}`;
      const isOff =
        run.stoppedAt?.code === 'VM_TURNED_OFF' ? ' The verifier needs a running virtual machine there.' : '';
      const says = agrees
        ? `Azure agrees: ${run.outcome}.`
        : `Azure says ${run.outcome}, Bastide ${answer.verdict} (${answer.because})${at}${isOff}`;
      return { ...run, agrees, says };
    });
}
