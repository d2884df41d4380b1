import { existsSync } from 'node:fs'
import { join, posix } from 'node:path'
import type { Express, Request, Response } from 'express'
import { isScreen } from './screens.ts'

const YEAR = 'public, max-age=31536000, immutable'
const encodings = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const

type Answer = (request: Request, response: Response) => void

/** What else happens on the way: before the page goes out, where there is no such thing, and where nothing is built. */
type Answers = { onPage: Answer; noSuch: Answer; notBuilt: Answer }

/** Serves the built web client: hashed assets for ever, the page itself never from a cache without asking. */
export function serveClient(app: Express, dir: string, { onPage, noSuch, notBuilt }: Answers): void {
  app.get('/{*path}', (request, response) => {
    const path = posix.normalize(decodePath(request.path))
    const isFile =
      path !== '/' &&
      posix.extname(path) !== '' &&
      !path.endsWith('.html') &&
      !path.endsWith('.map') &&
      !path.includes('..')
    if (isFile && !path.startsWith('/.') && existsSync(join(dir, path))) {
      response.setHeader('Cache-Control', path.startsWith('/assets/') ? YEAR : 'no-cache')
      return sendBest(request, response, dir, path, noSuch)
    }
    if (isFile || !isScreen(path) || !request.accepts('html')) return noSuch(request, response)
    if (!existsSync(join(dir, 'index.html'))) return notBuilt(request, response)
    onPage(request, response)
    response.setHeader('Cache-Control', 'no-cache')
    sendBest(request, response, dir, '/index.html', noSuch)
  })
}

function sendBest(request: Request, response: Response, dir: string, path: string, noSuch: Answer): void {
  response.setHeader('Vary', 'Accept-Encoding')
  const best = encodings.find(
    ([name, end]) => request.acceptsEncodings(name) === name && existsSync(join(dir, path + end)),
  )
  response.type(posix.extname(path))
  if (best) response.setHeader('Content-Encoding', best[0])
  response.sendFile(best ? path + best[1] : path, { root: dir, cacheControl: false, dotfiles: 'deny' }, (error) => {
    if (error && !response.headersSent) noSuch(request, response)
  })
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return '/..'
  }
}
