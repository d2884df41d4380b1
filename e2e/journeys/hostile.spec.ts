import { findAndAsk, sendRequest, signUp } from '../support/people.ts'
import { allTexts, news, row, say, settled } from '../support/room.ts'
import { expect, test } from '../support/test.ts'

/** What has broken chats before. Text is text: every one of these is shown to the letter. */
const corpus = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg/onload=alert(1)>',
  '"><iframe src="javascript:alert(1)"></iframe>',
  '<a href="javascript:alert(1)">click</a>',
  'javascript:alert(1)',
  '[click](javascript:alert(1))',
  'data:text/html,<script>alert(1)</script>',
  'https://example.org/"onmouseover="alert(1)',
  "https://example.org/'onclick='alert(1)",
  '{{constructor.constructor("alert(1)")()}}',
  '${alert(1)}',
  '&lt;script&gt;alert(1)&lt;/script&gt;',
  '<style>*{display:none}</style>',
  '<math><mi//xlink:href="data:x,<script>alert(1)</script>">',
  '\u202Etxt.exe\u202C \u2066isolated\u2069',
]

test('what could be markup is shown to the letter in a room, in the list and to readers', async ({
  friends,
  there,
}) => {
  const [amara, benoit, roomId] = await friends()
  const hers = await amara.open(`/r/${roomId}`)
  const his = await benoit.open(`/r/${roomId}`, { size: there })
  await expect(row(his, 'Hello there')).toBeVisible()
  for (const text of corpus) {
    await say(hers, text)
    await expect(news(his)).toContainText(`${amara.name}: ${text}`)
  }
  await settled(hers)
  expect(await allTexts(his)).toEqual(['Hello there', ...corpus])
  expect(await allTexts(hers)).toEqual(['Hello there', ...corpus])
  for (const page of [hers, his]) {
    const links = await page
      .locator('.bubble a')
      .evaluateAll((all) => all.map((a) => (a as HTMLAnchorElement).protocol))
    expect(links.filter((protocol) => !['http:', 'https:', 'mailto:'].includes(protocol))).toEqual([])
    expect(await page.locator('main :is(script, iframe, img[src="x"], style, math)').count()).toBe(0)
  }
})

test('what could be markup is harmless as words to search for and as a first message', async ({ someone }) => {
  const [amara, benoit] = [await someone('amara'), await someone('benoit')]
  const hers = await amara.open()
  const search = hers.getByRole('searchbox', { name: 'Search chats and people' })
  for (const text of corpus.slice(0, 4)) {
    await search.fill(text)
    await expect(hers.getByText(`Nothing for “${text}”`)).toBeVisible()
  }
  await findAndAsk(hers, benoit.name)
  await sendRequest(hers, corpus.join(' '))
  const his = await benoit.open('/requests')
  await his.getByRole('link', { name: amara.name }).click()
  await expect(his.locator('.bubble__t')).toHaveText(corpus.join(' '))
})

test('no script can read the session, and nothing of ours lies about on window', async ({ visit, browser, wire }) => {
  const page = await visit('/sign-in')
  await signUp(page, `cookie.${Date.now().toString(36)}`)
  const session = (await page.context().cookies()).find((cookie) => cookie.name === 'connectly')
  expect(session?.value.length).toBeGreaterThan(20)
  expect(session?.httpOnly).toBe(true)
  const cookies = await page.evaluate(() => document.cookie)
  expect(cookies).not.toContain(session?.value)
  expect(cookies.split('; ').map((each) => each.split('=')[0])).toEqual(['connectly_csrf'])
  expect(
    await page.evaluate(() => [localStorage, sessionStorage].map((kept) => JSON.stringify(kept)).join()),
  ).not.toContain(session?.value)

  const blank = await (await browser.newContext()).newPage()
  await blank.goto(`${wire.url}/health`)
  // What libraries leave there; nothing reads it.
  const libraries = ['__reactRouterVersion', '__zod_globalConfig']
  const names = () => Object.getOwnPropertyNames(window)
  const known = new Set(await blank.evaluate(names))
  const own = (await page.evaluate(names)).filter((name) => !known.has(name) && !/^\d+$/.test(name))
  expect(own.filter((name) => !libraries.includes(name))).toEqual([])
  await blank.context().close()
})
