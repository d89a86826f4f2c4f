// HDInsight clusters, read only, for their networks.
import { nameOf } from '../model/resource-id.ts';
import { defineResourceType } from './define.ts';
import { hdinsightType, hdinsightView } from './machine-view.ts';
import { textAt } from './read.ts';

export const hdinsightCluster = defineResourceType({
  type: hdinsightType,
  label: 'HDInsight cluster',
  plural: 'HDInsight clusters',
  computed: ['clusterState'],
  columns: [
    { title: 'Region', value: ({ body }) => textAt(body, '/location') ?? '' },
    { title: 'Kind', value: ({ body }) => textAt(body, '/properties/clusterDefinition/kind') ?? '' },
    { title: 'Subnets', value: (resource) => hdinsightView(resource).subnets.map(nameOf).join(', ') },
  ],
  references: (body) => hdinsightView({ id: '', type: hdinsightType, apiVersion: '', body }).subnets,
});
