// An own reading of addresses, on purpose: the simulator shares no code with what it checks.

/** Whether an address lies in a CIDR of its own family; IPv6 in the forms that the simulator writes (`::` at most once). */
export function cidrContains(cidr: string, address: string): boolean {
  const [network, length] = cidr.split('/');
  if (network === undefined || network.includes(':') !== address.includes(':')) return false;
  const bits = Number(length);
  return toBits(network).slice(0, bits) === toBits(address).slice(0, bits);
}

function toBits(address: string): string {
  if (!address.includes(':'))
    return address
      .split('.')
      .map((part) => Number(part).toString(2).padStart(8, '0'))
      .join('');
  const [head = '', tail = ''] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...zeros, ...right].map((part) => Number.parseInt(part, 16).toString(2).padStart(16, '0')).join('');
}
