import { sendMessage, type LocalId, type RoomId } from '@connectly/protocol'
import type { TestContext } from 'node:test'
import { befriend, newId, type TestPerson, type TestServer } from '../../server/src/test-kit.ts'
import { deviceOf, until, type Device } from './replica-device.ts'
import { createLine } from './replica-line.ts'
import { assertSame } from './snapshot-same.ts'
import { headsOf } from './snapshot-watch.ts'

let people = 0

/** Two who are in contact, and their room. */
export async function friends(server: TestServer) {
  const somebody = () => server.person(`friend-${++people}`)
  const [a, b] = [await somebody(), await somebody()]
  return { a, b, roomId: await befriend(a, b) }
}

/** A device that is open, until the test ends. */
export async function deviceFor(
  t: TestContext,
  server: Pick<TestServer, 'url'>,
  person: TestPerson,
  options: Partial<Parameters<typeof deviceOf>[0]> = {},
): Promise<Device> {
  const device = deviceOf({ url: server.url, userId: person.userId, token: person.token, ...options })
  t.after(device.stop)
  await device.load()
  await device.start()
  return device
}

export async function lineFor(t: TestContext, url: string) {
  const line = await createLine(url)
  t.after(line.close)
  return line
}

export const say = (who: Pick<TestPerson, 'ask'>, roomId: RoomId, text = 'something') =>
  who.ask(sendMessage, { roomId, localId: newId<LocalId>(), body: { kind: 'text', text } })

/** Waits until a device has come as far as the server, and compares all of it. */
export async function assertKnowsAll(device: Device, person: TestPerson): Promise<void> {
  const seat = await person.connect()
  const heads = await headsOf(person, seat)
  seat.socket.disconnect()
  const isThere = () =>
    device.isOpen() &&
    device.replica.mine.get()?.seq === heads.me.seq &&
    [...heads.rooms].every(([roomId, head]) => {
      const held = device.replica.room(roomId).get()
      return device.lineOf(roomId)?.seq === head.seq && (!held || held.seq === head.seq)
    })
  await until(isThere, 'the device has come as far as the server').catch(() => undefined)
  assertSame(device.known(), heads, 'the device')
}
