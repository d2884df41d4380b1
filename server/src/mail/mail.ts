/* The port that mail leaves by: a mail server, or a folder where there is none. */

/** A mail as it leaves, in plain words and in HTML. */
export type Mail = {
  /** The same for every try, so that a mail that arrives twice is known. */
  mailId: string
  /** Which of our mails it is; for file names and log lines. */
  template: string
  to: string
  subject: string
  text: string
  html: string
  /** The address that its button opens, a secret; null where it has none. */
  link: string | null
  /** When it was asked for, in ms. */
  at: number
}

export type Mailer = {
  /** Whether mail leaves this server. */
  isOn: boolean
  /** Resolves once somebody else is responsible for it. Throws `MailRefused` or `MailDelayed`; anything else is a fault of ours. */
  send(mail: Mail, signal: AbortSignal): Promise<void>
}

/** Nobody will ever take this mail. The message names no address and no secret. */
export class MailRefused extends Error {}

/** It may be taken later. `isAway`: so may any other; nobody is there. The message names no address and no secret. */
export class MailDelayed extends Error {
  isAway: boolean
  constructor(message: string, isAway: boolean) {
    super(message)
    this.isAway = isAway
  }
}
