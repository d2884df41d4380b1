import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { startServer } from '@connectly/server/test-kit'
import { readConfig, settings } from '../../server/src/config.ts'
import { deploy } from './proxies.ts'
import { composeFiles, composeOf, envFileOf, filledIn, root, stagesOf, textOf, type Service } from './read.ts'

/* What can be known about containers and units without starting them. */

const stages = stagesOf(textOf('Dockerfile'))
const last = stages.at(-1) ?? []
const restOf = (name: string) => last.filter((step) => step.name === name).map(({ rest }) => rest)
const dockerEnv = Object.fromEntries(
  restOf('ENV').flatMap((rest) => rest.split(' ').map((pair) => pair.split('=') as [string, string])),
)
const example = envFileOf(textOf('example.env'))
const values = {
  ...Object.fromEntries(Object.keys(example).map((name) => [name, 'a1'.repeat(24)])),
  PUBLIC_URL: 'https://chat.example.org',
  OPERATOR_CONTACT: 'hello@example.org',
  LOG_LEVEL: 'info',
}
const isOurs = (service: Service) => service.build !== undefined
const named = (service: Service) =>
  Array.isArray(service.networks) ? service.networks : Object.keys(service.networks ?? {})

test('the image runs Node itself, as nobody in particular, with its data in a volume', () => {
  const command = JSON.parse(restOf('CMD')[0] ?? '') as string[]

  assert.equal(command[0], 'node')
  assert.ok(existsSync(path.join(root, command[1] ?? '')))
  assert.deepEqual(restOf('ENTRYPOINT'), [])
  assert.deepEqual(restOf('USER'), ['10001:10001'])
  assert.deepEqual(restOf('VOLUME'), [dockerEnv['DATA_DIR']])
  assert.equal(dockerEnv['HOST'], '0.0.0.0')
})

test('every image is named with a version, and none is without glibc', () => {
  const from = stages.flatMap(([step]) => step?.rest.split(' ')[0] ?? [])
  const own = stages.flatMap(([step]) => / AS (\w+)$/.exec(step?.rest ?? '')?.[1] ?? [])
  const bases = from.filter((image) => !own.includes(image))
  const services = composeFiles.flatMap((file) => Object.values(composeOf(file).services))

  for (const image of [...bases, ...services.flatMap((each) => each.image ?? [])]) {
    assert.match(image, /^[a-z/]+:(?:[\d.]+(?:-bookworm(?:-slim)?)?|bookworm-slim)$/, image)
    assert.doesNotMatch(image, /alpine|latest/)
  }
  assert.ok(bases.length >= 2)
})

test('everything that the image copies is there, and is let into the build', () => {
  const copies = stages.flat().filter(({ name, rest }) => name === 'COPY' && !rest.startsWith('--from'))
  const sources = copies.flatMap(({ rest }) => rest.split(' ').slice(0, -1))
  const [first, ...rules] = textOf('Dockerfile.dockerignore')
    .split('\n')
    .filter((line) => line && !line.startsWith('#'))
  const admitted = rules.filter((rule) => rule.startsWith('!')).map((rule) => rule.slice(1))

  assert.equal(first, '**')
  assert.deepEqual(
    sources.filter((source) => !existsSync(path.join(root, source))),
    [],
  )
  assert.deepEqual(
    sources.filter((source) => !admitted.some((each) => source === each || source.startsWith(`${each}/`))),
    [],
  )
  for (const kept of ['**/.env', '**/data', '**/node_modules']) assert.ok(rules.includes(kept), kept)
})

test('packages come from the lockfile without scripts, and those of production without what is for development', () => {
  const { workspaces } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { workspaces: string[] }
  const copied = (stages[0] ?? []).filter(({ name }) => name === 'COPY').map(({ rest }) => rest)
  const installs = stages.map((stage) => stage.filter(({ rest }) => rest.startsWith('npm ')).map(({ rest }) => rest))

  for (const each of workspaces) assert.ok(copied.includes(`${each}/package.json ${each}/`), each)
  assert.ok(installs.flat().every((line) => line.startsWith('npm ci ') && line.includes('--ignore-scripts')))
  assert.match(installs[2]?.[0] ?? '', /--omit=dev --workspace=server --workspace=protocol --include-workspace-root/)
  assert.ok(restOf('COPY').some((rest) => rest === '--from=packages /app ./'))
})

test('the health checks of the image and of compose tell a server that answers from one that does not', async () => {
  const server = await startServer()
  const port = new URL(server.url).port
  const checks = [
    /CMD (\[.*\])$/.exec(restOf('HEALTHCHECK')[0] ?? '')?.[1] ?? '',
    ...composeFiles.flatMap((file) =>
      Object.values(composeOf(file).services)
        .filter(isOurs)
        .map(({ healthcheck }) => JSON.stringify(healthcheck?.test?.slice(1))),
    ),
  ].map((text) => JSON.parse(text) as string[])
  const run = ([, ...args]: string[]) => {
    const here = args.map((arg) => arg.replace(':3000', `:${port}`))
    return promisify(execFile)(process.execPath, here, { env: { PORT: port }, timeout: 5000 }).then(
      () => 0,
      ({ code }: { code: number }) => code,
    )
  }

  const alive = await Promise.all(checks.map(run))
  await server.stop()
  const dead = await Promise.all(checks.map(run))

  assert.equal(checks.length, 5)
  assert.deepEqual([new Set(alive), new Set(dead)], [new Set([0]), new Set([1])])
})

