import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '../..')

/** A server as people run it: a process with a data folder and a port of its own, that can be killed. */
export async function serverProcess() {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'connectly-e2e-'))
  const port = await freePort()
  let child: ChildProcess | undefined

  async function start(): Promise<void> {
    const begun = spawn(process.execPath, ['server/src/main.ts'], {
      cwd: root,
      env: {
        ...process.env,
        PORT: String(port),
        HOST: '127.0.0.1',
        DATA_DIR: dataDir,
        LOG_LEVEL: 'error',
        WORK_BITS: '8',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    child = begun
    await new Promise<void>((done, fail) => {
      begun.stdout.once('data', () => done())
      begun.once('exit', (code) => fail(new Error(`the server ended with ${code} before it was there`)))
    })
  }

  /** Ends it as a power cut would. */
  async function kill(): Promise<void> {
    const ending = child
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return
    const ended = new Promise((done) => ending.once('exit', done))
    ending.kill('SIGKILL')
    await ended
  }

  await start()
  return {
    url: `http://127.0.0.1:${port}`,
    start,
    kill,
    remove: async () => {
      await kill()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done))
  const { port } = probe.address() as AddressInfo
  await new Promise((done) => probe.close(done))
  return port
}
