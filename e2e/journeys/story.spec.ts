import { findAndAsk, sendRequest, signUp } from '../support/people.ts'
import { allTexts, composer, messages, row, say, settled } from '../support/room.ts'
import { serverProcess } from '../support/server-process.ts'
import { expect, opener, test } from '../support/test.ts'
import { awayNoise } from '../support/watch.ts'

test('[OB1] [OB3] [LG7] two people meet, talk, and lose nothing when the server is killed in the middle', async ({
  browser,
  watch,
  here,
  there,
}) => {
  test.setTimeout(240_000)
  const server = await serverProcess()
  const { open, close } = opener(browser, watch)
  const hers = await open(server.url, { size: here })
  const his = await open(server.url, { size: there, colorScheme: 'dark' })

  await test.step('they sign up, and one finds the other and asks', async () => {
    await Promise.all([signUp(hers, 'amara'), signUp(his, 'benoit')])
    await findAndAsk(hers, 'benoit')
    await sendRequest(hers, 'Remember the tram in Lisbon?')
    await expect(hers.getByText('Waiting for benoit')).toBeVisible()
  })

  await test.step('the other accepts, and both are in the room', async () => {
    await his.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Requests' }).click()
    await expect(his.getByRole('heading', { level: 1, name: 'Requests' })).toBeVisible()
    await his.getByRole('link', { name: /amara/ }).click()
    await his.getByRole('button', { name: 'Accept' }).click()
    await expect(row(his, 'Remember the tram in Lisbon?')).toBeVisible()
    await expect(row(hers, 'Remember the tram in Lisbon?')).toBeVisible()
    await expect(hers).toHaveURL(/\/r\//)
  })

  await test.step('they talk live, and a reload keeps everything', async () => {
    await say(his, 'How could I forget.')
    await expect(row(hers, 'How could I forget.')).toBeVisible()
    await say(hers, 'Same place, in May?')
    await expect(row(his, 'Same place, in May?')).toBeVisible()
    await settled(hers)
    await hers.reload()
    await expect(row(hers, 'Same place, in May?')).toBeVisible()
    expect(await allTexts(hers)).toEqual(['Remember the tram in Lisbon?', 'How could I forget.', 'Same place, in May?'])
  })

  watch.allow(awayNoise)
  const numbered = (name: string, from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, n) => `${name} ${from + n}`)

  await test.step('the server dies while both are writing, and both see that', async () => {
    const writing = Promise.all([say(hers, ...numbered('hers', 1, 8)), say(his, ...numbered('his', 1, 8))])
    await expect(
      messages(his)
        .getByText(/^hers \d$/)
        .first(),
    ).toBeVisible()
    await server.kill()
    await expect(hers.getByText('connecting', { exact: true })).toBeVisible()
    await writing
    await say(hers, ...numbered('hers', 9, 12))
    await expect(row(hers, 'hers 12').getByText('Sending', { exact: true })).toBeAttached()
    await expect(hers.getByText(/Connecting again, try \d/)).toBeVisible({ timeout: 10_000 })
    await expect(composer(hers)).toBeEditable()
  })

  await test.step('the server is back: everything is there once, in order, on both sides', async () => {
    await server.start()
    await expect(row(his, 'hers 12')).toBeVisible({ timeout: 40_000 })
    await expect(hers.getByText(/Connecting again/)).toBeHidden({ timeout: 40_000 })
    await Promise.all([settled(hers, 40_000), settled(his, 40_000)])
    await expect(row(hers, 'his 8')).toBeAttached({ timeout: 40_000 })
    const [asShe, asHe] = [await allTexts(hers), await allTexts(his)]
    expect(asShe).toEqual(asHe)
    expect(asShe.filter((text) => text.startsWith('hers'))).toEqual(numbered('hers', 1, 12))
    expect(asShe.filter((text) => text.startsWith('his'))).toEqual(numbered('his', 1, 8))
    await his.reload()
    await expect(row(his, 'hers 12')).toBeVisible()
    expect(await allTexts(his)).toEqual(asShe)
  })

  await close()
  await server.remove()
})
