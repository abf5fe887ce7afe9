import { describe, expect, it } from 'vitest'
import { fingerprintOf, parsePublicKey } from './public-key.ts'

/** Keys of every type, made by ssh-keygen, with the fingerprints that it shows. */
const KEYS = [
  [
    'ssh-ed25519',
    'SHA256:+zb+sSpEKmRj+C+HXZdaS4tI/i6ZD31SbH0Yc/T3DfI',
    'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMov8qsege29B8lQ48/p8hN4LOzFokqsr27YvPB4t0my anna@laptop',
  ],
  [
    'ecdsa-sha2-nistp256',
    'SHA256:wPryccnMB/G0bRecJ0uacsm8rpkfWuIhbiEl7IjA6E0',
    'ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBH+HzfHwfscu1/NNl6aveEQw89ZuFGw4+FX4fHhRWq6NPGfzRISjP9xLlduUlZdQfnMzviVJPtt3dQnbGoXKX6E= anna@laptop',
  ],
  [
    'ecdsa-sha2-nistp384',
    'SHA256:xS5jkX5GBOUghIkJdkdE5NkisWXftouB8ODIJT4PNBY',
    'ecdsa-sha2-nistp384 AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABhBDd1jt6SFbaBqbZ4w7I60t03KTfQAbShXFD7sPxNZpw7MUO0fr28Dji2gK2YF72R622xhMERFsybpzJB4fPaHM8XA19vuIsUcL4OGhzK/o5vFPCkbL6xckroQBKhzYa8GQ== anna@laptop',
  ],
  [
    'ecdsa-sha2-nistp521',
    'SHA256:ImiuckENNT0o0Cgw0t2WkHNyqvg+Z/KyrPw6df3icBg',
    'ecdsa-sha2-nistp521 AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBABZferYi1K3mxxZqtfi6MiPWvHVqDzhQHgFJZGcUIOhBattGaYs55HFRxq9Ef15LXR1+gprQ752peJPaSIY9Xc3AQEC7qfMHFt3qWl9LYZ+akGoj8k5GjKP8k8BjPpFddJR9h72+fej98jJefDVwItDRbIaE3mHLT4Sd5Cp7rMkMbo2Ug== anna@laptop',
  ],
  [
    'ssh-rsa',
    'SHA256:vhKTPZ8MutDdisNGduVrFZBkx4y3iqrweM2I1jf61yo',
    'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQD4NqznC/rzeLso4Irzri+u8/0gnBR38PzRRR+hrCxsO1D2Cyf4M0It8IMOwbAZAgLfec86z7n6UF19hChVy6GlElj9M57eFdMlrewibx+DruCykBnus4UEcuhrYyV1ZnycLWY5V2SE1ZDwcxyDQXxlhekOUWdXlgbwlUagjqA1JJd85az/ZSSMjQrlPnwoqZdhlHofSBGK4jbPXmKGjtI7RSOI4WRY5/LzjcYpKblW6bPbfn1L6FnkkkcXSR46lLo+H0tFr6gY+MWEwih0g0+2+qlnWT2eKeUnNPs28jEtaCvEJ9ZMsQhUU9L+jCBumzmQ7tC5VyfaNfbbbdgYusgr anna@laptop',
  ],
] as const
const WEAK =
  'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQDJ0AzntUjydchKprPKxo0fTJMQK3ZX3NEXV4fZz18/B7bBmo5QfVB1SGHBXm7f1dHH+d9WOJmI5C2XGU8/su8El80cWLd8zxhGqqcp4DrLOAOUMzSMHb79D2VGOujUuQZGthSd08NyP29kXhguBo3Z5DBawIzfV4ZCv4ULgyp3Uw== anna@laptop'
const [[, , ED25519]] = KEYS

describe('A public key', () => {
  it.each(KEYS)('of the type %s is parsed as OpenSSH does', (type, fingerprint, line) => {
    for (const text of [line, `  ${line}\r\n`]) {
      const key = parsePublicKey(text)
      expect(key).toMatchObject({ type, fingerprint, comment: 'anna@laptop' })
      expect(fingerprintOf(key.blob)).toBe(fingerprint)
    }
  })

  it.each([
    ['', 'not an OpenSSH public key'],
    ['hello', 'not an OpenSSH public key'],
    [WEAK, '1024 bits is too weak'],
    ['-----BEGIN OPENSSH PRIVATE KEY-----', 'a private key'],
    [ED25519.replace('ssh-ed25519', 'ssh-rsa'), 'not an OpenSSH public key'],
    [ED25519.replace('AAAA', 'AAAAA'), 'not an OpenSSH public key'],
    [ED25519.slice(0, 60), 'not an OpenSSH public key'],
    [`${ED25519}\n${ED25519}`, 'not an OpenSSH public key'],
    [`command="ls" ${ED25519}`, 'not an OpenSSH public key'],
    [`sk-${ED25519}`, 'not an OpenSSH public key'],
    // A point that is not on its curve.
    [corrupt(KEYS[1][2]), 'not an OpenSSH public key'],
  ])('%j is none, or not one that can be used', (text, reason) => {
    expect(() => parsePublicKey(text)).toThrow(new RegExp(reason))
  })
})

/** Changes one bit at the end of a key. */
function corrupt(line: string): string {
  const [type = '', encoded = ''] = line.split(' ')
  const blob = Buffer.from(encoded, 'base64')
  blob[blob.length - 1] = (blob[blob.length - 1] ?? 0) ^ 1
  return `${type} ${blob.toString('base64')}`
}
