// What the article's workspace keeps its data, secrets and images in, all of it reachable from anywhere.
import { insightsBody, registryBody, storageAccount, vaultBody } from './bodies.ts';
import { datastore, defaultDatastores } from './workspace-bodies.ts';

/** The default account, that of the training data, and a data lake. */
export const openAccounts = ['stmlsim', 'stmldata', 'lakemlsim'];

export const openServices = (): string[] => [
  ...defaultDatastores(),
  datastore('trainingdata', 'AzureBlob', 'stmldata', 'images'),
  datastore('lake', 'AzureDataLakeGen2', 'lakemlsim', 'raw'),
  ...openAccounts.map((name) =>
    storageAccount(name, { bypass: 'AzureServices', defaultAction: 'Allow' }, { hierarchical: name === 'lakemlsim' }),
  ),
  vaultBody(null),
  registryBody('Basic', null),
  insightsBody(),
];
