import { existsSync } from 'node:fs'
import { join, posix } from 'node:path'
import type { Express, Request, Response } from 'express'

const YEAR = 'public, max-age=31536000, immutable'
const encodings = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const

/** Addresses that the client has screens for; all others get the same shell with status 404. */
const screens =
  /^\/(?:$|sign-in$|sign-up$|you$|settings(?:$|\/(?:profile|appearance|notifications|privacy|devices)$)|requests(?:$|\/[0-9a-f-]{36}$)|people\/[0-9a-f-]{36}$|r\/[0-9a-f-]{36}(?:$|\/(?:edit|[0-9a-f-]{36})$))/

/** Serves the built web client: hashed assets for ever, the page itself never from a cache without asking. */
export function serveClient(
  app: Express,
  dir: string,
  onPage: (request: Request, response: Response) => void,
  noSuch: (request: Request, response: Response) => void,
): void {
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
    if (isFile || !request.accepts('html')) return noSuch(request, response)
    if (!existsSync(join(dir, 'index.html')))
      return void response.status(503).type('text').send('The web client is not built. Run: npm run build\n')
    onPage(request, response)
    response.setHeader('Cache-Control', 'no-cache')
    response.status(screens.test(path) ? 200 : 404)
    sendBest(request, response, dir, '/index.html', noSuch)
  })
}

function sendBest(
  request: Request,
  response: Response,
  dir: string,
  path: string,
  noSuch: (request: Request, response: Response) => void,
): void {
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
