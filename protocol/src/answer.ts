import * as z from 'zod/mini'

/**
 * Every way to say no: its HTTP status and what it means. A method names those of the second group that it uses;
 * those of the first may come from any method.
 */
export const refusals = {
  SignedOut: { status: 401, means: 'No session, or one that has ended.' },
  NotAllowed: { status: 403, means: 'This kind of account, or this role, may not do that.' },
  BadOrigin: { status: 403, means: 'The request came from another site, or without its double-submit header.' },
  NotFound: { status: 404, means: 'It does not exist, or is not shared with you: the two look alike.' },
  InvalidInput: { status: 400, means: 'A field does not fit its shape; `field` and `reason` say which and why.' },
  TooLarge: { status: 413, means: 'The request is larger than any legal one.' },
  KeyReused: { status: 409, means: 'This key came before with another input.' },
  TooManyRequests: { status: 429, means: 'A limit was reached; `retryAfter` says in how many seconds to come back.' },
  Busy: { status: 503, means: 'Others changed the same thing three times in a row. Asking again is safe.' },
  Unavailable: { status: 503, means: 'The store could not keep it. Asking again with the same key is safe.' },
  Internal: { status: 500, means: 'A fault of ours, logged under the request id.' },

  UsernameTaken: { status: 409, means: 'Somebody has this username.' },
  PasswordTooCommon: { status: 400, means: 'The password is on the list of those tried first.' },
  StepUpNeeded: {
    status: 403,
    means: 'It wants a step-up of the last 15 minutes; `by` says by what: a password, or a second factor.',
  },
  Muted: { status: 403, means: 'Sending is off for this account until `until`, in ms.' },
  Banned: { status: 403, means: 'This account, or address, is kept out until `until`, in ms.' },
  WrongProof: { status: 403, means: 'The password, code, recovery code or passkey is not right, or was used before.' },
  SecondStepMissing: { status: 409, means: 'It wants a second factor, and this account has none yet.' },
  LinkSpent: { status: 410, means: 'The link, code or ticket was used, withdrawn, or has run out.' },
  CaptchaWrong: { status: 400, means: 'The human check is missing, wrong, used before, or has run out.' },
  RegistrationClosed: { status: 403, means: 'Nobody can make an account here.' },
  InvitationNeeded: { status: 403, means: 'An account is made here with an invitation only.' },
  TermsChanged: { status: 409, means: 'The terms have a newer version; `version` says which.' },
  GuestsOff: { status: 403, means: 'This server takes no guests.' },
  TooSoon: { status: 409, means: 'It was changed lately; `until` says when it can be changed again, in ms.' },
  SamePassword: { status: 400, means: 'The new password is the old one.' },
  LastWayIn: { status: 409, means: 'Without it there would be no way to sign in; set a password, or another, first.' },
  LastAdministrator: { status: 409, means: 'A server needs somebody who runs it; name another first.' },
  TooManyPasskeys: { status: 409, means: 'The list of passkeys is full.' },
  PasskeyUnusable: { status: 400, means: 'The passkey could not be checked, or is known already.' },
  ProviderFailed: { status: 502, means: 'The other service did not answer as it should; `reason` says how.' },
  ProviderDenied: { status: 403, means: 'At the other service it was refused, or broken off.' },
  AlreadyLinked: { status: 409, means: 'That account of the other service belongs to an account here.' },
  AddressUnproven: {
    status: 409,
    means: 'An account here has this mail address: sign in to it, and link the other service there.',
  },
  CopyPending: { status: 409, means: 'One copy at a time: `copyId` names the one that is being prepared.' },
  NotReady: { status: 409, means: 'It is not ready yet; `until` says when, in ms.' },
  WrongCredentials: { status: 401, means: 'Username and password do not belong together.' },
  AlreadyConnected: { status: 409, means: 'The two of you can already write to each other; `roomId` says where.' },
  AlreadyAsked: { status: 409, means: 'A request of yours is already waiting there.' },
  RequestClosed: { status: 409, means: 'The request was answered or withdrawn in the meantime.' },
  NotAContact: {
    status: 403,
    means: 'Only people who accepted a request of yours, or you one of theirs, can be added.',
  },
  TooManyBlocks: { status: 409, means: 'The list of blocked people is full.' },
  YouBlocked: { status: 409, means: 'You blocked this person; unblock them first.' },
  MessageDeleted: { status: 409, means: 'The message was deleted meanwhile.' },
  TooLate: { status: 409, means: 'A message can be deleted for everyone within 48 hours.' },
  LastOwner: { status: 409, means: 'A group needs an owner; hand it over first.' },
  TooManyPinned: { status: 409, means: 'As many rooms are pinned as fit at the top.' },
  RoomFull: { status: 409, means: 'The room has all the members it can hold.' },
} as const satisfies Record<string, { status: number; means: string }>

export type RefusalCode = keyof typeof refusals

/** Refusals that any method may give. */
export const generalRefusals = [
  'SignedOut',
  'NotAllowed',
  'BadOrigin',
  'NotFound',
  'InvalidInput',
  'TooLarge',
  'KeyReused',
  'TooManyRequests',
  'StepUpNeeded',
  'Banned',
  'Busy',
  'Unavailable',
  'Internal',
] as const satisfies readonly RefusalCode[]

/** A no, as it travels: a code and its parameters. The words are made where they are read. */
export const Refusal = z.object({
  code: z.string(),
  params: z.optional(z.record(z.string(), z.union([z.string(), z.number()]))),
  requestId: z.string(),
})
export type Refusal = { code: RefusalCode; params?: Record<string, string | number>; requestId: string }

export type Answer<T> = { ok: true; value: T } | { ok: false; refusal: Refusal }
