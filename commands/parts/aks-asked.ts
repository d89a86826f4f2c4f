// A requested Kubernetes cluster: what the service would refuse anyway, and the ranges that its address plan takes.

import { exitStatus, Failure } from '../../src/model/failure.ts';
import type { SnapshotIndex } from '../../src/model/snapshot-index.ts';
import { clean } from '../../src/model/text.ts';
import { blockAround } from '../../src/net/free-range.ts';
import { formatAddress, parseAddress, parseBlock } from '../../src/net/ipv4.ts';
import { freeBridgeRange, freeServiceRange } from '../../src/resource-types/index.ts';

export const purposes = { production: 'FastProd', dense: 'DenseProd', 'dev-test': 'DevTest' } as const;

export interface AksArgs {
  readonly name: string;
  readonly nodes?: number | undefined;
  readonly size?: string | undefined;
  readonly purpose?: keyof typeof purposes | undefined;
  readonly subnet?: string | undefined;
  readonly serviceCidr?: string | undefined;
  readonly dnsServiceIp?: string | undefined;
  readonly dockerBridgeCidr?: string | undefined;
  readonly internalLoadBalancer?: boolean | undefined;
  /** Id of a cluster that stands. */
  readonly cluster?: string | undefined;
}

/** What the article's own cluster has. */
export const [usualNodes, usualSize] = [3, 'STANDARD_D3_V2'];
/** Microsoft Learn, "Azure Kubernetes Service limits" and "AKS legacy CNI", read 2026. */
const [mostNodes, shortestPrefix, longestPrefix] = [1000, 12, 28];

export const usage = (code: string, message: string, next: string): Failure =>
  new Failure(code, exitStatus.usage, message, next);

/** Throws Failure (exit 2) for what the service would refuse anyway, and for what an attached cluster has already. */
export function legalAks(args: AksArgs): void {
  const { name, nodes = usualNodes, serviceCidr, dnsServiceIp, dockerBridgeCidr, cluster } = args;
  if (!/^[A-Za-z][A-Za-z0-9-]{0,14}[A-Za-z0-9]$/.test(name)) {
    throw usage(
      'bad-name',
      `${clean(name, 60)} is not a valid name of an AKS cluster: use 2 to 16 letters, digits and dashes, starting with a letter and ending with a letter or digit.`,
      'Nothing was sent. Choose another name.',
    );
  }
  const made = { nodes: args.nodes, size: args.size, purpose: args.purpose, subnet: args.subnet };
  const plan = { 'service-cidr': serviceCidr, 'dns-service-ip': dnsServiceIp, 'docker-bridge-cidr': dockerBridgeCidr };
  const [contrary] = Object.entries({ ...made, ...plan }).filter(([, value]) => value !== undefined);
  if (cluster !== undefined && contrary !== undefined) {
    throw usage(
      'contradicting-flags',
      `--cluster attaches an existing cluster, and --${contrary[0]} is for a new one.`,
      'Remove one of them.',
    );
  }
  if (!Number.isInteger(nodes) || nodes < 1 || nodes > mostNodes) {
    throw usage('bad-scale', `A cluster of ${nodes} nodes cannot be created.`, `Use --nodes from 1 to ${mostNodes}.`);
  }
  const service = serviceCidr === undefined ? undefined : parseBlock(serviceCidr);
  const fits =
    service === undefined ||
    (service.ok && service.value.prefix >= shortestPrefix && service.value.prefix <= longestPrefix);
  if (!fits) {
    const why = service.ok
      ? `its prefix length is not between /${shortestPrefix} and /${longestPrefix}`
      : service.reason;
    throw usage(
      'bad-service-cidr',
      `${clean(serviceCidr, 60)} is not a valid service address range: ${why}.`,
      'Use a range such as --service-cidr 10.250.0.0/16, or omit the flag.',
    );
  }
  if (dnsServiceIp !== undefined && !parseAddress(dnsServiceIp).ok) {
    throw usage(
      'bad-dns-service-ip',
      `${clean(dnsServiceIp, 60)} is not an IPv4 address.`,
      'Use an address of the service range as --dns-service-ip, or omit the flag.',
    );
  }
  if (dockerBridgeCidr !== undefined && blockAround(dockerBridgeCidr) === undefined) {
    throw usage(
      'bad-docker-bridge-cidr',
      `${clean(dockerBridgeCidr, 60)} is not an address with a prefix length.`,
      'Use for example --docker-bridge-cidr 172.17.0.1/16, or omit the flag.',
    );
  }
}

interface Plan {
  readonly serviceCidr: string;
  readonly dnsServiceIP: string;
  readonly dockerBridgeCidr: string;
}

/** The requested ranges, else the first that nothing in the snapshot uses. Throws Failure (exit 2) where none is left. */
export function addressPlan(args: AksArgs, index: SnapshotIndex): Plan {
  const serviceCidr = args.serviceCidr ?? freeServiceRange(index, args.dockerBridgeCidr);
  const range = serviceCidr === undefined ? undefined : blockAround(serviceCidr);
  if (serviceCidr === undefined || range === undefined) {
    throw usage(
      'no-free-range',
      'No free private range was found for the services of a cluster.',
      'Pass one: --service-cidr RANGE.',
    );
  }
  const dockerBridgeCidr = args.dockerBridgeCidr ?? freeBridgeRange(index, serviceCidr);
  if (dockerBridgeCidr === undefined) {
    throw usage(
      'no-free-range',
      'No free private range was found for the Docker bridge.',
      'Pass one: --docker-bridge-cidr ADDRESS/LENGTH.',
    );
  }
  return { serviceCidr, dnsServiceIP: args.dnsServiceIp ?? formatAddress(range.first + 10), dockerBridgeCidr };
}
