import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { befriend } from '@connectly/server/test-kit'
import { act, dialog, said, tick } from '../support/acts.ts'
import { passes } from '../support/axe.ts'
import { allTexts, composer, row, say, settled } from '../support/room.ts'
import { expect, test } from '../support/test.ts'
import { awayNoise } from '../support/watch.ts'

test(
  'writing, editing and deleting without a line is done once it is back, once, and in order',
  {
    tag: '@phone',
  },
  async ({ someone, here, there, watch }) => {
    test.setTimeout(240_000)
    watch.allow(awayNoise)
    const [noor, amara] = [await someone('noor'), await someone('amara')]
    const roomId = await befriend(amara, noor)
    const hers = await noor.open(`/r/${roomId}`, { size: here, colorScheme: 'dark' })
    const theirs = await amara.open(`/r/${roomId}`, { size: there, colorScheme: 'light' })
    await say(hers, 'The 7:45', 'Not this one', 'And this stays')
    await expect(row(theirs, 'And this stays')).toBeVisible()
    await settled(hers)
    const needed = filesOf('src/features/messages/Overlay.tsx')
    await expect
      .poll(() => hers.evaluate(missingOf, needed), 'what one does with messages has been fetched')
      .toEqual([])

    await hers.context().setOffline(true)
    await test.step('without a line everything is taken, and says that it waits', async () => {
      await expect(hers.getByText('You’re offline. Messages go out when you’re back.')).toBeVisible()
      await act(hers, said(hers, 'The 7:45'), 'Edit')
      await composer(hers).fill('The 7:40')
      await composer(hers).press('Enter')
      await expect(composer(hers)).toHaveValue('')
      await expect(said(hers, 'The 7:40').getByText('Sending', { exact: true })).toBeAttached()
      await act(hers, said(hers, 'Not this one'), 'Delete')
      await dialog(hers, 'Delete this message?').getByRole('button', { name: 'Delete for everyone' }).click()
      await expect(hers.getByText('You’re offline. It’s deleted as soon as you’re back.')).toBeVisible()
      await say(hers, 'first', 'second', 'third')
      for (const text of ['first', 'second', 'third']) await expect(tick(hers, text, 'Sending')).toBeAttached()
      await passes(hers, 'a room while offline')
      await say(theirs, 'meanwhile')
      await expect(tick(theirs, 'meanwhile', 'Sent')).toBeAttached()
      await expect(row(theirs, 'The 7:45')).toBeVisible()
    })

    await hers.context().setOffline(false)
    await test.step('with it, it is all done', async () => {
      await expect(row(theirs, 'third')).toBeVisible({ timeout: 30_000 })
      await expect(row(theirs, 'The 7:40')).toBeVisible()
      await expect(row(theirs, 'Not this one')).toHaveCount(0)
      await expect(theirs.getByText(`${noor.name} deleted this message`)).toBeVisible()
      await settled(hers)
      await expect(hers.getByText(/^You’re offline/)).toHaveCount(0)
      await expect(tick(hers, 'third', 'Read')).toBeAttached()
      const all = ['Hello there', 'The 7:40', 'deleted', 'And this stays', 'meanwhile', 'first', 'second', 'third']
      for (const page of [hers, theirs]) {
        const texts = await allTexts(page)
        expect(texts.map((text) => (text.includes('deleted this message') ? 'deleted' : text))).toEqual(all)
      }
      await hers.reload()
      await expect(row(hers, 'third')).toBeVisible()
      await expect(row(hers, 'The 7:40')).toBeVisible()
      await passes(theirs, 'the room after it')
    })
  },
)

type Chunk = { file: string; css?: string[]; imports?: string[] }

/** Everything that a part of the client is made of, as it was built. */
function filesOf(part: string): string[] {
  const built = process.env['CLIENT_DIR'] ?? fileURLToPath(new URL('../../web/dist', import.meta.url))
  const chunks = JSON.parse(readFileSync(path.join(built, '.vite/manifest.json'), 'utf8')) as Record<string, Chunk>
  const names = new Set([part])
  for (const name of names) for (const more of chunks[name]?.imports ?? []) names.add(more)
  return [...names].flatMap((name) => [chunks[name]?.file ?? name, ...(chunks[name]?.css ?? [])])
}

/** In the page: which of these files have not been fetched yet. */
function missingOf(files: readonly string[]): string[] {
  const fetched = performance.getEntriesByType('resource').map(({ name }) => name)
  return files.filter((file) => !fetched.some((name) => name.endsWith(file)))
}
