// nsg.outbound-azureml-ports: limited outbound leaves every port of the service reachable.
import { flowRule } from '../parts/nsg-flows.ts';

export const nsgOutboundAzuremlPorts = flowRule({
  id: 'nsg.outbound-azureml-ports',
  title: 'AzureMachineLearning: TCP 443, 8787, 18881 and UDP 5831',
  severity: 'high',
  profiles: ['current'],
  why: 'Creating an instance uses Udp 5831, notebooks use 18881 and RStudio 8787.',
  fix: 'Adds two allows to AzureMachineLearning, one a protocol.',
});
