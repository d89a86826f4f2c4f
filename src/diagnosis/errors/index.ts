// Every known error. One that is not listed here does not exist.
import type { KnownError } from '../known-error.ts';
import { computeErrors } from './computes.ts';
import { kubernetesErrors } from './kubernetes.ts';
import { permissionErrors } from './permissions.ts';
import { registryErrors } from './registry.ts';
import { requestErrors } from './requests.ts';
import { securityGroupErrors } from './security-groups.ts';
import { storageErrors } from './storage.ts';
import { subnetErrors } from './subnets.ts';
import { vaultErrors } from './vault.ts';
import { workspaceErrors } from './workspace.ts';

export const knownErrors: readonly KnownError[] = [
  ...storageErrors,
  ...vaultErrors,
  ...registryErrors,
  ...securityGroupErrors,
  ...subnetErrors,
  ...computeErrors,
  ...permissionErrors,
  ...kubernetesErrors,
  ...workspaceErrors,
  ...requestErrors,
];
