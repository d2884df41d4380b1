import { randomBytes } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { roomPlace } from '@connectly/protocol'
import { createCaptcha } from './captcha/captcha.ts'
import type { Config } from './config.ts'
import { openControl, type Control } from './control.ts'
import { features as allFeatures } from './features/features.ts'
import { inviteByOperator, inviteFirstAdministrator } from './features/registration/index.ts'
import { createAccess } from './kernel/access.ts'
import { createChores } from './kernel/chores.ts'
import { systemClock, type Clock } from './kernel/clock.ts'
import { fact } from './kernel/facts.ts'
import type { Download, Feature } from './kernel/feature.ts'
import { createHousekeeping } from './kernel/housekeeping.ts'
import { newId } from './kernel/ids.ts'
import { createAsk, endedBy } from './kernel/kernel.ts'
import { createLimits, defaultLimits, type LimitTable } from './kernel/limits.ts'
import { createLive } from './kernel/live.ts'
import { createLog, type Log } from './kernel/log.ts'
import { accessWithin, createLogger, type AccessLog, type Logger } from './kernel/logger.ts'
import { createMetrics, type Metrics } from './kernel/metrics.ts'
import { createPenalties } from './kernel/penalties.ts'
import { createReactions } from './kernel/reactions.ts'
import { createReport } from './kernel/report.ts'
import { createRelay, type Audience, type Relay } from './kernel/relay.ts'
import { createSeals } from './kernel/seals.ts'
import type { Services } from './kernel/services.ts'
import { createSessions } from './kernel/sessions.ts'
import { createSpent } from './kernel/spent.ts'
import { createSync } from './kernel/sync.ts'
import { metaTable } from './kernel/tables.ts'
import { answersSoon, settle } from './kernel/soon.ts'
import { createTallies, defaultTallies, type TallyTable } from './kernel/tallies.ts'
import { createTries } from './kernel/tries.ts'
import { createOutbox } from './mail/outbox.ts'
import { createMailQueue } from './mail/queue.ts'
import { createSmtp } from './mail/smtp.ts'
import { openPubSub } from './pubsub/open.ts'
import type { PubSub } from './pubsub/pubsub.ts'
import { createProvider } from './sign-in/sign-in.ts'
import { isShared, openStore, type OpenedStore } from './store/open.ts'
import { writeCopy } from './store/sqlite/copy.ts'
import type { Write } from './store/store.ts'
import { createClientAddresses } from './transport/client-address.ts'
import { createHttp } from './transport/http.ts'
import { createOriginRules } from './transport/origin.ts'
import { unknownOperator } from './transport/pages/operator.ts'
import { createPages } from './transport/pages/pages.ts'
import { createHttpServer, type Patience } from './transport/server.ts'
import { createSocketDoor } from './transport/socket.ts'

/** Pieces that a test or a benchmark may swap; everything else is chosen by the configuration. */
export type Overrides = {
  features?: readonly Feature[]
  limits?: Partial<LimitTable>
  tallies?: Partial<TallyTable>
  /** How often chores are done at least, in ms. */
  choresEvery?: number
  clock?: Clock
  logger?: Logger
  accessLog?: AccessLog
  clientDir?: string
  /** Says links of mails to whoever develops this, where no mail leaves. */
  sayLink?: (line: string) => void
  checkOutputs?: boolean
  /** How long slow clients are waited for. */
  patience?: Partial<Patience>
  /** Wraps the store, so that a crash test can kill inside a commit and plant faults from outside. */
  store?: (store: OpenedStore) => OpenedStore
  /** What the house offers to features, piece by piece. */
  services?: Partial<Services>
  /** What carries messages between processes, for tests of several in one. */
  pubsub?: PubSub
}

export type App = {
  /** Starts listening; resolves with the address. */
  listen(): Promise<string>
  /** Takes no more, finishes what was begun, closes everything. */
  stop(): Promise<void>
  /** Takes no more and closes the store, in whatever state everything else is. */
  fall(): Promise<void>
  /** A link to hand to somebody who is to have an account here; `isAdmin`, to run the server. */
  invite(isAdmin: boolean): Promise<string>
  /** The link for the first who runs the server, in place of older ones; null where somebody does. */
  inviteFirst(): Promise<string | null>
  store: OpenedStore
  metrics: Metrics
  services: Services
}

/** How long a stop waits for what was begun, and then for connections to end by themselves, in ms: both below ten seconds. */
const DRAIN_LIMIT = 8000
/** How often mails that wait are looked up, in ms. */
const MAILS_EVERY = 5000
/** How often the sessions of open sockets are looked up again where other processes may end them, in ms. */
const REVIEW_EVERY = 15_000

