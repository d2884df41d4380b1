/** A human check, as the settings choose it. */
export type CaptchaSettings =
  | { kind: 'none' }
  | { kind: 'work'; bits: number }
  | { kind: CaptchaService; siteKey: string; secret: string; score: number; verifyUrl: URL | null }

export type CaptchaService = (typeof captchaServices)[number]
export const captchaServices = ['recaptcha', 'hcaptcha', 'turnstile'] as const

export const captchaSettings = {
  CAPTCHA: {
    doc: 'How sign-up and guests are kept from programs: work (a sum that the browser does, without anybody else), none, or a service: recaptcha, hcaptcha or turnstile. A service sees who signs up here, and its scripts run in our pages.',
    default: 'work',
    example: 'work',
  },
  WORK_BITS: {
    doc: 'How hard the sum of CAPTCHA=work is, from 1 to 24: each step doubles it. 16 takes an old phone one or two seconds.',
    default: '16',
    example: '17',
  },
  CAPTCHA_SITE_KEY: {
    doc: 'What the service knows this site by. Needed with CAPTCHA=recaptcha, hcaptcha or turnstile.',
    default: null,
    example: 'the site key from the page of the service',
  },
  CAPTCHA_SECRET: {
    doc: 'The secret that belongs to CAPTCHA_SITE_KEY.',
    default: null,
    example: 'the secret key from the page of the service',
  },
  CAPTCHA_SCORE: {
    doc: 'Where reCAPTCHA gives a score (version 3), the least that is taken for a person, from 0 to 1.',
    default: '0.5',
    example: '0.7',
  },
  CAPTCHA_VERIFY_URL: {
    doc: 'Where answers are verified, if not at the usual address of the service: one of its other regions, or a stand-in for tests.',
    default: null,
    example: 'https://www.recaptcha.net/recaptcha/api/siteverify',
  },
} as const

/** Reads and checks them; what is wrong is told as one line each, without a secret. */
export function readCaptcha(
  read: (name: keyof typeof captchaSettings) => string | null,
  problems: string[],
): CaptchaSettings {
  const kind = read('CAPTCHA') ?? 'work'
  if (kind === 'none') return { kind }
  if (kind === 'work') return { kind, bits: readBits(read('WORK_BITS') ?? '', problems) }
  const service = captchaServices.find((name) => name === kind)
  if (!service) {
    problems.push(`CAPTCHA takes work, none, recaptcha, hcaptcha or turnstile, not "${kind}".`)
    return { kind: 'none' }
  }

  const [siteKey, secret] = [read('CAPTCHA_SITE_KEY') ?? '', read('CAPTCHA_SECRET') ?? '']
  const isKey = /^[\x21-\x7e]{1,500}$/
  for (const [name, value] of [
    ['CAPTCHA_SITE_KEY', siteKey],
    ['CAPTCHA_SECRET', secret],
  ] as const)
    if (!isKey.test(value))
      problems.push(
        `${name} ${value ? 'has a character that no key has' : 'is missing'}; CAPTCHA=${service} needs the one that the service gave you.`,
      )
  const score = Number(read('CAPTCHA_SCORE'))
  if (!(score >= 0 && score <= 1))
    problems.push(`CAPTCHA_SCORE takes a number from 0 to 1, not "${read('CAPTCHA_SCORE')}".`)
  const given = read('CAPTCHA_VERIFY_URL')
  const verifyUrl = given ? URL.parse(given) : null
  if (given && (!verifyUrl || !isSafe(verifyUrl)))
    problems.push('CAPTCHA_VERIFY_URL takes an address that begins with https:// (http:// for this machine alone).')
  return { kind: service, siteKey, secret, score, verifyUrl }
}

function readBits(given: string, problems: string[]): number {
  const bits = /^\d{1,2}$/.test(given) ? Number(given) : 0
  if (bits < 1 || bits > 24) problems.push(`WORK_BITS takes a number from 1 to 24, not "${given}".`)
  return bits
}

const isSafe = ({ protocol, hostname }: URL): boolean =>
  protocol === 'https:' || (protocol === 'http:' && /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname))
