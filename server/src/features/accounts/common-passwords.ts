/*
 * Passwords that are tried first. Those of twelve characters and more are nearly all a common word with digits or signs
 * around it, a word repeated, or a run on the keyboard; so the words stand here, and the shapes below.
 */
const words = new Set(
  `password passwort parola motdepasse contrasena contraseña senha wachtwoord haslo heslo salasana qwerty qwertyuiop qwertz qwertzuiop azerty
  azertyuiop asdfghjkl asdfgh zxcvbnm iloveyou iloveyouforever welcome welcomehome letmein letmeinnow admin administrator root superuser master
  monkey dragon football baseball basketball superman batman spiderman princess sunshine shadow michael jennifer jessica charlie trustno
  whatever starwars computer internet samsung iphone google facebook instagram linkedin twitter microsoft windows apple liverpool chelsea arsenal
  barcelona realmadrid juventus manchester manutd hello helloworld secret secretpassword changeme changeit default guest test testing tester
  testtest login access abcdef abcdefgh abcdefghijkl abcdefghijklmnop passw passwd pass passpass mypassword thepassword newpassword oldpassword
  yourpassword nopassword password1password connectly connectlypassword correcthorse correcthorsebatterystaple summer winter spring autumn
  january february march april june july august september october november december monday tuesday wednesday thursday friday saturday sunday
  babygirl lovely flower butterfly chocolate cookie cheese purple orange yellow silver golden diamond angel angels family forever friends
  freedom jesus jesuschrist godisgood blessed pokemon naruto minecraft fortnite roblox playstation nintendo killer hunter ranger tigger
  soccer hockey tennis golfer yankees cowboys steelers eagles ferrari mercedes porsche mustang corvette harley yamaha honda toyota`
    .split(/\s+/)
    .filter(Boolean),
)

const runs = [
  '01234567890123456789',
  '98765432109876543210',
  'abcdefghijklmnopqrstuvwxyz',
  'zyxwvutsrqponmlkjihgfedcba',
  'qwertyuiopasdfghjklzxcvbnm',
  'qwertzuiopasdfghjklyxcvbnm',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm',
  '1q2w3e4r5t6y7u8i9o0p',
  'q1w2e3r4t5y6u7i8o9p0',
  'qazwsxedcrfvtgbyhnujm',
  '147258369147258369',
  '123123123123123123',
  '112233445566778899',
]

const leet: Record<string, string> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
}

/** Whether a password is among those that are tried first, for this username. */
export function isCommonPassword(password: string, username: string): boolean {
  const plain = password.normalize('NFKC').toLowerCase()
  if (new Set(plain).size <= 3 || runs.some((run) => run.includes(plain))) return true
  return [plain, plain.replace(/[013457@$!]/g, (char) => leet[char] ?? char)].some((text) => {
    const core = text.replace(/^[^\p{L}]+/u, '').replace(/[^\p{L}]+$/u, '')
    return (
      isCommonWord(core, username) ||
      isCommonWord(text.replace(/[^\p{L}]+/gu, ''), username) ||
      runs.some((run) => core.length >= 6 && run.includes(core))
    )
  })
}

function isCommonWord(text: string, username: string): boolean {
  if (text.length < 3) return true
  const once = repeated(text)
  return words.has(text) || words.has(once) || once === username.replace(/[^\p{L}]+/gu, '') || text === username
}

/** `abcabcabc` is `abc`, said again and again. */
function repeated(text: string): string {
  for (let length = 1; length <= text.length / 2; length++) {
    if (text.length % length === 0 && text.slice(0, length).repeat(text.length / length) === text)
      return text.slice(0, length)
  }
  return text
}
