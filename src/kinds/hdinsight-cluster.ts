// HDInsight clusters: read for their networks, never written.
import { nameOf } from '../model/resource-id.ts';
import { versionOf } from './generic.ts';
import type { Kind } from './kind.ts';
import { hdinsightType, hdinsightView } from './machine-view.ts';
import { readOnly } from './parts/bodies.ts';
import { normalBody, type Shape, sameBy } from './parts/normal.ts';
import { textAt } from './read.ts';

const shape: Shape = { volatile: ['/properties/clusterState'], sets: {} };

export const hdinsightCluster: Kind = {
  type: hdinsightType,
  label: 'HDInsight cluster',
  plural: 'HDInsight clusters',
  apiVersion: versionOf(hdinsightType),
  columns: [
    { title: 'Region', value: ({ body }) => textAt(body, '/location') ?? '' },
    { title: 'Kind', value: ({ body }) => textAt(body, '/properties/clusterDefinition/kind') ?? '' },
    { title: 'Subnets', value: (resource) => hdinsightView(resource).subnets.map(nameOf).join(', ') },
  ],
  references: (body) => hdinsightView({ id: '', type: hdinsightType, apiVersion: '', body }).subnets,
  lists: {},
  same: sameBy(shape),
  normal: (body) => normalBody(shape, body),
  oneWay: () => null,
  writer: (id) => id,
  write: (change) => readOnly('HDInsight cluster', change),
  az: () => '',
  needs: () => [],
};
