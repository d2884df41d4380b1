import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isCommonPassword } from './common-passwords.ts'

const tried =
  `password1234 Password1234! P@ssw0rd2024 p.a.s.s.w.o.r.d passw0rdpassw0rd Passwort2026! motdepasse123 contrasena123 adminadmin123
  welcome12345 letmeinplease changeme1234 iloveyou1234 iloveyouforever iloveyou4ever trustno1trustno1 superman1234 michael12345 jessica19901
  dragonmonkey Monkey!Dragon1 Summer2024!! liverpoolfc1 manchesterunited realmadrid2012 starwars1977! correcthorse1 thisismypassword
  qwertyuiop12 qwertyqwerty qwerty123456 qwertzuiop123 azertyuiop12 asdfghjkl123 1q2w3e4r5t6y zaq12wsxcde3 1234qwerasdf йцукенгшщзхъ 123456789012
  987654321098 111222333444 aaaaaaaaaaaa aabbccddeeff abcabcabcabc 147258369147`.split(/\s+/)

const good = [
  'seven grey herons wade',
  'paper boats at dawn',
  'correct staple anvil moth',
  'monkey dragon football',
  'gentle lamp under rain',
  'h7Kq-29fX-mmQe',
  '837261948375',
  'sandy otter '.repeat(11).slice(0, 128),
  'пять зелёных лодок 🚣',
  'die katze tanzt nachts',
  'naranja volcán silencio',
  '本日は晴天なり我が心も晴れ',
  'سبعة طيور على النهر',
]

test('what is tried first is refused: words with digits, signs or years, two words, names, repeats, runs, in any spelling', () => {
  for (const password of tried) assert.ok(isCommonPassword(password), password)
})

test('passphrases and what is random pass, in any script', () => {
  for (const password of good) assert.ok(!isCommonPassword(password), password)
})

test('what is known of somebody, and of this place, is worth nothing in a password, and does not spoil a good one', () => {
  const known = ['marianne', 'Marianne Bär', 'chat', 'example', 'connectly']

  for (const password of [
    'marianne-marianne',
    'Marianne2026!',
    'baermarianne12',
    'M4rianne!!!99',
    'chat.example.1',
    'example2026!!',
  ])
    assert.ok(isCommonPassword(password, ...known), password)
  for (const password of ['marianne likes grey herons', 'a chat about seven boats'])
    assert.ok(!isCommonPassword(password, ...known), password)
})

test('the longest password is looked at in a moment', () => {
  const began = performance.now()
  for (let nth = 0; nth < 20; nth++) isCommonPassword('xq7!'.repeat(31) + String(nth).padStart(4, 'v'))

  assert.ok(performance.now() - began < 2000)
})
