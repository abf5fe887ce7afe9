/** Everything that the page says, in English. Every other language has the same texts, or the page does not compile. */
export const english = {
  appName: 'Files',
  home: 'Home',
  close: 'Close',
  cancel: 'Cancel',
  login: {
    title: 'Log in',
    user: 'User name',
    password: 'Password',
    remember: 'Stay logged in on this device',
    submit: 'Log in',
    wrong: 'The user name or the password is wrong.',
    ended: 'Your session has ended. Log in again.',
    withoutLogin: 'Continue without logging in',
  },
  lost: {
    title: 'The server does not answer',
    retry: 'Try again',
  },
  errors: {
    unexpected: 'Something unexpected happened.',
    /** @param message what the server said, in English */
    other: (message: string) => `The server refused: ${message}.`,
    /** By the code of the server. */
    byCode: {
      lost: 'The server does not answer. Check the connection and try again.',
      not_found: 'It is no longer there.',
      forbidden: 'You do not have the right to do that.',
      exists: 'The name is taken.',
      quota: 'Your space on this server is full.',
      no_space: 'The disk of the server is full.',
      busy: 'The server is busy. Try again in a moment.',
    } as Readonly<Record<string, string>>,
  },
  upload: {},
  share: {},
}

/** The texts of one language. */
export type Texts = typeof english
