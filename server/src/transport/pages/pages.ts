import { pagePaths } from '@connectly/protocol'
import type { Express, Request, Response } from 'express'
import { answerWithPage, wantsPage, type Refused } from './errors.ts'
import { createLegalPages, legalPaths } from './legal.ts'
import type { Operator } from './operator.ts'
import { createStyles } from './styles.ts'
import { securityText } from './well-known.ts'

export type Pages = ReturnType<typeof createPages>

/** The pages that the server makes itself: legal texts, what well-known addresses promise, and what cannot be shown. */
export function createPages({
  operator,
  origin,
  clientDir,
}: {
  operator: Operator
  origin: string | null
  clientDir: string
}) {
  const stylesNow = createStyles(clientDir)
  const legal = createLegalPages(operator, origin)

  return {
    mount: (app: Express): void => {
      for (const path of legalPaths)
        app.get(path, (_request, response) => {
          response.setHeader('Cache-Control', 'no-cache')
          response.type('html').send(legal(path, stylesNow()))
        })
      app.get(/^\/pages-[\w-]{12}\.css$/, (request, response, next) => {
        const { css, path } = stylesNow()
        if (request.path !== path) return next()
        response.setHeader('Cache-Control', 'public, max-age=31536000, immutable')
        response.type('css').send(css)
      })
      app.get('/.well-known/security.txt', (_request, response, next) => {
        const text = securityText(operator, origin, Date.now())
        if (text === null) return next()
        response.setHeader('Cache-Control', 'public, max-age=86400')
        response.type('text').send(text)
      })
      app.get('/.well-known/change-password', (_request, response) => {
        response.setHeader('Cache-Control', 'no-store')
        response.redirect(302, pagePaths.security)
      })
    },
    /** Answers with a page if one was wanted; otherwise says so, and somebody else answers. */
    answer: (request: Request, response: Response, refused: Refused): boolean => {
      if (!wantsPage(request)) return false
      answerWithPage(response, refused, stylesNow())
      return true
    },
  }
}
