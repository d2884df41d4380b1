/** What whoever runs a server says about themselves, and the texts they put in place of ours. */
export type Operator = {
  name: string | null
  /** Where to write: a mail address or an https address. */
  contact: string | null
  address: string | null
  /** Where to report holes, if elsewhere. */
  securityContact: string | null
  /** Texts in Markdown; null where ours stand. */
  privacy: string | null
  terms: string | null
}

/** Nobody has said anything. */
export const unknownOperator: Operator = {
  name: null,
  contact: null,
  address: null,
  securityContact: null,
  privacy: null,
  terms: null,
}

/** Whether somebody can be reached there: a mail address, or a secure web address. */
export const isContact = (text: string): boolean => isMail(text) || /^https:$/.test(URL.parse(text)?.protocol ?? '')

/** A contact as a link: `mailto:` for a mail address. */
export const contactLink = (contact: string): string => (isMail(contact) ? `mailto:${contact}` : contact)

const isMail = (text: string): boolean => /^[^\s@<>()[\],;:"\\]+@[^\s@<>()[\],;:"\\]+\.[^\s@<>()[\],;:"\\]+$/.test(text)
