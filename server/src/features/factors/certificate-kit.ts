import { createHash, generateKeyPairSync, sign } from 'node:crypto'

/* As much of X.509 as an authenticator of U2F needs to say who made it; for tests. */

/** What it says things in. */
export type Cbor = number | string | Buffer | readonly Cbor[] | Map<Cbor, Cbor>

/** Vouches for a new credential with a certificate of one's own, as U2F does. */
export function vouchedFor(of: {
  rpIdHash: Buffer
  clientData: Buffer
  credential: Buffer
  x: Buffer
  y: Buffer
}): Cbor {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const algorithm = der(0x30, Buffer.from('06082a8648ce3d040302', 'hex'))
  const name = der(0x30, der(0x31, der(0x30, Buffer.from('0603550403', 'hex'), der(0x0c, Buffer.from('Maker')))))
  const validity = der(0x30, ...['250101000000Z', '450101000000Z'].map((time) => der(0x17, Buffer.from(time))))
  const version = der(0xa0, der(0x02, Buffer.from([2])))
  const key = publicKey.export({ type: 'spki', format: 'der' })
  const body = der(0x30, version, der(0x02, Buffer.from([7])), algorithm, name, validity, name, key)
  const certificate = der(0x30, body, algorithm, der(0x03, Buffer.from([0]), sign('sha256', body, privateKey)))
  const hash = createHash('sha256').update(of.clientData).digest()
  const said = Buffer.concat([Buffer.from([0]), of.rpIdHash, hash, of.credential, Buffer.from([4]), of.x, of.y])
  return new Map<Cbor, Cbor>([
    ['sig', sign('sha256', said, privateKey)],
    ['x5c', [certificate]],
  ])
}

/** A value in DER, shorter than 64 KiB. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const value = Buffer.concat(parts)
  const { length } = value
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from([tag, ...size]), value])
}
