import { domainToASCII } from 'node:url'

/**
 * What a mail address is compared by: case makes no difference, nor how its domain is spelled, so that a mailbox is one
 * however it is written. What is no address is folded as far as it goes.
 */
export function emailKeyOf(address: string): string {
  const folded = address.trim().normalize('NFC').toLowerCase()
  const at = folded.lastIndexOf('@')
  const domain = at < 0 ? '' : domainToASCII(folded.slice(at + 1))
  return domain === '' ? folded : `${folded.slice(0, at)}@${domain}`
}
