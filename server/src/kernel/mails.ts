import type { AddressClass, leftMessages } from '@connectly/protocol'
import { insert, type Write } from '../store/store.ts'
import { newId } from './ids.ts'
import { mailTable } from './tables.ts'

type Messages = (typeof leftMessages)[number]
/** What was added to an account or taken from it. */
export type FactorName = 'totp' | 'passkey' | 'recoveryCodes' | 'otherService'

/** Mails that carry a link, and what each says. `name` is the reader's, `device` as `Firefox on Linux`, times in ms. */
export type LinkedMails = {
  /** Purpose `confirm`: the address is to be confirmed by a code or the link. */
  verification: { name: string }
  /** Purpose `reset`. */
  reset: { username: string; device: string; from: AddressClass; at: number }
  /** Purpose `notMe`. */
  newDevice: { name: string; device: string; from: AddressClass; at: number }
  /** Purpose `stay`. */
  leaving: { name: string; leavesAt: number; messages: Messages }
}

/** Mails that carry none. */
export type PlainMails = {
  /** In place of `verification`, where the address is an account's already: to its owner. */
  addressTaken: { name: string; username: string }
  /** To the address so far. */
  addressChanged: { name: string; device: string; at: number }
  passwordChanged: { name: string; device: string; at: number }
  recoveryUsed: { name: string; left: number; device: string; at: number }
  factorAdded: { name: string; what: FactorName; device: string; at: number }
  factorRemoved: { name: string; what: FactorName; device: string; at: number }
  copyAsked: { name: string; readyAt: number; expiresAt: number }
  copyReady: { name: string; readyAt: number; expiresAt: number }
  left: { name: string }
}

export type MailParams = LinkedMails & PlainMails
export type MailName = keyof MailParams

type Said =
  | { [Name in keyof LinkedMails]: { template: Name; params: LinkedMails[Name]; linkId: string } }[keyof LinkedMails]
  | { [Name in keyof PlainMails]: { template: Name; params: PlainMails[Name]; linkId?: never } }[keyof PlainMails]

/** A mail to be sent: to whom, what, and in which language and time zone they read it, where that is known. */
export type NewMail = Said & { to: string; language?: string; timeZone?: string; now: number }

/**
 * What puts a mail on its way, in the commit of what it tells of. One to nobody, with `to` empty, is dropped: for asks that
 * must take as long whether or not there is somebody to write to.
 */
export function postMail({ to, template, params, linkId, language = '', timeZone = '', now }: NewMail): Write {
  const mailId = newId<string>()
  const on = { tries: 0, createdAt: now, nextAt: now }
  return insert(mailTable, { mailId, to, template, params, linkId: linkId ?? null, language, timeZone, ...on })
}
