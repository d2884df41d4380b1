import type { EntryRules } from '@connectly/protocol'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { AskError } from '../../kernel/ask-error.ts'
import type { WorkCheck } from './work-check.ts'

/** What a form has to do with the human check. */
export type HumanCheck = {
  kind: EntryRules['captcha']['kind']
  siteKey: string
  /** The sum, once it has begun. */
  work: WorkCheck | null
  /** Somebody has begun to fill the form in. */
  begin: () => void
  /** What a service's box said; nothing while it says nothing. */
  setToken: (token: string | undefined) => void
  /** How often the box has to be drawn anew. */
  turn: number
  /** Asks with the answer, and once more with a new one where it had run out. */
  asking: <T>(ask: (captcha: string | undefined) => Promise<T>) => Promise<T>
}

/** Whoever asks without a box ticked is told by this. */
export class CheckNeeded extends Error {}

/** The human check of a form: what it answers with, and when it begins. */
export function useHumanCheck(captcha: EntryRules['captcha'] | undefined): HumanCheck {
  const { kind = 'none', siteKey = '' } = captcha ?? {}
  const [work, setWork] = useState<WorkCheck | null>(null)
  const [turn, setTurn] = useState(0)
  const token = useRef<string>(undefined)
  const making = useRef<Promise<WorkCheck>>(undefined)
  useEffect(() => () => void making.current?.then((check) => check.drop()), [])

  const check = useCallback((): Promise<WorkCheck> => {
    making.current ??= import('./work-check.ts').then(({ createWorkCheck }) => {
      const made = createWorkCheck()
      setWork(made)
      return made
    })
    return making.current
  }, [])

  return useMemo(() => {
    const answer = async (): Promise<string | undefined> => {
      if (kind === 'none') return undefined
      if (kind === 'work') return (await check()).begin()
      if (token.current === undefined) throw new CheckNeeded()
      return token.current
    }
    const drop = async (): Promise<void> => {
      token.current = undefined
      setTurn((before) => before + 1)
      if (kind === 'work') (await check()).drop()
    }
    return {
      kind,
      siteKey,
      work,
      turn,
      begin: () => {
        if (kind === 'work') void check().then((made) => made.begin().catch(() => undefined))
      },
      setToken: (given) => {
        token.current = given
      },
      asking: async (ask) => {
        for (let round = 0; ; round += 1) {
          const given = await answer()
          try {
            return await ask(given)
          } catch (error) {
            await drop()
            const isStale = error instanceof AskError && error.code === 'CaptchaWrong' && kind === 'work'
            if (!isStale || round > 0) throw error
          }
        }
      },
    }
  }, [kind, siteKey, work, turn, check])
}
