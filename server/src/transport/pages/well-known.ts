import { contactLink, type Operator } from './operator.ts'

/** How long a reader may believe a security.txt before looking again. RFC 9116 wants less than a year. */
const GOOD_FOR = 180 * 24 * 60 * 60 * 1000

/** `/.well-known/security.txt` (RFC 9116), or null while nobody can be reached: without a contact it is not one. */
export function securityText(operator: Operator, origin: string | null, now: number): string | null {
  const contact = operator.securityContact ?? operator.contact
  if (!contact) return null
  const lines = [
    `Contact: ${contactLink(contact)}`,
    `Expires: ${new Date(now + GOOD_FOR).toISOString().slice(0, 10)}T00:00:00Z`,
    'Preferred-Languages: en',
  ]
  // Addresses in it have to be https ones, and whole.
  if (origin?.startsWith('https://'))
    lines.push(`Canonical: ${origin}/.well-known/security.txt`, `Policy: ${origin}/security-policy`)
  return `${lines.join('\n')}\n`
}
