// Virtual machines: read for their system and their interfaces, never written.
import { nameOf } from '../model/resource-id.ts';
import { versionOf } from './generic.ts';
import type { Kind } from './kind.ts';
import { machineType, machineView } from './machine-view.ts';
import { readOnly } from './parts/bodies.ts';
import { normalBody, type Shape, sameBy } from './parts/normal.ts';
import { textAt } from './read.ts';

const shape: Shape = { volatile: ['/properties/instanceView'], sets: {} };

export const virtualMachine: Kind = {
  type: machineType,
  label: 'virtual machine',
  plural: 'virtual machines',
  apiVersion: versionOf(machineType),
  columns: [
    { title: 'Region', value: ({ body }) => textAt(body, '/location') ?? '' },
    { title: 'Size', value: ({ body }) => textAt(body, '/properties/hardwareProfile/vmSize') ?? '' },
    { title: 'System', value: (resource) => machineView(resource).offer ?? machineView(resource).osType ?? '' },
    { title: 'Interfaces', value: (resource) => machineView(resource).cards.map(nameOf).join(', ') },
  ],
  references: (body) => machineView({ id: '', type: machineType, apiVersion: '', body }).cards,
  lists: {},
  same: sameBy(shape),
  normal: (body) => normalBody(shape, body),
  oneWay: () => null,
  writer: (id) => id,
  write: (change) => readOnly('virtual machine', change),
  az: () => '',
  needs: () => [],
};
