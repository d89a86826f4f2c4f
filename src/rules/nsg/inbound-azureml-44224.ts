// nsg.inbound-azureml-44224: the service reaches computes with a public address.
import { flowRule } from '../parts/nsg-flows.ts';

export const nsgInboundAzureml44224 = flowRule({
  id: 'nsg.inbound-azureml-44224',
  title: 'Inbound TCP 44224 from AzureMachineLearning',
  severity: 'high',
  why: 'The service reaches a compute with a public address on this port to create, start and manage it.',
  fix: 'Adds an allow for Tcp 44224 from AzureMachineLearning.',
});
