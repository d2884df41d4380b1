import type { Config } from './config.ts'

/* The engine that a run of tests stands on: TEST_ENGINE, or the embedded one. */

type Settings = Pick<Config, 'databaseUrl' | 'mongodbUri'>
/** Where a server of a test keeps everything, and how to be rid of it. */
export type TestStore = { settings: Settings; drop: () => Promise<void> }

export const testEngine = engineOf(process.env['TEST_ENGINE'])

/** A store of nobody else's; the embedded one lies in the server's data folder. */
export async function newStore(): Promise<TestStore> {
  switch (testEngine) {
    case 'sqlite':
      return { settings: { databaseUrl: null, mongodbUri: null }, drop: async () => undefined }
    case 'postgres': {
      const { url, drop } = await (await import('./store/postgres/kit.ts')).newDatabase()
      return { settings: { databaseUrl: url, mongodbUri: null }, drop }
    }
    case 'mongodb': {
      const { uri, drop } = await (await import('./store/mongo/stand-in/kit.ts')).newMongo()
      return { settings: { databaseUrl: null, mongodbUri: uri }, drop }
    }
  }
}

const byFolder = new Map<string, Promise<TestStore>>()

/** The store that belongs to a data folder, as long as this process lives: a server started again finds what was kept. */
export function storeOf(dataDir: string): Promise<TestStore> {
  const kept = byFolder.get(dataDir)
  if (kept) return kept
  if (byFolder.size === 0) process.once('beforeExit', () => void dropAll())
  const made = newStore()
  byFolder.set(dataDir, made)
  return made
}

async function dropAll(): Promise<void> {
  await Promise.allSettled([...byFolder.values()].map(async (store) => (await store).drop()))
}

/** For a test of what one engine alone can do: on the others it is skipped, and the summary of the run says so. */
export const onlyOn = (engine: typeof testEngine): { skip?: string } =>
  testEngine === engine ? {} : { skip: `only on ${engine}` }

function engineOf(name: string | undefined): 'sqlite' | 'postgres' | 'mongodb' {
  if (!name) return 'sqlite'
  if (name === 'sqlite' || name === 'postgres' || name === 'mongodb') return name
  throw new Error(`TEST_ENGINE is sqlite, postgres or mongodb, not ${name}`)
}
