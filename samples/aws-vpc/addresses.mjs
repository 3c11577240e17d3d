// A CIDR as {family, first, last}, an address as {family, value}: as plain as it can be, because the truth must not share code with what it judges.

const knownCidrs = new Map();
const knownAddresses = new Map();

export function parseCidr(text) {
  let range = knownCidrs.get(text);
  if (range === undefined) {
    range = readCidr(text);
    knownCidrs.set(text, range);
  }
  return range;
}

function readCidr(text) {
  const [base, length] = text.split('/');
  const { family, value } = parseAddress(base);
  const size = 1n << BigInt((family === 4 ? 32 : 128) - Number(length));
  return { family, first: value, last: value + size - 1n };
}

export function parseAddress(text) {
  let address = knownAddresses.get(text);
  if (address === undefined) {
    address = text.includes(':') ? { family: 6, value: parse6(text) } : { family: 4, value: parse4(text) };
    knownAddresses.set(text, address);
  }
  return address;
}

export function isInside(text, cidr) {
  const range = parseCidr(cidr);
  const { family, value } = parseAddress(text);
  return family === range.family && range.first <= value && value <= range.last;
}

function parse4(text) {
  return text.split('.').reduce((value, part) => value * 256n + BigInt(part), 0n);
}

function parse6(text) {
  const [head, tail] = text.split('::').map((part) => (part === '' ? [] : part.split(':')));
  const groups = tail === undefined ? head : [...head, ...Array(8 - head.length - tail.length).fill('0'), ...tail];
  return groups.reduce((value, part) => value * 65536n + BigInt(`0x${part}`), 0n);
}
