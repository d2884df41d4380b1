// The walls of ARCHITECTURE.md as one lint rule, `connectly/walls`. It works on resolved paths, so depth does not
// matter, and it sees `import`, `import type`, `export … from`, `import()` and `import('…').Type` alike.
import path from 'node:path'

/** A package that is named in its home only. A home is a folder (ends in /) or a file. */
const homes = [
  [['node:sqlite'], ['server/src/store/', 'bench/']],
  [['express', 'helmet'], ['server/src/transport/']],
  [
    ['socket.io', 'socket.io-parser'],
    ['server/src/transport/', 'bench/'],
  ],
  [['pino', 'prom-client', 'rate-limiter-flexible', 'rotating-file-stream', 'jose'], ['server/src/kernel/']],
  [['nodemailer'], ['server/src/mail/']],
  [['smtp-server'], ['server/src/mail/', 'server/src/mail-kit.ts', 'e2e/']],
  [['otplib', '@simplewebauthn/server'], ['server/src/features/factors/']],
  [['openid-client'], ['server/src/sign-in/']],
  [['oidc-provider'], ['server/src/provider-kit.ts', 'e2e/']],
  [['yazl'], ['server/src/features/mydata/']],
  [['socket.io-client'], ['web/src/kernel/', 'server/src/test-kit.ts', 'e2e/', 'bench/']],
  [['idb', 'wouter'], ['web/src/kernel/']],
  [['@simplewebauthn/browser', 'qrcode-generator'], ['web/src/features/factors/']],
  [['@noble/hashes'], ['web/src/features/registration/']],
  [['pg'], ['server/src/store/', 'server/src/pubsub/', 'bench/', 'e2e/crash/']],
  [['mongodb'], ['server/src/store/']],
  [['mingo', 'bson'], ['server/src/store/mongo/stand-in/']],
  [['ioredis'], ['server/src/pubsub/']],
]

/** Own code that must not be named from a folder: [from, to, why]. The first wall that applies is the one reported. */
const walls = [
  ['server/', 'web/', 'the server never imports the web client; what both need belongs in protocol/'],
  ['web/', 'server/', 'the web client never imports the server; what both need belongs in protocol/'],
  [
    'server/src/kernel/',
    'server/src/features/',
    'the kernel knows no feature; pass it in from app.ts or put it into the feature',
  ],
  ['server/src/store/', 'server/src/features/', 'the store knows no feature; a feature brings its tables along'],
  [
    'server/src/pubsub/',
    'server/src/features/',
    'messages between processes know no feature; the kernel hands them on',
  ],
  ['server/src/mail/', 'server/src/features/', 'mail knows no feature; what a mail says stands in kernel/mails.ts'],
  [
    'server/src/captcha/',
    'server/src/features/',
    'the human check knows no feature; features reach it by ctx.services',
  ],
  [
    'server/src/sign-in/',
    'server/src/features/',
    'other services know no feature; features reach them by ctx.services',
  ],
  [
    'server/src/transport/',
    'server/src/features/',
    'the transport knows no feature; methods reach it through the kernel',
  ],
  [
    'web/src/kernel/',
    'web/src/features/',
    'the kernel knows no feature; a feature registers itself in a slot or a reducer',
  ],
  ['web/src/ui/', 'web/src/features/', 'ui/ knows no feature; put this component into the feature'],
  ['web/src/ui/', 'web/src/kernel/', 'ui/ knows no kernel; hand it what it shows as props'],
  ['web/src/ui/', 'protocol/', 'ui/ knows no protocol; hand it what it shows as props'],
]

/** The storeys of features, lowest first: one asks those below it and never knows those above. */
const storeys = [
  'accounts',
  'registration',
  'emails',
  'factors',
  'providers',
  'guests',
  'admins',
  'blocks',
  'rooms',
  'presence',
  'messages',
  'requests',
  'marks',
  'moderation',
  'mydata',
]

const testTools = /^(node:|fast-check$)/

const rule = {
  meta: { type: 'problem', docs: { description: 'keeps imports inside the walls of the architecture' }, schema: [] },
  create(context) {
    const root = path.resolve(import.meta.dirname, '../..')
    const file = slashes(path.relative(root, context.filename))
    const check = (node) => {
      const source = node.source ?? node.argument
      const named = source?.literal?.value ?? source?.value
      if (typeof named !== 'string') return
      const why = trespass(file, named, { dynamic: node.type === 'ImportExpression', typeOnly: isTypeOnly(node) })
      if (why) context.report({ node: source, message: `'${named}' may not be imported here: ${why}` })
    }
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
      TSImportType: check,
    }
  },
}

export default { meta: { name: 'connectly' }, rules: { walls: rule } }

/** Why `file` (a path from the repository's root) may not import `named`; nothing when it may. */
export function trespass(file, named, { dynamic = false, typeOnly = false } = {}) {
  const target = ownPath(file, named)
  return target === undefined ? packageWall(file, named) : ownWall(file, target, { dynamic, typeOnly })
}

function packageWall(file, named) {
  const name = named.startsWith('@') ? named.split('/').slice(0, 2).join('/') : named.split('/')[0]
  const isTest = file.endsWith('.test.ts') && testTools.test(named)
  if (within(file, 'protocol/src/') && name !== 'zod' && !isTest) return 'protocol imports nothing but zod and itself'

  const home = homes.find(([packages]) => packages.includes(name))?.[1]
  if (home && !home.some((place) => within(file, place))) return `${name} belongs in ${home.join(' or ')}`
  return undefined
}

function ownWall(file, target, { dynamic, typeOnly }) {
  if (within(file, 'protocol/') && !within(target, 'protocol/')) return 'protocol imports nothing but zod and itself'

  const wall = walls.find(([from, to]) => within(file, from) && within(target, to))
  if (wall) return wall[2]

  const feature = featureOf(target)
  if (feature && feature !== featureOf(file) && /^(server|web)\//.test(file)) {
    const isDoor = /^index\.tsx?$/.test(target.slice(feature.length))
    const [from, to] = [feature, featureOf(file)].map((place) => storeys.indexOf(place?.split('/')[3] ?? ''))
    if (to >= 0 && from > to)
      return 'a feature asks those below it and never knows those above; react to an event instead'
    if (!isDoor) return `a feature is entered through its door, ${feature}index.ts`
  }

  if (within(file, 'web/src/features/') && file.endsWith('.ts') && target.endsWith('.tsx') && !dynamic && !typeOnly) {
    return 'a .ts file of a feature is pure and runs without JSX; load the component lazily or move this into a .tsx file'
  }
  return undefined
}

/** The path from the root of own code, whether named relatively or through its workspace; nothing for a package. */
function ownPath(file, named) {
  if (named.startsWith('.')) return path.posix.join(path.posix.dirname(file), named)
  const workspace = /^@connectly\/([^/]+)(?:\/(.*))?$/.exec(named)
  return workspace ? `${workspace[1]}/${workspace[2] ?? ''}` : undefined
}

function featureOf(file) {
  return /^(?:server|web)\/src\/features\/[^/]+\//.exec(file)?.[0]
}

function within(file, place) {
  return place.endsWith('/') ? file.startsWith(place) : file === place
}

function isTypeOnly(node) {
  return node.type === 'TSImportType' || node.importKind === 'type' || node.exportKind === 'type'
}

function slashes(file) {
  return file.split(path.sep).join('/')
}
