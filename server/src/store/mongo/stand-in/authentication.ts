import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto'
import { BSON } from 'mongodb'
import { Failure } from './failure.ts'
import type { Doc } from './values.ts'

/** The one user of a stand-in that asks who comes. `none` may sign in and do nothing. */
export type User = { name: string; password: string; rights: 'readWrite' | 'read' | 'none' }

const ITERATIONS = 4096
const READS = ['find', 'getMore', 'killCursors', 'count', 'aggregate', 'listCollections', 'listIndexes']
const FOR_ALL = ['hello', 'ismaster', 'isMaster', 'ping', 'buildInfo', 'buildinfo', 'saslStart', 'saslContinue']
const FOR_SIGNED_IN = ['endSessions', 'killSessions', 'commitTransaction', 'abortTransaction', 'killCursors']

/** SCRAM-SHA-256 on one connection, for one user; without a user everyone may do everything. */
export class Authentication {
  readonly #user: User | undefined
  #isSignedIn = false
  #nonce = ''
  #salt = Buffer.alloc(0)
  #started = ''

  /** Whether anybody has to say who they are. */
  get isAsked(): boolean {
    return this.#user !== undefined
  }

  constructor(user: User | undefined) {
    this.#user = user
  }

  /** Throws unless whoever is on this connection may run the command. */
  requireRight(command: string, database: string): void {
    if (!this.#user || FOR_ALL.includes(command)) return
    if (!this.#isSignedIn) throw new Failure('Unauthorized', `Command ${command} requires authentication`)
    const { rights } = this.#user
    if (rights === 'readWrite' || FOR_SIGNED_IN.includes(command)) return
    if (rights === 'read' && READS.includes(command)) return
    throw new Failure('Unauthorized', `not authorized on ${database} to execute command { ${command}: 1 }`)
  }

  start(body: Doc): Doc {
    if (body.mechanism !== 'SCRAM-SHA-256')
      throw new Failure(
        'BadValue',
        `Received authentication for mechanism ${String(body.mechanism)} which is not enabled`,
      )
    const [, bare = ''] = /^n,[^,]*,(.*)$/.exec(textOf(body)) ?? []
    const said = fieldsOf(bare)
    const name = said.get('n')?.replaceAll('=2C', ',').replaceAll('=3D', '=')
    if (!this.#user || name !== this.#user.name) throw authenticationFailed()
    this.#nonce = `${said.get('r') ?? ''}${randomBytes(18).toString('base64')}`
    this.#salt = randomBytes(28)
    const first = `r=${this.#nonce},s=${this.#salt.toString('base64')},i=${ITERATIONS}`
    this.#started = `${bare},${first}`
    return answered(first, false)
  }

  continue(body: Doc): Doc {
    const text = textOf(body)
    if (text === '') return answered('', true)
    const said = fieldsOf(text)
    const proof = Buffer.from(said.get('p') ?? '', 'base64')
    const salted = pbkdf2Sync(this.#user?.password ?? '', this.#salt, ITERATIONS, 32, 'sha256')
    const clientKey = hmac(salted, 'Client Key')
    const signed = `${this.#started},${text.slice(0, text.lastIndexOf(',p='))}`
    const signature = hmac(createHash('sha256').update(clientKey).digest(), signed)
    const expected = Buffer.from(clientKey.map((byte, nth) => byte ^ (signature[nth] ?? 0)))
    const isRight = proof.length === expected.length && timingSafeEqual(proof, expected)
    if (!this.#user || !isRight || said.get('r') !== this.#nonce) throw authenticationFailed()
    this.#isSignedIn = true
    return answered(`v=${hmac(hmac(salted, 'Server Key'), signed).toString('base64')}`, true)
  }
}

const hmac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest()

const textOf = (body: Doc) => (body.payload as BSON.Binary).toString('utf8')

const fieldsOf = (text: string) =>
  new Map(text.split(',').map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]))

const answered = (text: string, done: boolean): Doc => ({
  conversationId: 1,
  done,
  payload: new BSON.Binary(Buffer.from(text)),
})

const authenticationFailed = () => new Failure('AuthenticationFailed', 'Authentication failed.')
