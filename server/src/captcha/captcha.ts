import type { Clock } from '../kernel/clock.ts'
import type { Logger } from '../kernel/logger.ts'
import type { Seals } from '../kernel/seals.ts'
import type { Captcha } from '../kernel/services.ts'
import type { Spent } from '../kernel/spent.ts'
import { createService } from './service.ts'
import type { CaptchaSettings } from './settings.ts'
import { createWork } from './work.ts'

type Parts = { seals: Seals; spent: Spent; clock: Clock; logger: Logger }

/** The human check that the settings name. */
export function createCaptcha(settings: CaptchaSettings, parts: Parts): Captcha {
  switch (settings.kind) {
    case 'none':
      return { kind: 'none', siteKey: '', give: () => null, holds: () => Promise.resolve(true) }
    case 'work':
      return createWork({ ...parts, bits: settings.bits })
    default:
      return createService({ ...parts, settings })
  }
}
