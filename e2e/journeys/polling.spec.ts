import { row, say, settled } from '../support/room.ts'
import { expect, test } from '../support/test.ts'
import { awayNoise } from '../support/watch.ts'

test('where WebSockets are refused, people talk by long polling', async ({ friends, wire, watch }) => {
  watch.allow(awayNoise)
  wire.refuseUpgrades()
  const [amara, benoit, roomId] = await friends()
  const [hers, his] = [await amara.open(`/r/${roomId}`), await benoit.open(`/r/${roomId}`)]
  const polled = hers.waitForRequest(/transport=polling/)
  await expect(row(hers, 'Hello there')).toBeVisible({ timeout: 30_000 })
  await expect(row(his, 'Hello there')).toBeVisible({ timeout: 30_000 })
  await say(hers, 'Through the narrow door')
  await expect(row(his, 'Through the narrow door')).toBeVisible()
  await say(his, 'And back')
  await expect(row(hers, 'And back')).toBeVisible()
  await settled(hers)
  await polled
  await expect(hers.getByText('connecting', { exact: true })).toBeHidden()
})
