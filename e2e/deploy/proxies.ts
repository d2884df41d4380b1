import { execFileSync, spawnSync, type ChildProcess } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { caddy, ensureProgram, nginx, nobody, openssl, spawnLeashed } from './program.ts'

/* The files of deploy/ in front of real servers: as they stand, but for ports, folders and certificate. */

export const deploy = path.resolve(import.meta.dirname, '../../deploy')
/** The name that the examples answer to. */
export const NAME = 'chat.example.org'

export type Proxy = {
  /** Where it speaks TLS, and where plain HTTP. */
  tls: number
  plain: number
  /** What it wrote on its standard error so far. */
  said: () => string
  stop: () => Promise<void>
}

/** nginx by deploy/nginx.conf, in front of two servers. */
export async function startNginx(upstreams: readonly [string, string]): Promise<Proxy> {
  const file = ensureProgram(nginx)
  const [tls, plain, health] = [await freePort(), await freePort(), await freePort()]
  const dir = folder()
  const conf = adapted('nginx.conf', [
    [/\/tmp\//g, `${dir}/`],
    [/\/etc\/nginx\/tls\//g, `${dir}/`],
    [/listen 8080/g, `listen 127.0.0.1:${plain}`],
    [/listen 8443/g, `listen 127.0.0.1:${tls}`],
    [/127\.0\.0\.1:8081/g, `127.0.0.1:${health}`],
    [/app1:3000/g, hostOf(upstreams[0])],
    [/app2:3000/g, hostOf(upstreams[1])],
    [/worker_processes auto/g, 'worker_processes 2'],
  ])
  writeFileSync(path.join(dir, 'nginx.conf'), conf)
  const args = ['-p', dir, '-c', path.join(dir, 'nginx.conf'), '-e', 'stderr']
  const checked = spawnSync(file, [...args, '-t'], { ...nobody, encoding: 'utf8' })
  if (checked.status !== 0) throw new Error(`nginx does not take deploy/nginx.conf:\n${checked.stderr}`)
  return running(spawnLeashed(file, [...args, '-g', 'daemon off;'], { cwd: dir }), dir, { tls, plain })
}

/** Caddy by deploy/Caddyfile, in front of two servers. */
export async function startCaddy(upstreams: readonly [string, string]): Promise<Proxy> {
  const [tls, plain] = [await freePort(), await freePort()]
  const dir = folder()
  // A user without rights may not reach into the folder that it was unpacked to.
  const file = path.join(dir, 'caddy')
  copyFileSync(ensureProgram(caddy), file)
  chmodSync(file, 0o755)
  const options = `{
  admin off
  http_port ${plain}
  https_port ${tls}
  auto_https disable_certs
  grace_period 100ms
}
`
  const conf = adapted('Caddyfile', [
    [/chat\.example\.org \{/g, `chat.example.org {\n\ttls ${dir}/fullchain.pem ${dir}/privkey.pem\n\tbind 127.0.0.1`],
    [/reverse_proxy 127\.0\.0\.1:3000/g, `reverse_proxy ${upstreams.map(hostOf).join(' ')}`],
  ])
  writeFileSync(path.join(dir, 'Caddyfile'), options + conf)
  const args = ['--config', path.join(dir, 'Caddyfile'), '--adapter', 'caddyfile']
  const env = { PATH: process.env['PATH'] ?? '', HOME: dir }
  const checked = spawnSync(file, ['validate', ...args], { ...nobody, env, encoding: 'utf8' })
  if (checked.status !== 0) throw new Error(`Caddy does not take deploy/Caddyfile:\n${checked.stderr}`)
  return running(spawnLeashed(file, ['run', ...args], { cwd: dir }), dir, { tls, plain })
}

/** The file with its places filled in. A place that is no longer there is a failure: the file was not tested then. */
function adapted(file: string, places: readonly (readonly [RegExp, string])[]): string {
  return places.reduce(
    (text, [place, value]) => {
      if (text.search(place) < 0) throw new Error(`deploy/${file} has no ${place.source} any more`)
      return text.replace(place, value)
    },
    readFileSync(path.join(deploy, file), 'utf8'),
  )
}

/** A folder with a certificate for the name, which whoever runs the proxy may read and write. */
function folder(): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'connectly-proxy-'))
  const names = `-subj /CN=${NAME} -addext subjectAltName=DNS:${NAME}`
  const files = `-keyout ${dir}/privkey.pem -out ${dir}/fullchain.pem`
  const key = '-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'
  execFileSync(ensureProgram(openssl), `req -x509 -days 2 ${key} ${names} ${files}`.split(' '), { stdio: 'pipe' })
  chmodSync(path.join(dir, 'privkey.pem'), 0o600)
  mkdirSync(path.join(dir, 'logs'))
  const { uid, gid } = nobody
  if (uid !== undefined)
    for (const each of ['', 'logs', 'privkey.pem', 'fullchain.pem']) chownSync(path.join(dir, each), uid, gid)
  return dir
}

async function running(child: ChildProcess, dir: string, ports: { tls: number; plain: number }): Promise<Proxy> {
  let said = ''
  child.stderr?.on('data', (part: Buffer) => (said += part.toString()))
  const ended = new Promise<void>((done) => child.once('exit', () => done()))
  const stop = async () => {
    child.stdin?.end()
    await ended
    rmSync(dir, { recursive: true, force: true })
  }
  for (let tries = 0; !(await isOpen(ports.tls)); tries++) {
    if (child.exitCode === null && tries < 200) await pause(25)
    else {
      await stop()
      throw new Error(`the proxy does not listen:\n${said}`)
    }
  }
  return { ...ports, said: () => said, stop }
}

const isOpen = (port: number): Promise<boolean> =>
  fetch(`https://127.0.0.1:${port}`).then(
    () => true,
    (error: { cause?: { code?: string } }) => error.cause?.code !== 'ECONNREFUSED',
  )

const hostOf = (url: string): string => new URL(url).host

/** A port of this machine that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  await new Promise((done) => server.close(done))
  return port
}
