import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, suite, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { queueContract, type Service } from './queue-contract.ts'
import type { PubSub } from './pubsub.ts'

/* The numbered rules of messages between processes, for any adapter. An adapter's test runs this suite on itself. */

/** Waits for something to become true; fails with what was waited for. */
export async function until(what: string, isSo: () => boolean, limit = 10_000): Promise<void> {
  for (const end = Date.now() + limit; !isSo(); await pause(5)) assert.ok(Date.now() < end, `waited in vain: ${what}`)
}

/** Everything that a process hears about a topic, in order. */
export function heardBy(pubsub: PubSub, topic: string): { text: string; from: string }[] {
  const heard: { text: string; from: string }[] = []
  pubsub.hear(topic, (text, from) => heard.push({ text, from }))
  return heard
}

const textsOf = (heard: { text: string }[]) => heard.map(({ text }) => text)

export function pubsubContract(name: string, startService: () => Promise<Service>): void {
  void suite(`messages between processes by ${name}`, () => {
    let service: Service
    let opened: PubSub[] = []
    before(async () => void (service = await startService()))
    after(async () => {
      await Promise.all(opened.map((pubsub) => pubsub.close()))
      await service.cleanUp()
    })

    const processes = async (count: number): Promise<PubSub[]> => {
      await Promise.all(opened.map((pubsub) => pubsub.close()))
      opened = await Promise.all(Array.from({ length: count }, () => service.open()))
      return opened
    }
    const three = async () => (await processes(3)) as [PubSub, PubSub, PubSub]

    void test('[PS1] what one says reaches every other once, with its id, and never itself', async () => {
      const [alice, bob, carol] = await three()
      const heard = [alice, bob, carol].map((each) => heardBy(each, 'greetings'))

      alice.say('greetings', 'hello')
      bob.say('greetings', 'hi')

      const [hello, hi] = [
        { text: 'hello', from: alice.id },
        { text: 'hi', from: bob.id },
      ]
      await until('all have heard', () => heard.map(({ length }) => length).join() === '1,1,2')
      assert.deepEqual(heard.slice(0, 2), [[hi], [hello]])
      assert.deepEqual(new Set(heard[2]), new Set([hello, hi]))
      assert.equal(new Set([alice.id, bob.id, carol.id]).size, 3)
    })

    void test('[PS2] what two say at once, in many turns, each is heard in the order in which it was said', async () => {
      const [alice, bob, carol] = await three()
      const heard = heardBy(carol, 'counting')

      for (let n = 0; n < 500; n++) {
        alice.say('counting', `${n}`)
        if (n % 3 === 0) await new Promise(setImmediate)
        bob.say('counting', `${n}`)
      }

      await until('all numbers', () => heard.length === 1000)
      const inOrder = Array.from({ length: 500 }, (_, n) => `${n}`)
      for (const { id } of [alice, bob]) assert.deepEqual(textsOf(heard.filter(({ from }) => from === id)), inOrder)
    })

    void test('[PS3] a topic is heard by all who listen to it, and by nobody else', async () => {
      const [alice, bob] = await three()
      const [first, second, other] = [heardBy(bob, 'a'), heardBy(bob, 'a'), heardBy(bob, 'a.b')]

      alice.say('a', 'one')
      alice.say('a.b', 'two')
      alice.say('b', 'three')
      alice.say('a', 'four')

      await until('the last one', () => second.length === 2)
      assert.deepEqual([first, second, other].map(textsOf), [['one', 'four'], ['one', 'four'], ['two']])
    })

    void test('[PS4] any text arrives as it was, also none and the longest; what cannot be carried is refused', async () => {
      const [alice, bob] = await three()
      const heard = heardBy(bob, 'texts')
      const longest = Math.min(alice.longest, 1024 * 1024)
      const texts = [
        '',
        '\n',
        '1 2\n3 4\n',
        '👩‍👩‍👧 東京 \u202e\ufeff\ufffe\uffff',
        'x'.repeat(longest),
        '☃'.repeat(longest / 3),
      ]

      for (const text of texts) alice.say('texts', text)

      await until('all texts', () => heard.length === texts.length)
      assert.ok(textsOf(heard).every((text, at) => text === texts[at]))
      for (const text of ['x'.repeat(longest + 1), 'a\0b', 'half \ud83d']) assert.throws(() => alice.say('texts', text))
      for (const topic of ['', 'two words', 'line\nend', 'x'.repeat(65)]) assert.throws(() => alice.say(topic, ''))
    })

    void test('[PS5] ten thousand messages of one turn arrive, all of them and in order', async () => {
      const [alice, bob, carol] = await three()
      const heard = [heardBy(bob, 'burst'), heardBy(carol, 'burst')]
      const texts = Array.from({ length: 10_000 }, (_, n) => `${n} ${'é'.repeat(n % 200)}`)

      for (const text of texts) alice.say('burst', text)

      await until('the last one', () => heard.every(({ length }) => length === texts.length))
      for (const each of heard) assert.deepEqual(textsOf(each), texts)
      assert.equal(alice.lost(), 0)
    })

    void test('[PS6] a listener that fails keeps nobody from hearing', async () => {
      const [alice, bob] = await three()
      bob.hear('news', () => assert.fail('a listener that fails'))
      const heard = heardBy(bob, 'news')

      alice.say('news', 'one')
      await until('the first', () => heard.length === 1)
      alice.say('news', 'two')

      await until('both', () => heard.length === 2)
      assert.ok(bob.isOpen())
    })

    void test('[PS7] what is said while the service is away is lost without an error, and its return is told', async () => {
      const [alice, bob] = await three()
      const heard = heardBy(bob, 'news')
      const healed = new Set<PubSub>()
      for (const each of [alice, bob]) each.onHealed(() => healed.add(each))
      alice.say('news', 'before')
      await until('the first', () => heard.length === 1)

      await service.stop()
      await until('both notice', () => !alice.isOpen() && !bob.isOpen(), 3000)
      for (let n = 0; n < 100_000; n++) alice.say('news', 'in vain')
      assert.equal(healed.size, 0)
      await service.start()

      await until('both are told', () => healed.size === 2, 5000)
      assert.ok(alice.isOpen() && bob.isOpen())
      assert.equal(alice.lost(), 100_000)
      alice.say('news', 'after')
      await until('the next', () => heard.length >= 2)
      assert.deepEqual(textsOf(heard), ['before', 'after'])
    })

    void test('[PS8] a process that starts while the service is away is there, and hears when it is back', async () => {
      await processes(0)
      await service.stop()
      const [alice, bob] = await three()
      const heard = heardBy(bob, 'news')
      let isHealed = false
      bob.onHealed(() => (isHealed = true))
      assert.deepEqual([alice.isOpen(), bob.isOpen()], [false, false])
      alice.say('news', 'in vain')

      await service.start()
      await until('both are open', () => alice.isOpen() && bob.isOpen() && isHealed, 5000)
      alice.say('news', 'now')

      await until('the news', () => heard.length > 0)
      assert.deepEqual(textsOf(heard), ['now'])
    })

    void test('[PS9] closing says what was said, hears nothing more and leaves nothing behind', async () => {
      await processes(0)
      const resources = () =>
        process.getActiveResourcesInfo().filter((kind) => /TCP|Connect|GetAddr|Timeout/.test(kind)).length
      await until('nothing of earlier processes is left', () => resources() === 0)
      const alice = await service.open()
      const bob = await service.open()
      const [byAlice, byBob] = [heardBy(alice, 'words'), heardBy(bob, 'words')]

      alice.say('words', 'my last')
      await alice.close()
      await until('the last words', () => byBob.length === 1)
      bob.say('words', 'are you there?')
      await bob.close()

      await until('nothing is left', () => resources() === 0)
      assert.deepEqual(byAlice, [])
      assert.equal(alice.isOpen(), false)
      alice.say('words', 'after all')
      await alice.close()

      await service.stop()
      const late = await service.open()
      await late.close()
      await until('nothing is left of one that never heard anybody', () => resources() === 0)
      await service.start()
    })

    queueContract(() => ({ service, processes, queue: `queue ${randomUUID()} ✓` }))
  })
}
