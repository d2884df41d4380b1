import * as z from 'zod/mini'

/* Every pattern that text is held against stands here. Each is linear: no nested quantifiers, no alternatives that overlap. */

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
/** 2 to 32 of a-z, 0-9, dot, dash, underscore; begins and ends with a letter or digit. */
export const USERNAME = /^[a-z0-9][a-z0-9._-]{0,30}[a-z0-9]$/
/** Anything but white space and what cannot be seen. */
export const VISIBLE = /[^\s\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u

export const MAX_MESSAGE_LENGTH = 8000
export const MAX_NAME_LENGTH = 64
export const MAX_ABOUT_LENGTH = 280
export const MIN_PASSWORD_LENGTH = 12
export const MAX_PASSWORD_LENGTH = 128

/** Text that every engine can keep: no NUL, no half of a surrogate pair. */
function storable(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed()
}

const Storable = z.string().check(z.refine(storable, 'has a character that cannot be kept'))

/** What a person wrote: 1 to 8000 UTF-16 units, kept to the letter, with something in it that can be seen. */
export const MessageText = Storable.check(
  z.refine((text) => text.length <= MAX_MESSAGE_LENGTH, 'is too long'),
  z.refine((text) => VISIBLE.test(text), 'is empty'),
)

/** A name shown to others, normalised and trimmed; line breaks and direction overrides are refused. */
export const DisplayName = z.pipe(
  z.pipe(
    Storable.check(z.maxLength(MAX_NAME_LENGTH * 4, 'is too long')),
    z.transform((text: string) => text.normalize('NFC').trim()),
  ),
  z.string().check(
    z.minLength(1, 'is empty'),
    z.maxLength(MAX_NAME_LENGTH, 'is too long'),
    z.refine((text) => VISIBLE.test(text), 'is empty'),
    z.refine((text) => !/[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u.test(text), 'has a control character'),
  ),
)

/** A few words about a person or a group, several lines at most; what is empty is nothing. */
export const AboutText = z.pipe(
  z.pipe(
    Storable.check(z.maxLength(MAX_ABOUT_LENGTH * 4, 'is too long')),
    z.transform((text: string) => text.normalize('NFC').trim()),
  ),
  z.string().check(
    z.maxLength(MAX_ABOUT_LENGTH, 'is too long'),
    z.refine((text) => text === '' || VISIBLE.test(text), 'is empty'),
    z.refine(
      (text) => !/[\p{Cc}\u202A-\u202E\u2066-\u2069]/u.test(text.replaceAll('\n', '')),
      'has a control character',
    ),
  ),
)

/** A username, lower-cased. */
export const Username = z.pipe(
  z.pipe(
    Storable.check(z.maxLength(64, 'is too long')),
    z.transform((text: string) => text.trim().toLowerCase()),
  ),
  z.string().check(z.regex(USERNAME, 'takes 2 to 32 letters, digits, dots, dashes or underscores')),
)

export const Password = Storable.check(
  z.minLength(MIN_PASSWORD_LENGTH, 'is too short'),
  z.maxLength(MAX_PASSWORD_LENGTH, 'is too long'),
)

/** A mail address: one part, an at sign, a domain of letters in any script with at least one dot in it. */
export const MAIL_ADDRESS = /^[^\s@<>"\p{C}]{1,64}@(?:[\p{L}\p{M}\p{N}-]{1,63}\.){1,8}[\p{L}\p{M}\p{N}-]{2,63}$/u

/** A mail address as it was typed, trimmed. */
export const MailAddress = z.pipe(
  z.pipe(
    Storable.check(z.maxLength(320, 'is too long')),
    z.transform((text: string) => text.normalize('NFC').trim()),
  ),
  z.string().check(z.maxLength(254, 'is too long'), z.regex(MAIL_ADDRESS, 'is not a mail address')),
)

/** What we made and signed, handed back: a link's token, a ticket, a step-up. */
export const SignedText = z
  .string()
  .check(z.maxLength(4000, 'is too long'), z.regex(/^[A-Za-z0-9_.-]*$/, 'is not ours'))

/** Bytes in base64url. */
export const Bytes = z
  .string()
  .check(z.maxLength(16_000, 'is too long'), z.regex(/^[A-Za-z0-9_-]*$/, 'is not base64url'))

/** Words to look for: 1 to 64 characters. */
export const SearchText = Storable.check(z.minLength(1, 'is empty'), z.maxLength(64, 'is too long'))

/** Folds text for comparing and sorting: case, accents and width make no difference. */
export function foldText(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().normalize('NFC')
}
