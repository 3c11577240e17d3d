/** Cases that no input of this release can express, and what each of them waits for. */
export const WAITING_CASES: Readonly<Record<string, string>> = {
  'T-17': 'Azure NSG flow logs, which name the rule: the format is not read yet',
  'T-18': 'GCP firewall rules and sampled VPC flow logs without a verdict: the format is not read yet',
  'T-50': 'Azure NSG exports with default rules, and the finding redundant (issue 3)',
  'T-20': 'iptables chains with RETURN and goto (issue 6)',
  'T-21': 'nftables base chains and counters (issue 6)',
  'T-54': 'iptables counters as a second source (issues 5 and 6)',
  'T-23': 'pf rules, where the last match decides (issue 6), and the finding shadowed (issue 3)',
  'T-25': 'FortiOS policies and virtual addresses: the format is not read yet; the finding shadowed (issue 3)',
  'T-30': 'Kubernetes NetworkPolicy: the format is not read yet',
  'T-34': 'negated address lists: no format of this release has them',
  'T-56': 'Check Point inline layers: the format is not read yet; the finding shadowed (issue 3)',
  'T-57': 'Cisco ASA interface and global access lists (issue 6)',
};
