import { createSign, generateKeyPairSync } from 'node:crypto'

/* For tests: a certificate that signs itself, so that no key stands in the repository and no tool is needed to make one. */

type Name = { dns: string } | { ip: string }

/** A server's key and self-signed certificate, both PEM. `until` is when it expires, a year from now when not given. */
export function selfSigned(
  names: readonly Name[],
  until = new Date(Date.now() + 365 * 86_400_000),
): { key: string; cert: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const sha256WithEcdsa = sequence(oid('2a8648ce3d040302'))
  const subject = sequence(tlv(0x31, sequence(oid('550403'), tlv(0x0c, Buffer.from('Connectly test')))))
  const alternatives = names.map((name) =>
    'dns' in name ? tlv(0x82, Buffer.from(name.dns)) : tlv(0x87, Buffer.from(name.ip.split('.').map(Number))),
  )
  const extensions = sequence(
    extension('551d11', sequence(...alternatives)),
    extension('551d13', sequence(tlv(0x01, Buffer.from([0xff])))),
  )
  const body = sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    tlv(0x02, Buffer.from([1])),
    sha256WithEcdsa,
    subject,
    sequence(time(new Date(0)), time(until)),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, extensions),
  )
  const signature = createSign('sha256').update(body).sign(privateKey)
  const der = sequence(body, sha256WithEcdsa, tlv(0x03, Buffer.concat([Buffer.from([0]), signature])))
  const lines = der.toString('base64').replace(/.{64}/g, '$&\n')
  return {
    key: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
  }
}

const extension = (id: string, value: Buffer) => sequence(oid(id), tlv(0x04, value))
const oid = (hex: string) => tlv(0x06, Buffer.from(hex, 'hex'))
const sequence = (...parts: Buffer[]) => tlv(0x30, Buffer.concat(parts))

function time(at: Date): Buffer {
  return tlv(0x18, Buffer.from(`${at.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`))
}

/** One value of DER: its kind, its length, itself. */
function tlv(tag: number, value: Buffer): Buffer {
  const size = value.length
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), value])
}