for (const file of composeFiles) {
  const { services, networks } = composeOf(file)
  const each = Object.entries(services)

  test(`${file}: what it sets for Connectly is a configuration that Connectly takes`, () => {
    const own = each.filter(([, service]) => isOurs(service))

    for (const [, { environment = {}, build, read_only: isReadOnly, cap_drop: dropped }] of own) {
      const env = Object.fromEntries(
        Object.entries(environment).map(([name, value]) => [name, filledIn(value, values)]),
      )
      assert.deepEqual(
        Object.keys(env).filter((name) => !Object.hasOwn(settings, name)),
        [],
      )
      const config = readConfig({ ...dockerEnv, ...env })
      assert.ok(config.production && config.trustedProxies.length === 1)
      assert.equal(path.resolve(deploy, build?.context ?? '', build?.dockerfile ?? ''), path.join(deploy, 'Dockerfile'))
      assert.deepEqual([isReadOnly, dropped], [true, ['ALL']])
    }
    assert.ok(own.length > 0)
  })

  test(`${file}: no secret stands in it, and what it asks for is in example.env`, () => {
    const asked = [...textOf(file).matchAll(/(?<!\$)\$\{(\w+)/g)].map((found) => found[1] ?? '')
    const secret = /PASSWORD|SECRET|KEY/
    const given = each.flatMap(([, { environment = {} }]) => Object.entries(environment))

    assert.deepEqual(
      asked.filter((name) => !Object.hasOwn(example, name)),
      [],
    )
    for (const [name, value] of given) {
      if (secret.test(name)) assert.match(value, /^\$\{\w+:\?[^}]+\}$/, name)
      if (value.includes('@')) assert.match(value, /:\/\/\w+:\$\{\w+:\?[^}]+\}@/, name)
    }
    for (const [name, value] of Object.entries(example)) if (secret.test(name)) assert.equal(value, '', name)
  })

  test(`${file}: only the proxy is reached from outside, and databases have no way out`, () => {
    for (const [name, service] of each) {
      const open = (service.ports ?? []).filter((port) => !port.startsWith('127.0.0.1:'))
      assert.deepEqual(open, name === 'proxy' ? ['80:8080', '443:8443'] : [], name)
      if (!isOurs(service) && name !== 'proxy') {
        assert.equal(service.ports, undefined, name)
        assert.deepEqual(named(service), ['back'], name)
        assert.equal(networks['back']?.internal, true)
      }
    }
  })

  test(`${file}: each service is watched, started again, and waited for until it is well`, () => {
    for (const [name, { healthcheck, restart, depends_on: waitsFor = {} }] of each) {
      assert.ok(healthcheck?.test !== undefined || healthcheck?.disable === true, name)
      assert.match(restart ?? '', /^(?:unless-stopped|on-failure)$/)
      for (const [other, { condition }] of Object.entries(waitsFor)) {
        const wanted = services[other]?.healthcheck?.disable ? 'service_completed_successfully' : 'service_healthy'
        assert.equal(condition, wanted, `${name} waits for ${other}`)
      }
    }
  })

  test(`${file}: trusted is the one address that the proxy comes from`, () => {
    const proxy = services['proxy']?.networks
    const from = proxy && !Array.isArray(proxy) ? proxy['front']?.ipv4_address : undefined

    for (const [, service] of each.filter(([, one]) => isOurs(one)))
      assert.equal(service.environment?.['TRUSTED_PROXIES'], from ?? networks['front']?.ipam?.config[0]?.gateway)
  })

  test(`${file}: the files it mounts are there`, () => {
    const mounted = each.flatMap(([, { volumes = [] }]) => volumes).filter((volume) => volume.startsWith('./'))

    assert.deepEqual(
      mounted.filter((volume) => !existsSync(path.join(deploy, volume.split(':')[0] ?? ''))),
      [],
    )
  })
}

test('nginx.conf sends to the processes of compose.scale.yaml', () => {
  const targets = [...textOf('nginx.conf').matchAll(/^\s+server (\w+):3000/gm)].map((found) => found[1] ?? '')
  const { services } = composeOf('compose.scale.yaml')

  assert.deepEqual(
    targets,
    Object.keys(services).filter((name) => isOurs(services[name] ?? {})),
  )
})

test('the systemd unit runs what is there, as a user of its own, by a configuration that Connectly takes', () => {
  const unit = textOf('connectly.service')
  const lines = [...unit.matchAll(/^Environment=(.*)$/gm)].flatMap((found) => (found[1] ?? '').split(' '))
  const env = Object.fromEntries(lines.map((pair) => pair.split('=') as [string, string]))

  assert.deepEqual(
    Object.keys(env).filter((name) => !Object.hasOwn(settings, name)),
    [],
  )
  assert.deepEqual(readConfig({ ...env, SECRET_KEY: values['SECRET_KEY' as keyof typeof values] }).trustedProxies, [
    'loopback',
  ])
  assert.match(unit, /^User=connectly$/m)
  assert.ok(existsSync(path.join(root, /^ExecStart=\S+ (\S+)$/m.exec(unit)?.[1] ?? 'none')))
})

test('what mongosh runs is JavaScript', () => {
  assert.equal(spawnSync(process.execPath, ['--check', path.join(deploy, 'mongo-init.js')]).status, 0)
})
