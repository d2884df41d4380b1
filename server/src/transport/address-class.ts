import { BlockList, isIPv4 } from 'node:net'
import type { AddressClass } from '@connectly/protocol'

const machine = new BlockList()
machine.addSubnet('127.0.0.0', 8, 'ipv4')
machine.addAddress('::1', 'ipv6')

const network = new BlockList()
for (const [from, bits] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
] as const)
  network.addSubnet(from, bits, 'ipv4')
network.addSubnet('fc00::', 7, 'ipv6')
network.addSubnet('fe80::', 10, 'ipv6')

/** Where an address is, no closer than this: on this machine, in its network, or elsewhere. */
export function addressClassOf(address: string): AddressClass {
  const family = isIPv4(address) ? 'ipv4' : 'ipv6'
  if (machine.check(address, family)) return 'machine'
  return network.check(address, family) ? 'network' : 'internet'
}
