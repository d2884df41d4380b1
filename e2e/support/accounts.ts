import { createHmac } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import {
  beginTotp,
  confirmTotp,
  MAX_NAME_LENGTH,
  signUp,
  TERMS_VERSION,
  type Answer,
  type OutputOf,
} from '@connectly/protocol'
import type { TestPerson, TestServer } from '@connectly/server/test-kit'
import { PASSWORD } from './people.ts'

/* People with a password, authenticator apps, and mail that has not left. */

/** Somebody who signed up by hand, with the password that everybody has here. */
export async function newAccount(server: TestServer, username: string, email?: string): Promise<TestPerson> {
  const response = await fetch(`${server.url}/api/${signUp.name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      username: username.slice(0, MAX_NAME_LENGTH),
      password: PASSWORD,
      terms: TERMS_VERSION,
      ...(email && { email }),
    }),
  })
  const answer = (await response.json()) as Answer<OutputOf<typeof signUp>>
  if (!answer.ok) throw new Error(`${username} could not sign up: ${answer.refusal.code}`)
  const token = /(?:^|[, ])connectly=([^;]+)/.exec(response.headers.getSetCookie().join(', '))?.[1] ?? ''
  return server.again(answer.value.userId, token)
}

export type Authenticator = { key: string; recoveryCodes: readonly string[] }

/** Turns on two-step sign-in. */
export async function addAuthenticator(server: TestServer, person: TestPerson): Promise<Authenticator> {
  const stepUp = await server.stepUp(person)
  const { key, ticket } = await person.ask(beginTotp, { stepUp })
  // The one of the step before this: it counts too, and this one is still there to sign in with.
  const code = totp(key, Date.now() - 30_000)
  const { recoveryCodes } = await person.ask(confirmTotp, { stepUp, ticket, code })
  return { key, recoveryCodes }
}

/** What an authenticator app shows at a time, in ms: RFC 6238 with SHA-1, six digits and 30 seconds. */
export function totp(key: string, now: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(now / 30_000)))
  const hash = createHmac('sha1', fromBase32(key)).update(counter).digest()
  const at = (hash.at(-1) ?? 0) & 15
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

function fromBase32(text: string): Buffer {
  const bits = Array.from(text.replace(/=+$/, ''), (letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  ).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
}

/** The newest mail of a kind to somebody, in words, once it lies in the server's folder. */
export async function mailTo(server: TestServer, template: string, to: string): Promise<string> {
  for (let n = 0; n < 100; n += 1) {
    const mails = mailsIn(server).filter(
      (mail) => mail.file.includes(`-${template}-`) && mail.text.startsWith(`To: ${to}\n`),
    )
    const newest = mails.at(-1)
    if (newest) return newest.text
    await new Promise((done) => setTimeout(done, 100))
  }
  throw new Error(`no mail ${template} to ${to}`)
}

/** The path and token of the link in a mail. */
export function linkIn(mail: string, page: string): string {
  const found = new RegExp(`https?://[^/\\s]+(${page}#[\\w.-]+)`).exec(mail)?.[1]
  if (!found) throw new Error(`no link to ${page} in: ${mail}`)
  return found
}

function mailsIn({ dataDir }: TestServer): { file: string; text: string }[] {
  const folder = path.join(dataDir, 'outbox')
  try {
    const files = readdirSync(folder).filter((file) => file.endsWith('.txt'))
    return files.toSorted().map((file) => ({ file, text: readFileSync(path.join(folder, file), 'utf8') }))
  } catch {
    return []
  }
}
