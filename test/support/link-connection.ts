/** The connection of the workspace's shared private link in the world `registry`. */
export const linkConnection = '__SYS_PE_acrmlsim_registry_21978f96.960f20d2-9b9c-1761-a630-9f4c91e7767b';
