import type { Algorithms, CipherAlgorithm } from 'ssh2'

/** AES that also authenticates what it encrypts, which costs least. */
export const GCM: CipherAlgorithm[] = ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com']

/**
 * The only algorithms that the server agrees to, the preferred ones first. All of them withstand what is known today,
 * and none compresses. CTR is used with MACs that cover the encrypted bytes, so that nothing is decrypted before it has
 * been verified. The key exchange is always strict (CVE-2023-48795) if the client can do that.
 */
export const ALGORITHMS: Algorithms = {
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group18-sha512',
  ],
  serverHostKey: ['ssh-ed25519'],
  cipher: [...GCM, 'aes128-ctr', 'aes192-ctr', 'aes256-ctr'],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com'],
  compress: ['none'],
}

/**
 * The algorithms of signatures with which users log in, as the server tells them to clients. For RSA, the key alone does
 * not tell the algorithm, and SHA-1 is not accepted.
 */
export const SIGNATURES = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
] as const
