import type { Request, Response } from 'express'
import type { Drawing } from './drawings.ts'
import { escapeHtml } from './html.ts'
import { brand, page } from './page.ts'
import type { Styles } from './styles.ts'

/** A way on: a link, or the same address once more. */
type Way = { label: string; to: string }
type Words = { title: string; text: string; drawing: Drawing; ways: readonly [Way, ...Way[]] }

const chats: Way = { label: 'Back to chats', to: '/' }
const again: Way = { label: 'Try again', to: '' }
const someoneElse: Way = { label: 'Sign in as someone else', to: '/sign-in' }

/** What is said to a person, by status. Not allowed is 404, to the letter. */
const words: Record<number, Words> = {
  400: {
    title: 'That address is damaged',
    text: 'Part of the link is missing or was changed on the way. Open it again from where you found it.',
    drawing: 'il-lost',
    ways: [chats],
  },
  404: {
    title: 'This page wandered off',
    text: 'The link may be old, or the chat isn’t shared with you.',
    drawing: 'il-lost',
    ways: [chats, someoneElse],
  },
  405: {
    title: 'This page is only for reading',
    text: 'What was sent to it has gone nowhere. Go back and send it from there.',
    drawing: 'il-lost',
    ways: [chats],
  },
  413: {
    title: 'That’s too much at once',
    text: 'It’s larger than this server takes in one piece. Make it smaller, then send it again.',
    drawing: 'il-error',
    ways: [chats],
  },
  429: {
    title: 'That’s a lot at once',
    text: 'You can go on in a moment. Nothing you wrote is lost.',
    drawing: 'il-slow',
    ways: [{ label: 'Go on', to: '' }, chats],
  },
  500: {
    title: 'That’s on us',
    text: 'Something broke while making this page. Your messages are safe.',
    drawing: 'il-error',
    ways: [again, chats],
  },
  503: {
    title: 'Back in a moment',
    text: 'Connectly is being updated. Messages you send meanwhile wait on your device.',
    drawing: 'il-paused',
    ways: [again],
  },
}
const fallback = { 4: 400, 5: 500 } as Record<number, number>

export type Refused = {
  status: number
  /** After how many seconds another try makes sense. */
  retryAfter?: number
  /** What whoever runs the server should know, in place of what is said to visitors. */
  note?: string
}

/** Whether a page is wanted: somebody's browser goes there, and names HTML. A program that takes anything gets a line. */
export const wantsPage = (request: Request): boolean => request.accepts(['text', 'html']) === 'html'

/** Answers a person whose browser came here for a page. It says no more than its status does. */
export function answerWithPage(response: Response, refused: Refused, styles: Styles): void {
  if (refused.retryAfter !== undefined) response.setHeader('Retry-After', String(refused.retryAfter))
  response.setHeader('Cache-Control', 'no-store')
  response.vary('Accept').status(refused.status).type('html')
  response.send(errorPage(refused, String(response.locals['requestId'] ?? ''), styles))
}

/** The page for a status, with the id under which the server's log knows this request. */
function errorPage({ status, retryAfter, note }: Refused, requestId: string, styles: Styles): string {
  const known = words[status] ?? words[fallback[Math.floor(status / 100)] ?? 500]
  if (!known) throw new Error(`no words for ${status}`)
  const { title, drawing, ways } = known
  const wait =
    status === 429 && retryAfter ? `You can go on in ${seconds(retryAfter)}. Nothing you wrote is lost.` : null
  const [first, ...others] = ways
  const body = `<div class="state"><header class="doc__top">${brand}</header>
<main class="state__card"><svg class="il" aria-hidden="true"><use href="#${drawing}"/></svg>
<h1>${escapeHtml(title)}</h1><p>${escapeHtml(note ?? wait ?? known.text)}</p>
<a class="btn" href="${first.to}">${first.to === '' ? '<svg class="i" aria-hidden="true"><use href="#i-again"/></svg>' : ''}${escapeHtml(first.label)}</a>
${others.map(({ label, to }) => `<a class="inl" href="${to}">${escapeHtml(label)}</a>`).join('\n')}
${requestId ? `<p class="state__id">If you ask about it, mention<code>${escapeHtml(requestId)}</code></p>` : ''}
</main></div>`
  const description = 'This page can’t be shown.'
  return page({
    title,
    description,
    styles,
    drawings: [drawing, ...(first.to === '' ? (['i-again'] as const) : [])],
    body,
  })
}

const seconds = (count: number): string => (count === 1 ? '1 second' : `${count} seconds`)
