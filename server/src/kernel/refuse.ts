import type { RefusalCode } from '@connectly/protocol'

/** A no that the protocol declares. Anything else thrown is a bug. */
export class Refused extends Error {
  code: RefusalCode
  params: Record<string, string | number> | undefined
  constructor(code: RefusalCode, params?: Record<string, string | number>) {
    super(code)
    this.code = code
    this.params = params
  }
}

/** Says no. */
export function refuse(code: RefusalCode, params?: Record<string, string | number>): never {
  throw new Refused(code, params)
}
