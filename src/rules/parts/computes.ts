// The resource type of computes, for rules of several groups.
export { computeType } from '../../kinds/compute.ts';
