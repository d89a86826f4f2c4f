// udr.azureml-prefixes: Azure Machine Learning is answered the way it came, not through the tunnel.
import { machineLearningService } from '../../posture/exception-routes.ts';
import { coverageRule } from '../parts/route-coverage.ts';

export const udrAzuremlPrefixes = coverageRule(machineLearningService, {
  id: 'udr.azureml-prefixes',
  title: 'Routes for the Azure Machine Learning service address(es)',
  severity: 'high',
  why: 'The service reaches compute instances, and today clusters too, from its own addresses; replies that take the tunnel are lost, and the compute stays unreachable.',
});
