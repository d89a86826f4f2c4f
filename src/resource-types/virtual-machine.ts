// Virtual machines, read only, for their operating system and their NICs.
import { nameOf } from '../model/resource-id.ts';
import { defineResourceType } from './define.ts';
import { machineType, machineView } from './machine-view.ts';
import { textAt } from './read.ts';

export const virtualMachine = defineResourceType({
  type: machineType,
  label: 'virtual machine',
  plural: 'virtual machines',
  computed: ['instanceView'],
  columns: [
    { title: 'Region', value: ({ body }) => textAt(body, '/location') ?? '' },
    { title: 'Size', value: ({ body }) => textAt(body, '/properties/hardwareProfile/vmSize') ?? '' },
    { title: 'System', value: (resource) => machineView(resource).offer ?? machineView(resource).osType ?? '' },
    { title: 'Interfaces', value: (resource) => machineView(resource).nics.map(nameOf).join(', ') },
  ],
  references: (body) => machineView({ id: '', type: machineType, apiVersion: '', body }).nics,
});
