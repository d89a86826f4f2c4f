// The Azure CLI lines that make a compute or change its scale.
import type { CreateChange } from '../../model/change.ts';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { type Pointer, valueAt } from '../../model/pointer.ts';
import { fold, parseId } from '../../model/resource-id.ts';
import { scalePointer } from '../cluster-view.ts';
import { booleanAt, enumAt, numberAt, textAt } from '../read.ts';
import { clusterPlan } from './cluster-follows.ts';
import { line } from './shell.ts';

const flags: readonly (readonly [string, string])[] = [
  ['minNodeCount', '--min-instances'],
  ['maxNodeCount', '--max-instances'],
];

/** `--max-instances 2`, for scale settings or one member of them. */
export const scaleWords = (pointer: Pointer, value: Json | undefined): string[] =>
  flags.flatMap(([member, flag]) => {
    const own = pointer === scalePointer ? valueAt(value, `/${member}`) : value;
    const named = pointer === scalePointer || pointer === `${scalePointer}/${member}`;
    return named && own !== undefined ? [flag, String(own)] : [];
  });

/**
 * `az ml computetarget create aks …`, or `attach aks …` for a cluster that stands: the first edition of the command line, since
 * the second knows no compute of this type.
 */
function clusterLine({ resource, body }: CreateChange): string {
  const { names, resourceGroup = '' } = parseId(resource);
  const [workspace = '', name = ''] = names;
  const at = ['-n', name, '-g', resourceGroup, '--workspace-name', workspace];
  const cluster = textAt(body, '/properties/resourceId');
  if (cluster !== undefined)
    return line('az', 'ml', 'computetarget', 'attach', 'aks', at, '--compute-resource-id', cluster);
  const inner = '/properties/properties';
  const subnet = textAt(body, `${clusterPlan}/subnetId`);
  const place = subnet === undefined ? undefined : parseId(subnet);
  const said: readonly (readonly [string, string | undefined])[] = [
    ['--agent-count', numberText(body, `${inner}/agentCount`)],
    ['--vm-size', textAt(body, `${inner}/agentVmSize`)],
    ['--cluster-purpose', textAt(body, `${inner}/clusterPurpose`)],
    ['--vnet-name', place?.names[0]],
    ['--subnet-name', place?.names[1]],
    ['--vnet-resourcegroup-name', place?.resourceGroup],
    ['--service-cidr', textAt(body, `${clusterPlan}/serviceCidr`)],
    ['--dns-service-ip', textAt(body, `${clusterPlan}/dnsServiceIP`)],
    ['--docker-bridge-cidr', textAt(body, `${clusterPlan}/dockerBridgeCidr`)],
  ];
  const words = said.flatMap(([flag, value]) => (value === undefined ? [] : [flag, value]));
  return line('az', 'ml', 'computetarget', 'create', 'aks', at, words);
}

const numberText = (body: JsonObject, pointer: Pointer): string | undefined => {
  const value = numberAt(body, pointer);
  return value === undefined ? undefined : String(value);
};

/** `az ml compute create …`; a network in another group than the workspace's cannot be named by a flag, so it is by its id. */
export function computeLine(change: CreateChange): string {
  const { resource, body } = change;
  if (fold(textAt(body, '/properties/computeType') ?? '') === 'aks') return clusterLine(change);
  const { names, resourceGroup = '' } = parseId(resource);
  const [workspace = '', name = ''] = names;
  const inner = '/properties/properties';
  const type = enumAt(body, '/properties/computeType', ['AmlCompute', 'ComputeInstance']) ?? '';
  const subnet = textAt(body, `${inner}/subnet/id`);
  const network = subnet === undefined ? undefined : parseId(subnet).names[0];
  const isNear = subnet === undefined || parseId(subnet).resourceGroup?.toLowerCase() === resourceGroup.toLowerCase();
  const isPublic = booleanAt(body, `${inner}/enableNodePublicIp`);
  const ssh =
    textAt(body, `${inner}/remoteLoginPortPublicAccess`) ?? textAt(body, `${inner}/sshSettings/sshPublicAccess`);
  const identity = textAt(body, '/identity/type');
  return line(
    ...['az', 'ml', 'compute', 'create', '-n', name, '-g', resourceGroup, '-w', workspace, '--type', type],
    ['--size', textAt(body, `${inner}/vmSize`) ?? ''],
    isObject(valueAt(body, scalePointer)) ? scaleWords(scalePointer, valueAt(body, scalePointer)) : [],
    subnet === undefined
      ? []
      : isNear
        ? ['--vnet-name', network ?? '', '--subnet', parseId(subnet).names[1] ?? '']
        : ['--subnet', subnet],
    isPublic === undefined ? [] : ['--enable-node-public-ip', String(isPublic)],
    ssh === undefined ? [] : ['--ssh-public-access-enabled', String(ssh.toLowerCase() === 'enabled')],
    identity === undefined ? [] : ['--identity-type', identity],
  );
}
