// Where environments get their packages (Microsoft Learn, "Configure inbound and outbound network traffic", read 2026): hosts of
// no service tag, so a security group cannot name them.
export const packageHosts: readonly string[] = [
  ...['anaconda.com', '*.anaconda.com', '*.anaconda.org', 'pypi.org', '*.pythonhosted.org', 'cloud.r-project.org'],
  ...['*.pytorch.org', '*.tensorflow.org'],
];
