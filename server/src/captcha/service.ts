import type { Clock } from '../kernel/clock.ts'
import type { Logger } from '../kernel/logger.ts'
import type { Captcha, PageSources } from '../kernel/services.ts'
import type { Spent } from '../kernel/spent.ts'
import type { CaptchaService, CaptchaSettings } from './settings.ts'

/** How long a service may take to answer, in ms. */
const PATIENCE = 5000
/** No service takes an answer that is older than this, in ms. */
const ANSWER_LIFE = 10 * 60 * 1000

type Service = { verifyUrl: string; sources: PageSources }

const everywhere = (hosts: readonly string[]): PageSources => ({
  script: hosts,
  frame: hosts,
  style: hosts,
  connect: hosts,
})

/** Where each verifies answers, and what its scripts need, as each says in its documents. */
const services: Record<CaptchaService, Service> = {
  recaptcha: {
    verifyUrl: 'https://www.google.com/recaptcha/api/siteverify',
    sources: {
      script: ['https://www.google.com/recaptcha/', 'https://www.gstatic.com/recaptcha/'],
      frame: ['https://www.google.com/recaptcha/', 'https://recaptcha.google.com/recaptcha/'],
      style: [],
      connect: ['https://www.google.com/recaptcha/'],
    },
  },
  hcaptcha: {
    verifyUrl: 'https://api.hcaptcha.com/siteverify',
    sources: everywhere(['https://hcaptcha.com', 'https://*.hcaptcha.com']),
  },
  turnstile: {
    verifyUrl: 'https://challenges.cloudflare.com/turnstile/v0/siteverify',
    sources: {
      script: ['https://challenges.cloudflare.com'],
      frame: ['https://challenges.cloudflare.com'],
      style: [],
      connect: [],
    },
  },
}

type Parts = {
  settings: Extract<CaptchaSettings, { kind: CaptchaService }>
  spent: Spent
  clock: Clock
  logger: Logger
  patience?: number
}

/** A human check by a service: the page gets an answer from it, and the server asks it whether that holds. */
export function createService({ settings, spent, clock, logger, patience = PATIENCE }: Parts): Captcha {
  const { kind, siteKey, secret, score, verifyUrl } = settings
  const { verifyUrl: usual, sources } = services[kind]

  /** What the service says of an answer, or why there is nothing. Where one comes from is not told to it. */
  async function verdictOn(answer: string): Promise<Verdict> {
    const body = new URLSearchParams({ secret, response: answer, ...(kind === 'hcaptcha' && { sitekey: siteKey }) })
    const signal = AbortSignal.timeout(patience)
    try {
      const response = await fetch(verifyUrl ?? usual, { method: 'POST', body, redirect: 'error', signal })
      const said: unknown = await response.json()
      return typeof said === 'object' && said !== null ? said : { 'error-codes': ['no answer that can be read'] }
    } catch (error) {
      const { name } = error as Error
      return { 'error-codes': [name === 'SyntaxError' ? 'no answer that can be read' : `unreachable: ${name}`] }
    }
  }

  return {
    kind,
    siteKey,
    sources,
    give: () => null,
    holds: async (answer) => {
      if (answer === '') return false
      const verdict = await verdictOn(answer)
      if (verdict.success !== true) {
        report(verdict['error-codes'])
        return false
      }
      if (kind === 'recaptcha' && typeof verdict.score === 'number' && verdict.score < score) return false
      return spent.first('captcha', answer, clock() + ANSWER_LIFE)
    },
  }

  /** A wrong answer is everyday; that nobody can be asked, or not with this secret, is for whoever runs the server. */
  function report(codes: unknown): void {
    const said = Array.isArray(codes) ? codes.map(String) : []
    if (said.some((code) => code.endsWith('-input-secret')))
      logger.error({ service: kind }, 'the human check refuses CAPTCHA_SECRET: nobody can sign up until it is right')
    else if (said.some((code) => code.startsWith('unreachable') || code.startsWith('no answer')))
      logger.error({ service: kind, reason: said[0] }, 'the human check cannot be verified: nobody can sign up')
  }
}

type Verdict = { success?: unknown; score?: unknown; 'error-codes'?: unknown }
