import type { AddressClass } from '@connectly/protocol'
import type { FactorName } from '../kernel/mails.ts'

/** What mails say, in English. Another language is another object of this type, in `languages` of letters.ts. */
export const english = {
  locale: 'en-GB',
  direction: 'ltr',
  device: 'Device',
  from: 'From',
  when: 'When',
  unknownDevice: 'unknown',
  places: {
    machine: 'this server’s own machine',
    network: 'this server’s own network',
    internet: 'the internet',
  } satisfies Record<AddressClass, string>,
  runBy: (host: string, operator: string) => `${host}, run by ${operator}`,
  always: 'We always send this. It protects your account.',
  wasNotYou: 'If it wasn’t you, sign out every device and choose a new password: under Settings, Security.',

  verification: {
    subject: (code: string) => `${code} is your code for Connectly`,
    preview: 'Or press the button. Both work for 24 hours.',
    heading: (name: string) => (name ? `Almost there, ${name}` : 'Almost there'),
    type: 'Type this code where you gave this address, or press the button.',
    typePlain: 'Type this code where you gave this address:',
    button: 'Confirm email',
    open: 'Or open this address:',
    until: 'It works for 24 hours. If you didn’t ask for it, leave this mail alone and nothing happens.',
  },
  addressTaken: {
    subject: 'You have an account already',
    preview: 'This address belongs to an account. Nothing has changed.',
    heading: 'You have an account already',
    body: (username: string) =>
      `Someone gave this address for an account on Connectly. It belongs to @${username} already, so nothing has changed.`,
    button: 'Sign in',
    open: 'If it was you, sign in here:',
    forgot: 'Forgot your password?',
    choose: 'Choose a new one',
    ignore: 'If it wasn’t you, there’s nothing to do. Whoever it was has not been told.',
  },
  addressChanged: {
    subject: 'This is no longer your address at Connectly',
    preview: 'Mail about your account goes elsewhere from now on.',
    heading: 'Your mail address was changed',
    body: (name: string) => `${name}, mail about your account no longer comes to this address.`,
  },
  reset: {
    subject: 'Choose a new password',
    preview: 'The link works once, for 30 minutes.',
    heading: 'Choose a new password',
    body: (username: string) => `Someone asked for a new password for @${username}. If it was you, go on here.`,
    button: 'Choose a password',
    open: 'Choose a password:',
    until: (time: string) => `The link works once, until ${time}. All your devices are signed out when you save.`,
    ignore: 'If it wasn’t you, your password is still safe. Leave this mail alone.',
    why: (device: string, place: string, time: string) =>
      `Asked for from ${device === '' ? 'an unknown device' : device}, on ${place}, ${time}.`,
  },
  newDevice: {
    subject: 'Was that you?',
    preview: (device: string, time: string) => `${device === '' ? 'An unknown device' : device}, ${time}.`,
    heading: 'Was that you?',
    body: 'Someone signed in to your account from a browser we haven’t seen before.',
    fine: 'If it was you, there’s nothing to do.',
    button: 'It wasn’t me',
    open: 'If it wasn’t, sign out every device and choose a new password:',
    does: 'That signs out every device at once and asks you for a new password.',
  },
  passwordChanged: {
    subject: 'Your password was changed',
    preview: 'All other devices were signed out.',
    heading: 'Your password was changed',
    body: (name: string) => `${name}, your account has a new password. All other devices were signed out.`,
  },
  recoveryUsed: {
    subject: 'A recovery code was used',
    preview: (left: number) => `${left} left.`,
    heading: 'A recovery code was used',
    body: (name: string, left: number) =>
      `${name}, someone used one of your recovery codes to sign in to your account, or to show there that they are you. ${
        left === 0 ? 'None is left' : left === 1 ? 'One is left' : `${left} are left`
      }${left < 4 ? '; make new ones under Settings, Security.' : '.'}`,
  },
  factors: {
    totp: 'an authenticator app',
    passkey: 'a passkey',
    recoveryCodes: 'new recovery codes',
    otherService: 'a link to another service',
  } satisfies Record<FactorName, string>,
  factorAdded: {
    subject: (what: string) => `Your account has ${what}`,
    preview: 'Added to your account just now.',
    heading: (what: string) => `Your account has ${what}`,
    body: (name: string, what: string) => `${name}, ${what} can open your account from now on.`,
  },
  factorRemoved: {
    subject: (what: string) => `Removed from your account: ${what}`,
    preview: 'It opens your account no more.',
    heading: 'Your account is guarded differently',
    body: (name: string, what: string) => `${name}, this was removed from your account: ${what}.`,
  },
  copyAsked: {
    subject: 'A copy of your data was asked for',
    preview: (time: string) => `It is ready from ${time} on.`,
    heading: 'A copy of your data was asked for',
    body: (name: string) => `${name}, someone signed in to your account asked for a copy of everything in it.`,
    ready: 'Ready from',
    until: 'Gone after',
    stop: 'If it wasn’t you, cancel it under Settings, Your data, and choose a new password.',
  },
  copyReady: {
    subject: 'The copy of your data is ready',
    preview: (time: string) => `It can be downloaded until ${time}.`,
    heading: 'The copy of your data is ready',
    body: (name: string) => `${name}, sign in and download it under Settings, Your data.`,
    until: 'Until',
    button: 'Sign in',
    open: 'Sign in:',
  },
  leaving: {
    subject: (day: string) => `Your account will be deleted on ${day}`,
    preview: 'Sign in before then and everything is as it was.',
    heading: (day: string) => `Goodbye on ${day}, unless you stay`,
    body: (name: string) => `${name}, you asked us to delete your account. Until then nothing is lost.`,
    on: 'Deleted on',
    messages: 'Your messages',
    become: { keep: 'Stay, without your name', delete: 'Go, for everyone' },
    button: 'Keep my account',
    open: 'Keep my account:',
    same: 'You can also sign in and stay. Until then, a copy of your data waits under Settings, Your data.',
  },
  left: {
    subject: 'Your account is gone',
    preview: 'This is our last mail to you.',
    heading: 'Goodbye',
    body: (name: string) => `${name}, your account has been deleted, as you asked. We no longer keep this address.`,
    thanks: 'Thank you for having been here.',
  },
}

export type Words = typeof english
