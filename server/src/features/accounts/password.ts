import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { promisify } from 'node:util'

/* argon2id by Node's own crypto, off the event loop, at most one per core but one: a storm of sign-ins must not starve the chat. */

const MEMORY_KIB = 65_536
const PASSES = 3
const LANES = 1
const HASH_BYTES = 32
const AT_ONCE = Math.max(1, availableParallelism() - 1)

const derive = promisify(argon2)
const queue: (() => void)[] = []
let running = 0

/** Hashes a password as a PHC string: `$argon2id$v=19$m=65536,t=3,p=1$<salt>$<hash>`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const hash = await inTurn(() => run(password, salt, MEMORY_KIB, PASSES, LANES))
  return `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$${unpadded(salt)}$${unpadded(hash)}`
}

/** Whether a hash was made with less work than is asked for today, and should be made anew when its password is known. */
export function isOutdated(phc: string): boolean {
  const [memory = 0, passes = 0] = (/\$m=(\d+),t=(\d+)/.exec(phc)?.slice(1) ?? []).map(Number)
  return memory < MEMORY_KIB || passes < PASSES
}

/** Whether a password belongs to a hash. Without a hash it takes as long, and is wrong. */
export async function verifyPassword(password: string, phc: string | null): Promise<boolean> {
  const found =
    /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{1,86})\$([A-Za-z0-9+/]{1,86})$/.exec(
      phc ?? '',
    )
  const [, memory = MEMORY_KIB, passes = PASSES, lanes = LANES, salt = '', hash = ''] = found ?? []
  const wanted = found ? Buffer.from(hash, 'base64') : randomBytes(HASH_BYTES)
  const given = await inTurn(() =>
    run(password, found ? Buffer.from(salt, 'base64') : randomBytes(16), Number(memory), Number(passes), Number(lanes)),
  )
  return given.length === wanted.length && timingSafeEqual(given, wanted) && found !== null
}

const run = (password: string, salt: Buffer, memory: number, passes: number, lanes: number) =>
  derive('argon2id', {
    message: Buffer.from(password.normalize('NFC')),
    nonce: salt,
    parallelism: lanes,
    tagLength: HASH_BYTES,
    memory,
    passes,
  })

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= AT_ONCE) await new Promise<void>((go) => queue.push(go))
  running++
  try {
    return await work()
  } finally {
    running--
    queue.shift()?.()
  }
}

const unpadded = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')
