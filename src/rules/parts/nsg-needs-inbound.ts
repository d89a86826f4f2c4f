// What calls in to computes with public addresses: Batch, and Azure Machine Learning to instances (rules-catalogue 5.5).
import { computeView } from '../../kinds/workspace-view.ts';
import { publicComputesIn } from '../../posture/training-subnets.ts';
import type { RuleSpec } from './nsg-change.ts';
import { azureml, type Needs, regional } from './nsg-need.ts';
import { type Place, regionOf } from './nsg-place.ts';

const noPublic = 'No compute here has a public address, so nothing calls in from outside.';
const inbound = (slug: string, tag: string, ports: string, destination: string): RuleSpec => ({
  ...{ slug, direction: 'Inbound', access: 'Allow', protocol: 'Tcp' },
  ...{ sources: [tag], destinations: [destination], ports: [ports] },
});

export function inboundBatch(place: Place): Needs {
  if (publicComputesIn(place.subnet, place.judgement.world).length === 0) return noPublic;
  const remote = regional(place, 'BatchNodeManagement', regionOf(place));
  return [
    {
      // Batch calls from port 443, so an allow of that source port alone is enough.
      asked: { direction: 'Inbound', protocol: 'Tcp', remote: [remote], ports: ['29876-29877'], sourcePorts: ['443'] },
      what: 'BatchNodeManagement on Tcp 29876-29877',
      add: inbound('inbound-batch', 'BatchNodeManagement', '29876-29877', '*'),
    },
  ];
}

export function inboundAzureml(place: Place): Needs {
  const found = publicComputesIn(place.subnet, place.judgement.world);
  if (found.length === 0) return noPublic;
  const instances = found.filter((compute) => computeView(compute).computeType === 'ComputeInstance');
  if (!place.today && instances.length === 0)
    return 'In 2020 only instances were called on this port, and none is here.';
  return [
    {
      asked: { direction: 'Inbound', protocol: 'Tcp', remote: [azureml], ports: ['44224'] },
      what: `${azureml} on Tcp 44224`,
      add: inbound('inbound-azureml-44224', azureml, '44224', place.today ? 'VirtualNetwork' : '*'),
    },
  ];
}
