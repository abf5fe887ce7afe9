import ssh2 from 'ssh2'

type Keys = ReturnType<typeof ssh2.utils.generateKeyPairSync>

/** Makes keys until ssh2 can read one. It writes one of about 200 Ed25519 keys in a way that it cannot read itself. */
export function readableKeys(make: () => Keys): Keys {
  for (;;) {
    const keys = make()
    if (!(ssh2.utils.parseKey(keys.private) instanceof Error)) return keys
  }
}
