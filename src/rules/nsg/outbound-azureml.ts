// nsg.outbound-azureml: limited outbound leaves the service reachable.
import { flowRule } from '../parts/nsg-flows.ts';

export const nsgOutboundAzureml = flowRule({
  id: 'nsg.outbound-azureml',
  title: 'Limited mode: Azure Machine Learning',
  severity: 'critical',
  profiles: ['seed-2020'],
  why: 'Run tracking and control traffic go to the service.',
  fix: 'Adds an allow to AzureMachineLearning.',
});
