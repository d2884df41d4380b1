import { createHash, createHmac, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'
import type { NewPasskey, openPasskeyDialog, OutputOf, PasskeyAnswer } from '@connectly/protocol'
import { type Cbor, vouchedFor } from './certificate-kit.ts'

/*
 * An authenticator and an authenticator app in software, for tests: real keys, real signatures, written from the standards
 * and not with the libraries that check them.
 */

type Dialog = OutputOf<typeof openPasskeyDialog>
type Options = { challenge: string; rp?: { id: string }; rpId?: string; user?: { id: string } }

/** What may be wrong with an answer. */
export type Twist = {
  origin?: string
  rpId?: string
  challenge?: string
  /** The user handle, as text; null leaves it out. */
  user?: string | null
  isVerified?: boolean
  counter?: number
  type?: string
}

const FLAGS = { present: 1, verified: 4, canSync: 8, isSynced: 16, hasCredential: 64 }

/** A device that holds one passkey for one person. `counts` is whether it counts how often it was used. */
export function createAuthenticator(origin: string, { counts = true, isSynced = false } = {}) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const credential = randomBytes(32)
  let counter = counts ? 1 : 0
  let owner = ''

  const authenticatorData = (rpId: string, twist: Twist, attested: Buffer = Buffer.alloc(0)): Buffer => {
    const flags =
      FLAGS.present |
      ((twist.isVerified ?? true) ? FLAGS.verified : 0) |
      (isSynced ? FLAGS.canSync | FLAGS.isSynced : 0) |
      (attested.length > 0 ? FLAGS.hasCredential : 0)
    const count = Buffer.alloc(4)
    count.writeUInt32BE(twist.counter ?? counter)
    return Buffer.concat([sha256(twist.rpId ?? rpId), Buffer.from([flags]), count, attested])
  }
  const clientData = (type: string, challenge: string, twist: Twist): Buffer =>
    Buffer.from(
      JSON.stringify({
        type: twist.type ?? type,
        challenge: twist.challenge ?? challenge,
        origin: twist.origin ?? origin,
        crossOrigin: false,
      }),
    )

  return {
    credential: credential.toString('base64url'),

    /** Makes the passkey that a dialog asks for; `isVouchedFor` says with a certificate who made the device. */
    make: (dialog: Dialog, twist: Twist & { isVouchedFor?: boolean } = {}): NewPasskey => {
      const { challenge, rp, user } = dialog.options as Options
      owner = user?.id ?? ''
      const length = Buffer.alloc(2)
      length.writeUInt16BE(credential.length)
      const attested = Buffer.concat([Buffer.alloc(16), length, credential, cbor(coseOf(publicKey))])
      const data = authenticatorData(rp?.id ?? '', twist, attested)
      const client = clientData('webauthn.create', challenge, twist)
      const of = { rpIdHash: data.subarray(0, 32), clientData: client, credential, ...pointOf(publicKey) }
      const attestation = cbor(
        new Map<Cbor, Cbor>([
          ['fmt', twist.isVouchedFor ? 'fido-u2f' : 'none'],
          ['attStmt', twist.isVouchedFor ? vouchedFor(of) : new Map()],
          ['authData', data],
        ]),
      )
      return {
        ticket: dialog.ticket,
        credential: credential.toString('base64url'),
        clientData: client.toString('base64url'),
        attestation: attestation.toString('base64url'),
        transports: ['internal', 'hybrid'],
      }
    },

    /** Answers a dialog with it. */
    answer: (dialog: Dialog, twist: Twist = {}): PasskeyAnswer => {
      const { challenge, rpId = '' } = dialog.options as Options
      if (counts) counter++
      const data = authenticatorData(rpId, twist)
      const client = clientData('webauthn.get', challenge, twist)
      const user = twist.user === undefined ? owner : Buffer.from(twist.user ?? '').toString('base64url')
      return {
        ticket: dialog.ticket,
        credential: credential.toString('base64url'),
        clientData: client.toString('base64url'),
        authenticatorData: data.toString('base64url'),
        signature: sign('sha256', Buffer.concat([data, sha256(client)]), privateKey).toString('base64url'),
        ...(twist.user !== null && { user }),
      }
    },
  }
}

/** The code that an app with this key (in base32) shows at a time, in ms: RFC 6238 and RFC 4226. */
export function codeAt(key: string, time: number): string {
  const step = Buffer.alloc(8)
  step.writeBigUInt64BE(BigInt(Math.floor(time / 30_000)))
  const mac = createHmac('sha1', base32(key)).update(step).digest()
  const at = mac.readUInt8(19) & 15
  return String((mac.readUInt32BE(at) & 0x7f_ff_ff_ff) % 1_000_000).padStart(6, '0')
}

function base32(text: string): Buffer {
  const letters = Array.from(text, (letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter))
  const bits = letters.map((five) => five.toString(2).padStart(5, '0')).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
}

const sha256 = (of: string | Buffer): Buffer => createHash('sha256').update(of).digest()

/** An ES256 key as COSE has it. */
function coseOf(key: KeyObject): Map<Cbor, Cbor> {
  const { x, y } = pointOf(key)
  return new Map<Cbor, Cbor>([
    [1, 2],
    [3, -7],
    [-1, 1],
    [-2, x],
    [-3, y],
  ])
}

function pointOf(key: KeyObject): { x: Buffer; y: Buffer } {
  const { x = '', y = '' } = key.export({ format: 'jwk' })
  return { x: Buffer.from(x, 'base64url'), y: Buffer.from(y, 'base64url') }
}

/** As much of CBOR as an authenticator speaks. */
function cbor(of: Cbor): Buffer {
  if (typeof of === 'number') return of < 0 ? head(1, -1 - of) : head(0, of)
  if (typeof of === 'string') return Buffer.concat([head(3, Buffer.byteLength(of)), Buffer.from(of)])
  if (Buffer.isBuffer(of)) return Buffer.concat([head(2, of.length), of])
  if (of instanceof Map) return Buffer.concat([head(5, of.size), ...[...of].flat().map((each) => cbor(each))])
  return Buffer.concat([head(4, of.length), ...of.map((each) => cbor(each))])
}

function head(major: number, size: number): Buffer {
  if (size < 24) return Buffer.from([(major << 5) | size])
  if (size < 256) return Buffer.from([(major << 5) | 24, size])
  return Buffer.from([(major << 5) | 25, size >> 8, size & 255])
}