/** Before the doors are there. */
const noAudience: Audience = {
  tell: () => undefined,
  open: () => undefined,
  close: () => undefined,
  hearers: () => [],
  serves: () => false,
}

/** The composition root: picks the adapters, mounts the features. Nothing runs before `listen`. */
export async function createApp(config: Config, overrides: Overrides = {}): Promise<App> {
  const features = overrides.features ?? allFeatures
  const clock = overrides.clock ?? systemClock()
  const logger = overrides.logger ?? createLogger(config.logLevel)
  const accessLog = overrides.accessLog ?? accessWithin(logger)
  const metrics = createMetrics()
  const opened = await openStore(config)
  const store = overrides.store?.(opened) ?? opened
  const pubsub = overrides.pubsub ?? (await openPubSub(config, (line) => logger.warn({}, line)))
  const epoch = await fact(store, clock, 'epoch', () => newId<string>())
  const secretKey =
    config.secretKey ?? (await fact(store, clock, 'secretKey', () => randomBytes(32).toString('base64')))

  const report = createReport({ logger, metrics, secretKey, everything: config.logLevel === 'debug' })

  const alone = !isShared(config)
  let audience: Audience = noAudience
  const log: Log = createLog({
    store,
    clock,
    logger,
    metrics,
    tell: (place, events) => relay.tell(place, events),
    reactsTo: new Set(features.flatMap((feature) => feature.reacts ?? []).map((reaction) => reaction.event.name)),
    checkPure: overrides.checkOutputs ?? false,
    onReactable: (place) => reactions.wake(place),
  })
  const reactions = createReactions({ store, log: () => log, features, logger, metrics })
  const housekeeping = createHousekeeping(store, clock, logger)
  const access = createAccess(features)
  const sessions = createSessions(store, clock, pubsub, alone)
  const limits = createLimits({ ...defaultLimits, ...overrides.limits }, pubsub, alone)
  const live = createLive(pubsub, logger)
  const sync = createSync(
    features,
    access.seats,
    () => epoch,
    (place, seq) => relay.serve(place, seq),
  )
  const relay: Relay = createRelay({
    pubsub,
    store,
    clock,
    logger,
    metrics,
    audience: () => audience,
    fill: (me, rows) => sync.filled(store, me, rows),
    seatsOf: async (userId) => (await access.seats.of(store, userId)).map(({ roomId }) => roomPlace(roomId)),
    alone,
  })
  const seals = createSeals(secretKey, clock)
  const hash = (text: string) => seals.hash('address', text)
  const penalties = createPenalties({ store, clock, pubsub, alone, logger, metrics, hash })
  const spent = createSpent(store, clock)
  const mails = createMailQueue({
    store,
    clock,
    logger,
    seals,
    mailer: config.mail
      ? createSmtp(config.mail)
      : createOutbox(join(config.dataDir, 'outbox'), logger, overrides.sayLink),
    house: () => ({ url: address, operator: config.operator?.name ?? null }),
  })
  const services: Services = {
    seals,
    tries: createTries(store, clock),
    penalties,
    tallies: createTallies({ ...defaultTallies, ...overrides.tallies }, pubsub, alone),
    captcha: createCaptcha(config.captcha ?? { kind: 'none' }, { seals, spent, clock, logger }),
    providers: (config.providers ?? []).map((each) =>
      createProvider(each, { url: () => address, spent, clock, logger }),
    ),
    mails,
    entry: config.entry ?? { registration: 'open', guests: true },
    url: () => address,
    ...overrides.services,
  }
  const addressAt = (port: number) =>
    `http://${config.host === '0.0.0.0' || config.host === '::' ? 'localhost' : config.host}:${port}`
  let address = config.publicUrl?.origin ?? (config.port === 0 ? '' : addressAt(config.port))
  const house = { store, clock, services }
  const mounted = [...features, sync]
  const answer = createAsk({
    features: mounted,
    store,
    log,
    access,
    sessions,
    limits,
    live,
    clock,
    logger,
    metrics,
    services,
    report,
    checkOutputs: overrides.checkOutputs ?? false,
  })

  let draining = false
  let download: Download = () => Promise.resolve(null)
  let open = 0
  const ask: typeof answer = async (caller, name, input) => {
    if (draining) return { ok: false, refusal: { code: 'Unavailable', requestId: caller.requestId } }
    open++
    try {
      return await answer(caller, name, input)
    } finally {
      open--
    }
  }

  const origins = createOriginRules(config.publicUrl, secretKey, config.corsOrigins)
  const clients = createClientAddresses(config.trustedProxies, logger)
  const isReady = answersSoon(() => store.count(metaTable, {}, 1))
  const clientDir = overrides.clientDir ?? join(import.meta.dirname, '../../web/dist')
  const http = createHttp({
    ask,
    sessions,
    origins,
    clients,
    accessLog,
    report,
    metrics,
    metricsToken: config.metricsToken,
    clientDir,
    pages: createPages({
      operator: config.operator ?? unknownOperator,
      origin: config.publicUrl?.origin ?? null,
      clientDir,
    }),
    download: (token, requestId) => download(token, requestId),
    isReady,
    isDraining: () => draining,
    sources: services.captcha.sources,
  })
  const server = createHttpServer(http, origins.secure, overrides.patience)
  const door = createSocketDoor(server, {
    ask,
    sessions,
    live,
    origins,
    clients,
    epoch: () => epoch,
    clock,
    logger,
    accessLog,
    report,
    metrics,
    version: '0.1.0',
    bannedUntil: (userId) => penalties.bannedUntil(userId),
    isDraining: () => draining,
  })
  penalties.onBan((userId) => door.cutPerson(userId))
  audience = door

  const write = async (writes: readonly Write[]) => {
    await store.commit([{ places: [], given: [], make: () => ({ writes, events: [], result: null }) }], clock())
  }
  const chores = createChores(logger, overrides.choresEvery)
  chores.every('mails', MAILS_EVERY, mails.round)
  const record: Log['record'] = async (places, given, make) => {
    let ended: string[] = []
    const outcome = await log.record(places, given, (next) => {
      const doing = make(next)
      ended = endedBy(doing.writes)
      return doing
    })
    if (outcome.kind === 'done') for (const tokenHash of ended) sessions.ended(tokenHash)
    return outcome
  }
  for (const { starts } of features)
    starts?.({
      live,
      store,
      clock,
      write,
      record,
      services,
      logger,
      every: chores.every,
      askAs: async (behalf, method, input) =>
        answer({ session: null, behalf, address: '', door: 'http', requestId: newId() }, method.name, input) as never,
      purge: async (reader, userId) =>
        (await Promise.all(features.map(async (each) => (await each.purge?.(reader, userId)) ?? []))).flat(),
      exports: async (reader, userId) =>
        Object.assign(
          {},
          ...(await Promise.all(features.map(async (each) => (await each.exports?.(reader, userId)) ?? {}))),
        ),
      downloads: (open) => (download = open),
    })

  let review: NodeJS.Timeout | undefined
  const reviewSessions = () =>
    void sessions
      .review(door.sessions())
      .catch((error: unknown) => logger.warn({ error }, 'sessions could not be looked up again'))

  let control: Control | undefined
  return {
    invite: (isAdmin) => inviteByOperator(house, isAdmin),
    inviteFirst: () => inviteFirstAdministrator(house),
    store,
    services,
    metrics,
    listen: async () => {
      await reactions.start()
      relay.start()
      live.start()
      await penalties.start()
      if (!alone) review = setInterval(reviewSessions, REVIEW_EVERY).unref()
      housekeeping.start()
      chores.start()
      await new Promise<void>((done, fail) => {
        server.once('error', fail)
        server.listen(config.port, config.host, done)
      })
      const { backup: copy } = store
      if (copy) {
        const backup = (input: Record<string, unknown>, stop: AbortSignal) =>
          writeCopy({ backup: copy }, String(input['to']), stop)
        const invite = ({ isAdmin }: Record<string, unknown>) => inviteByOperator(house, isAdmin === true)
        control = await openControl(config.dataDir, { backup, invite }, logger)
      }
      const { port } = server.address() as AddressInfo
      address ||= addressAt(port)
      return address
    },
    stop: async () => {
      draining = true
      const hard = setTimeout(() => server.closeAllConnections(), DRAIN_LIMIT)
      await settle(() => open === 0, DRAIN_LIMIT / 2)
      await control?.close()
      await mails.stop()
      await chores.stop()
      await reactions.stop()
      await housekeeping.stop()
      await log.settled()
      const idle = setInterval(() => server.closeIdleConnections(), 100)
      await door.stop()
      live.stop()
      relay.stop()
      limits.stop()
      penalties.stop()
      services.tallies.stop()
      report.stop()
      clearInterval(review)
      clearInterval(idle)
      clearTimeout(hard)
      await pubsub.close()
      await store.close()
    },
    fall: async () => {
      draining = true
      server.close()
      await log.settled()
      await store.close()
    },
  }
}
