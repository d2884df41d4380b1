import { readFileSync } from 'node:fs'
import { isContact, type Operator } from './transport/pages/operator.ts'

/** What whoever runs a server may say of themselves: part of the settings. */
export const operatorSettings = {
  OPERATOR_NAME: {
    doc: 'Who runs this server, as /privacy and /terms say it: a person or an organisation. Without it they say that nobody has said so.',
    default: null,
    example: 'The Example Society',
  },
  OPERATOR_CONTACT: {
    doc: 'Where people write to whoever runs this server: a mail address, or an address with https.',
    default: null,
    example: 'hello@example.org',
  },
  OPERATOR_ADDRESS: {
    doc: 'The postal address of whoever runs this server, on one line, where the law wants one.',
    default: null,
    example: '1 Example Street, Exampleton',
  },
  SECURITY_CONTACT: {
    doc: 'Where to report holes, in /.well-known/security.txt and /security-policy, if not to OPERATOR_CONTACT: a mail address, or an address with https.',
    default: null,
    example: 'security@example.org',
  },
  PRIVACY_FILE: {
    doc: 'A Markdown file to show at /privacy in place of the text that comes with Connectly.',
    default: null,
    example: '/etc/connectly/privacy.md',
  },
  TERMS_FILE: {
    doc: 'A Markdown file to show at /terms in place of the text that comes with Connectly.',
    default: null,
    example: '/etc/connectly/terms.md',
  },
} as const

type Name = keyof typeof operatorSettings

const MAX_LENGTH = 300
const MAX_TEXT = 500_000

/** Reads what is said of whoever runs this. What does not fit is added to the problems. */
export function readOperator(read: (name: Name) => string | null, problems: string[]): Operator {
  const line = (name: Name): string | null => {
    const value = read(name)
    if (value !== null && (value.length > MAX_LENGTH || /[\p{Cc}]/u.test(value)))
      problems.push(`${name} takes one line of at most ${MAX_LENGTH} characters.`)
    return value
  }
  const contact = (name: Name): string | null => {
    const value = line(name)
    if (value !== null && !isContact(value))
      problems.push(`${name} takes a mail address, or an address like https://example.org/contact, not "${value}".`)
    return value
  }
  const text = (name: Name): string | null => {
    const file = read(name)
    if (file === null) return null
    try {
      const held = readFileSync(file, 'utf8')
      if (held.trim() !== '' && held.length <= MAX_TEXT) return held
      problems.push(`${name}: ${file} is ${held.trim() === '' ? 'empty' : 'longer than any text people read'}.`)
    } catch (error) {
      problems.push(`${name}: the file cannot be read: ${(error as Error).message}.`)
    }
    return null
  }
  return {
    name: line('OPERATOR_NAME'),
    contact: contact('OPERATOR_CONTACT'),
    address: line('OPERATOR_ADDRESS'),
    securityContact: contact('SECURITY_CONTACT'),
    privacy: text('PRIVACY_FILE'),
    terms: text('TERMS_FILE'),
  }
}
