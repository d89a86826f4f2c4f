// What lets Batch make nodes in a subnet with a service endpoint policy: storage accounts of its own (rules-catalogue, D9).
import { fold } from '../../model/resource-id.ts';

export const machineLearningAlias = '/services/Azure/MachineLearning';

export const admitsAlias = (admitted: readonly string[]): boolean =>
  admitted.some((one) => fold(one) === fold(machineLearningAlias));
