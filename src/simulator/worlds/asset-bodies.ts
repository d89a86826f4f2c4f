// Assets of the workspace, as JSON text: data, a model, environments and a component, each a container with its versions.
import { name } from './bodies.ts';
import { subscription, workspace } from './names.ts';

/** A version of an asset, or without one its container. `kind`: data, models, environments or components. */
function asset(kind: string, name: string, version: string | null, members: Readonly<Record<string, unknown>>): string {
  const type = `Microsoft.MachineLearningServices/workspaces/${kind}${version === null ? '' : '/versions'}`;
  const id = `${workspace}/${kind}/${name}${version === null ? '' : `/versions/${version}`}`;
  const properties = {
    ...{ description: null, tags: {}, properties: {}, isArchived: false },
    ...(version === null ? {} : { isAnonymous: false }),
    ...members,
  };
  const systemData = {
    createdAt: '2024-03-07T08:15:00.0000000Z',
    createdBy: 'anna@example.org',
    createdByType: 'User',
  };
  return JSON.stringify({ id, name: version ?? name, type, properties, systemData });
}

const pathIn = (store: string, path: string): string =>
  `azureml://subscriptions/${subscription}/resourcegroups/rg-ml/workspaces/${name(workspace)}/datastores/${store}/paths/${path}`;
const trainingImage = 'mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04';

/** What jobs name: data, a model, environments with and without a build, and a component. */
export const defaultAssets = (): string[] => [
  asset('data', 'train-images', null, { dataType: 'uri_folder' }),
  asset('data', 'train-images', '1', { dataType: 'uri_folder', dataUri: pathIn('trainingdata', 'images/1/') }),
  asset('data', 'train-images', '2', { dataType: 'uri_folder', dataUri: pathIn('workspaceblobstore', 'images/2/') }),
  asset('data', 'holidays', null, { dataType: 'uri_file' }),
  asset('data', 'holidays', '1', { dataType: 'uri_file', dataUri: 'https://example.org/holidays.csv' }),
  asset('models', 'classifier', null, {}),
  asset('models', 'classifier', '1', {
    modelType: 'custom_model',
    modelUri: pathIn('workspaceblobstore', 'models/1/'),
  }),
  asset('environments', 'base-env', null, {}),
  asset('environments', 'base-env', '1', { environmentType: 'UserCreated', osType: 'Linux', image: trainingImage }),
  asset('environments', 'train-env', null, {}),
  asset('environments', 'train-env', '1', {
    ...{ environmentType: 'UserCreated', osType: 'Linux', image: trainingImage },
    condaFile: JSON.stringify({ channels: ['conda-forge'], dependencies: ['python=3.11', { pip: ['torch'] }] }),
  }),
  asset('environments', 'built-env', null, {}),
  asset('environments', 'built-env', '1', {
    ...{ environmentType: 'UserCreated', osType: 'Linux' },
    build: { contextUri: pathIn('workspaceblobstore', 'build/1/'), dockerfilePath: 'Dockerfile' },
  }),
  asset('components', 'train', null, {}),
  asset('components', 'train', '1', {
    componentSpec: {
      ...{ type: 'command', name: 'train', version: '1', command: 'python train.py' },
      ...{
        inputs: { images: { type: 'uri_folder' } },
        environment: `azureml:${workspace}/environments/base-env/versions/1`,
      },
    },
  }),
];
